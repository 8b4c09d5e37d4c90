"""Somebody asks whether the certificate works: try each link of the chain, and grade it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from shared.devices.certificate import REQUIRED_ROLE, App, Certificate, KeyFacts
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from shared.flows.ports import Clock, Pins

LEAST_BITS = 2048


class Grade(StrEnum):
    """How a check came out; what cannot be checked is unknown, never healthy."""

    PASS = "pass"  # noqa: S105 - a grade
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One link of the chain."""

    name: str
    grade: Grade
    meaning: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole chain of one tenant."""

    tenant_id: str
    grade: Grade
    thumbprint: str | None
    expires_in_days: int | None
    checks: tuple[Check, ...]


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

    def roles(self, app: App, certificate: Certificate) -> tuple[str, ...]:
        """Return the roles of a token got with this certificate."""
        ...


@dataclass(slots=True, kw_only=True)
class Validation:
    """Checks one tenant's chain, link after link; after a broken link the rest is unknown."""

    app: App
    vault: Vault
    entra: EntraId
    exchange: Callable[[], None]
    pins: Pins
    clock: Clock

    def report(self) -> Report:
        """Try every link."""
        found: list[Certificate] = []
        checks = [self._check("vault answers", lambda: found.append(self._certificate()))]
        links: tuple[tuple[str, Callable[[Certificate], None]], ...] = (
            ("certificate is enabled and in its dates", self._in_force),
            ("key may sign and cannot be exported", self._key),
            ("key signs for this certificate", self._signs),
            ("Entra ID issues a token with the role", self._token),
            ("Exchange answers", lambda _: self.exchange()),
        )
        for name, link in links:
            if checks[-1].grade is not Grade.PASS:
                checks.append(_not_reached(name))
            else:
                checks.append(self._check(name, partial(link, found[0])))
        certificate = found[0] if found else None
        return Report(
            tenant_id=self.app.tenant_id,
            grade=_overall(checks),
            thumbprint=certificate.thumbprint if certificate else None,
            expires_in_days=(certificate.expires_at - self.clock()).days if certificate else None,
            checks=tuple(checks),
        )

    def _check(self, name: str, link: Callable[[], None]) -> Check:
        started = self.clock()
        try:
            link()
        except Retryable as failure:
            grade, meaning = Grade.UNKNOWN, str(failure)
        except Failure as failure:
            grade, meaning = Grade.FAIL, str(failure)
        else:
            grade, meaning = Grade.PASS, ""
        took = (self.clock() - started) / timedelta(milliseconds=1)
        return Check(name=name, grade=grade, meaning=meaning, milliseconds=round(took, 1))

    def _certificate(self) -> Certificate:
        pinned = self.pins.active(self.app.tenant_id)
        return self.vault.certificate(self.app.certificate_name, pinned or "")

    def _in_force(self, certificate: Certificate) -> None:
        now = self.clock()
        if not certificate.is_enabled:
            raise Rejected(f"version {certificate.version} is disabled: enable it in the vault")
        if now < certificate.valid_from:
            raise Rejected(f"not valid before {certificate.valid_from}: check the clocks")
        if now >= certificate.expires_at:
            raise Rejected(f"expired on {certificate.expires_at}: renew it and register it")

    def _key(self, certificate: Certificate) -> None:
        key = self.vault.key_facts(certificate)
        if not key.kind.startswith("RSA") or key.bits < LEAST_BITS:
            raise Rejected(
                f"the key is {key.kind} of {key.bits} bits: create an RSA key of 2048 or more"
            )
        if "sign" not in key.operations:
            raise Rejected("the key may not sign: give the policy the key usage digitalSignature")
        if key.is_exportable is None:
            raise Retryable("the vault does not say whether the private key can be exported")
        if key.is_exportable:
            raise Rejected("the private key can be exported: recreate it with exportable off")

    def _signs(self, certificate: Certificate) -> None:
        if not self.vault.proves_key(certificate):
            raise Rejected("the vault's key does not belong to this certificate: recreate it")

    def _token(self, certificate: Certificate) -> None:
        if REQUIRED_ROLE not in self.entra.roles(self.app, certificate):
            raise Misconfigured(
                f"the token lacks {REQUIRED_ROLE}: grant the permission and admin consent"
            )


def _not_reached(name: str) -> Check:
    return Check(
        name=name, grade=Grade.UNKNOWN, meaning="not tried: an earlier check failed", milliseconds=0
    )


def _overall(checks: list[Check]) -> Grade:
    grades = {check.grade for check in checks}
    for grade in (Grade.FAIL, Grade.UNKNOWN):
        if grade in grades:
            return grade
    return Grade.PASS
