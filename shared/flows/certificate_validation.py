"""Somebody asks whether the certificate works: try each link of the chain, and grade it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from shared.credentials import credential, validation
from shared.credentials.certificate import App, Certificate, KeyFacts
from shared.credentials.credential import Registration
from shared.credentials.findings import Finding, Found
from shared.credentials.validation import Report, Verdict
from shared.errors import NotFound
from shared.flows.exchange_validation import BehindTheToken, Exchange, Token
from shared.flows.links import Asked, Links, Tell, Trouble
from shared.flows.ports import Clock

OF_RECORDS = Trouble.always(Finding.PIN_UNREADABLE)
OF_VAULT = Trouble(
    busy=Finding.VAULT_UNREACHABLE,
    denied=Finding.VAULT_DENIED,
    missing=Finding.CERTIFICATE_MISSING,
    other=Finding.VAULT_REFUSES,
)
OF_KEY = Trouble(
    busy=Finding.VAULT_UNREACHABLE,
    denied=Finding.KEY_UNREADABLE,
    missing=Finding.KEY_UNREADABLE,
    other=Finding.KEY_UNREADABLE,
)
OF_SIGNING = Trouble(
    busy=Finding.VAULT_UNREACHABLE,
    denied=Finding.SIGNING_DENIED,
    missing=Finding.SIGNING_DENIED,
    other=Finding.VAULT_REFUSES,
)
OF_GRAPH = Trouble(
    busy=Finding.GRAPH_UNREACHABLE,
    denied=Finding.REGISTRATION_UNREADABLE,
    missing=Finding.REGISTRATION_ELSEWHERE,
    other=Finding.GRAPH_REFUSES,
)
OF_ENTRA = Trouble(
    busy=Finding.ENTRA_UNREACHABLE,
    denied=Finding.SIGNING_DENIED,  # what may be denied here is the vault's signature
    missing=Finding.ENTRA_REFUSES,
    other=Finding.ENTRA_REFUSES,
)


class Vault(Protocol):
    """The vault, as far as a validation looks into it."""

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return one version, or the current one."""
        ...

    def key_facts(self, certificate: Certificate) -> KeyFacts:
        """Return what the vault says about the certificate's key."""
        ...

    def proves_key(self, certificate: Certificate) -> bool:
        """Sign a nonce in the vault and verify it with the public key."""
        ...


class EntraId(Protocol):
    """Entra ID, past every cache."""

    def acquire(self, app: App, certificate: Certificate) -> Token:
        """Return a token for Exchange got with this certificate."""
        ...

    def acquire_without_certificate(self, app: App) -> Token:
        """Return a token for Exchange that rests on the managed identity."""
        ...


class Pins(Protocol):
    """Which version a tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return it; None while none is pinned."""
        ...


