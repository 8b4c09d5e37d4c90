"""App-only tokens for Exchange, earned with assertions that are signed inside the vault."""

import base64
import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import httpx
import msal
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from shared.azure_failures import translated
from shared.devices.certificate import REQUIRED_ROLE, App, Certificate
from shared.errors import Failure, Misconfigured, NotFound, Retryable
from shared.identity import refusals
from shared.identity.msal_http import MsalHttp
from shared.identity.refusals import Refused
from shared.identity.vault import Vault

REFRESH_BEFORE = timedelta(minutes=5)
STILL_USABLE = timedelta(seconds=60)
REMEMBER_FAILURE = timedelta(seconds=10)
LONGEST_LIFE = 24 * 60 * 60  # seconds

log = logging.getLogger("easgate.identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says it may do."""

    roles: tuple[str, ...] = ()
    wids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token; its text never leaves this app but to Exchange."""

    text: str
    expires_at: datetime
    claims: Claims

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at.isoformat()})"


class _Answer(msgspec.Struct):
    """What MSAL makes of an answer of the token endpoint."""

    access_token: str = ""
    expires_in: int = 0
    error: str = ""
    error_codes: list[int] = []
    trace_id: str = ""
    correlation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    """Why the last attempt failed: others who wait behind it need not all try again."""

    failure: Failure
    at: datetime


class Pins(Protocol):
    """Which certificate version a tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the pinned version, if there is one."""
        ...

    def pin(self, tenant_id: str, version: str) -> None:
        """Pin a version that has been proved to work."""
        ...


class Tokens:
    """
    One token per tenant, renewed before it expires, by one thread at a time.

    A renewal starts from the pinned certificate version and a fresh MSAL application: a
    used one would answer from its caches before it looks at the credential.
    """

    def __init__(
        self,
        vault: Vault,
        pins: Pins,
        *,
        http: httpx.Client,
        authority_host: str,
        scope: str,
        instance_discovery: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._vault = vault
        self._pins = pins
        self._http = MsalHttp(http)
        self._authority_host = authority_host
        self._scope = scope
        self._instance_discovery = instance_discovery
        self._clock = clock
        self._held: dict[str, Token] = {}
        self._failed: dict[str, _Failed] = {}
        self._locks: dict[str, threading.Lock] = {}

    def token(self, app: App) -> str:
        """Return a usable token text, from memory if one is held."""
        with self._lock(app):
            held = self._held.get(app.tenant_id)
            left = held.expires_at - self._clock() if held else timedelta()
            if held and left > REFRESH_BEFORE:
                return held.text
            try:
                return self._renew(app).text
            except Retryable:
                if held and left > STILL_USABLE:
                    return held.text
                raise

    def renewed(self, app: App, refused: str) -> str:
        """Return a token other than the *refused* one."""
        with self._lock(app):
            held = self._held.get(app.tenant_id)
            if held and held.text != refused:
                return held.text
            return self._renew(app).text

    def acquire(self, app: App, certificate: Certificate) -> Token:
        """Get a token with this certificate from Entra ID itself, past every cache."""
        key = self._vault.signing_key(certificate)
        try:
            with translated("Key Vault"):  # MSAL has the vault sign
                answer = self._application(app, certificate, key).acquire_token_for_client(
                    [self._scope]
                )
        except httpx.RequestError as error:
            raise Retryable(f"Entra ID cannot be reached: {error}") from error
        except ValueError as error:
            raise Misconfigured(
                f"Entra ID does not know tenant {app.tenant_id} in this cloud: check tenant_id and "
                "CLOUD, and that the login host can be reached"
            ) from error
        return self._token(answer)

    def roles(self, app: App, certificate: Certificate) -> tuple[str, ...]:
        """Return the roles of a token that this certificate earns now."""
        token = self.acquire(app, certificate)
        with self._lock(app):
            # Newer than the one held, which may lack a role that was granted since.
            self._held[app.tenant_id] = token
        return token.claims.roles

    def _application(
        self, app: App, certificate: Certificate, key: RSAPrivateKey
    ) -> msal.ConfidentialClientApplication:
        return msal.ConfidentialClientApplication(
            app.client_id,
            authority=f"{self._authority_host}/{app.tenant_id}",
            client_credential={
                "private_key": key,
                "public_certificate": ssl.DER_cert_to_PEM_cert(certificate.der),
            },
            http_client=self._http,
            instance_discovery=self._instance_discovery,
        )

    def _lock(self, app: App) -> threading.Lock:
        return self._locks.setdefault(app.tenant_id, threading.Lock())

    def _renew(self, app: App) -> Token:
        """Get a new token; those who waited behind a failure share it for a while."""
        failed = self._failed.get(app.tenant_id)
        rest = failed.at + REMEMBER_FAILURE - self._clock() if failed else timedelta()
        if failed and rest > timedelta():
            raise _again(failed.failure, rest)
        try:
            token = self._earned(app)
        except Failure as failure:
            self._failed[app.tenant_id] = _Failed(failure=failure, at=self._clock())
            raise
        self._held[app.tenant_id] = token
        return token

    def _earned(self, app: App) -> Token:
        """
        Get a token with the pinned version; with the current one only where that cannot work.

        A version is pinned when it has earned a token, never because it is the newest: a
        renewed certificate is in the vault before Entra ID knows it.
        """
        pinned = self._pins.active(app.tenant_id)
        current = self._current(app)
        if pinned is not None and pinned != current.version:
            try:
                return self._proved(app, self._vault.certificate(app.certificate_name, pinned))
            except NotFound:
                log.warning("the pinned certificate version of %s is gone", app.tenant_id)
            except Refused as refusal:
                if not refusal.is_of_the_certificate:
                    raise
                log.warning("the pinned certificate version is refused: %s", refusal)
        token = self._held[app.tenant_id] = self._proved(app, current)
        if pinned != current.version:
            self._pins.pin(app.tenant_id, current.version)
        return token

    def _current(self, app: App) -> Certificate:
        try:
            return self._vault.certificate(app.certificate_name)
        except NotFound as error:
            raise Misconfigured(str(error)) from error

    def _proved(self, app: App, certificate: Certificate) -> Token:
        token = self.acquire(app, certificate)
        if REQUIRED_ROLE not in token.claims.roles:
            raise Misconfigured(
                f"the token lacks the role {REQUIRED_ROLE}: grant the application permission and "
                "admin consent in Entra ID"
            )
        return token

    def _token(self, answer: object) -> Token:
        try:
            told = msgspec.convert(answer, _Answer, strict=False)
        except msgspec.ValidationError as error:
            raise Retryable("Entra ID answered something unreadable") from error
        if not told.access_token:
            raise _refusal(told)
        lifetime = timedelta(seconds=min(max(told.expires_in, 0), LONGEST_LIFE))
        return Token(
            text=told.access_token,
            expires_at=self._clock() + lifetime,
            claims=claims(told.access_token),
        )


def claims(token: str) -> Claims:
    """Read a token's claims without checking it: it is Exchange's to check, ours to look into."""
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Claims)
    except (IndexError, ValueError, msgspec.MsgspecError):
        raise Misconfigured("Entra ID issued a token that is not a JWT") from None


def _again(failure: Failure, rest: timedelta) -> Failure:
    """Return the failure for one who waited behind it."""
    if isinstance(failure, Retryable):
        return Retryable(str(failure), after=max(failure.after or rest, rest))
    return failure.with_traceback(None)


def _refusal(told: _Answer) -> Failure:
    trace = f"trace_id {told.trace_id}, correlation_id {told.correlation_id}"
    if told.error == "temporarily_unavailable" or refusals.TRANSIENT.intersection(told.error_codes):
        return Retryable(f"Entra ID is busy ({told.error}; {trace})")
    return Refused(told.error_codes, told.error, trace)