class Registrations(Protocol):
    """App registrations, as Microsoft Graph shows them."""

    def registration(self, app: App, certificate: Certificate) -> Registration:
        """Return the app's, asked with the certificate if need be; NotFound if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Checks one tenant's chain; behind a broken link only what depends on it is not tried."""

    app: App
    may_write: bool
    vault: Vault
    entra: EntraId
    registrations: Registrations
    exchange: Callable[[str], Exchange]  # by the text of a token
    pins: Pins
    clock: Clock

    def report(self, tell: Tell = lambda _: None) -> Report:
        """Try every link; *tell* hears of each check at once."""
        at, links = self.clock(), Links(self.clock, tell)
        newer = Links(self.clock, tell, title="newer version")
        if not self.app.has_certificate:
            self._behind(self._vouched(links), links)
            return self._reported(at, None, links, newer)
        pinned = links.ask(self.app.tenant_id, lambda name: self.pins.active(name) or "")
        links.check("records say which version is used", pinned, _pinned, OF_RECORDS)
        seen = self._version(pinned.value or "", links)
        self._behind(self._token(seen.value, links), links)
        if pinned.value and _is_answer(seen):
            self._newer(pinned.value, newer)
        return self._reported(at, seen.value, links, newer)

    def _behind(self, token: Token | None, links: Links) -> None:
        BehindTheToken(
            links=links,
            exchange=self.exchange,
            client_id=self.app.client_id,
            may_write=self.may_write,
        ).walk(token)

    def _vouched(self, links: Links) -> Token | None:
        """Return a token that rests on the managed identity: there is no certificate to look at."""
        signs_in = Asked(value=self.app.credential)
        links.check("certificate", signs_in, lambda kind: Verdict(says=f"none: {kind}"), OF_ENTRA)
        token = links.ask(self.app, self.entra.acquire_without_certificate)
        links.check("Entra ID issues a token", token, _fine, OF_ENTRA)
        return token.value

    def _reported(
        self, at: datetime, certificate: Certificate | None, links: Links, newer: Links
    ) -> Report:
        return Report(
            tenant_id=self.app.tenant_id,
            at=at,
            grade=validation.overall(links.checks),
            version=certificate.version if certificate else None,
            thumbprint=certificate.thumbprint if certificate else None,
            expires_in_days=(certificate.expires_at - at).days if certificate else None,
            checks=(*links.checks, *newer.checks),
        )

    def _version(self, version: str, links: Links) -> Asked[Certificate]:
        """Look for the version; a vault that says what is wrong with it does answer."""
        seen = links.ask(
            self.app.certificate_name, lambda name: self.vault.certificate(name, version)
        )
        if not _is_answer(seen):
            links.check("vault answers", seen, _fine, OF_VAULT)
            links.check("certificate version exists", Asked[Certificate](), _named, OF_VAULT)
            return seen
        answer = Asked(value="answer", milliseconds=seen.milliseconds)
        links.check("vault answers", answer, _fine, OF_VAULT)
        seen.milliseconds = 0
        links.check("certificate version exists", seen, _named, OF_VAULT)
        return seen

    def _newer(self, pinned: str, links: Links) -> None:
        """Try the vault's current version, if that is another than the one in use."""
        current = links.ask(self.app.certificate_name, self.vault.certificate)
        if current.value is not None and current.value.version == pinned:
            return
        links.check("certificate version exists", current, _named, OF_VAULT)
        if current.value is not None:
            self._token(current.value, links)

    def _token(self, certificate: Certificate | None, links: Links) -> Token | None:
        """Return a token, if the certificate earns one."""
        held = Asked(value=certificate)
        is_enabled = links.check("certificate is enabled", held, credential.enabled, OF_VAULT)
        in_dates = partial(credential.in_dates, now=self.clock())
        is_in_dates = links.check("certificate is in its dates", held, in_dates, OF_VAULT)
        links.check("thumbprint", held, credential.named, OF_VAULT)
        may_sign = self._key(certificate, links)
        fit = certificate if is_enabled and is_in_dates and may_sign else None
        proof = links.ask(fit, self.vault.proves_key)
        signs = links.check("key signs for this certificate", proof, credential.signs, OF_SIGNING)
        self._registered(certificate, links)
        token = links.ask(fit if signs else None, partial(self.entra.acquire, self.app))
        links.check("Entra ID issues a token", token, _fine, OF_ENTRA)
        return token.value

    def _key(self, certificate: Certificate | None, links: Links) -> bool:
        """Note what kind of key it is; False if it cannot sign an assertion."""
        key = links.ask(certificate, self.vault.key_facts)
        is_rsa = links.check("key is an RSA key", key, credential.kind, OF_KEY)
        links.check("key has 2048 bits or more", key, credential.size, OF_KEY)
        may_sign = links.check("key may sign", key, credential.may_sign, OF_KEY)
        links.check("key cannot be exported", key, credential.stays, OF_KEY)
        return is_rsa and may_sign

    def _registered(self, certificate: Certificate | None, links: Links) -> None:
        """Note whether the application knows the certificate."""
        known = links.ask(certificate, partial(self.registrations.registration, self.app))

        def judge(registration: Registration) -> Verdict:
            if certificate is None:
                return Verdict(Finding.NOT_TRIED)
            return credential.registered(certificate, registration, self.clock())

        links.check("certificate is registered on the application", known, judge, OF_GRAPH)


def _is_answer(seen: Asked[Certificate]) -> bool:
    return seen.value is not None or isinstance(seen.failure, NotFound | Found)


def _fine(_: object) -> Verdict:
    return Verdict()


def _pinned(version: str) -> Verdict:
    return Verdict(says=f"version {version}" if version else "none yet: the current one is tried")


def _named(certificate: Certificate) -> Verdict:
    return Verdict(says=f"version {certificate.version}")
