"""App-only tokens for Exchange, earned with assertions that are signed inside the vault."""

import base64
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import msal
import msgspec

from shared.azure_failures import translated
from shared.errors import Failure, Misconfigured, NotFound, Retryable
from shared.identity.msal_http import MsalHttp
from shared.identity.vault import Vault, Version

REQUIRED_ROLE = "Exchange.ManageAsApp"
REFRESH_BEFORE = timedelta(minutes=5)
STILL_USABLE = timedelta(seconds=60)
TRANSIENT_CODES = frozenset({90006, 90024, 90033, 90012, 50000})


class App(Protocol):
    """One tenant's app registration."""

    @property
    def tenant_id(self) -> str:
        """The tenant's GUID."""
        ...

    @property
    def client_id(self) -> str:
        """The registration's application id."""
        ...

    @property
    def certificate_name(self) -> str:
        """The certificate's name in the vault."""
        ...


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


class Refused(Misconfigured):
    """Entra ID refused; `codes` are its AADSTS numbers, for help texts only."""

    def __init__(self, message: str, codes: tuple[int, ...]) -> None:
        super().__init__(message)
        self.codes = codes


class Pins(Protocol):
    """Which certificate version a tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the pinned version, if there is one."""
        ...

    def pin(self, tenant_id: str, version: str) -> None:
        """Pin a version that has been proved to work, unless one is pinned."""
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
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def token(self, app: App) -> str:
        """Return a usable token text, from memory if one is held."""
        with self._locks[app.tenant_id]:
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
        with self._locks[app.tenant_id]:
            held = self._held.get(app.tenant_id)
            if held and held.text != refused:
                return held.text
            return self._renew(app).text

    def acquire(self, app: App, certificate: Version) -> Token:
        """Get a token with this certificate from Entra ID itself, past every cache."""
        try:
            with translated("Key Vault"):  # MSAL has the vault sign
                answer = self._application(app, certificate).acquire_token_for_client([self._scope])
        except httpx.TransportError as error:
            raise Retryable(f"Entra ID cannot be reached: {error}") from error
        except ValueError as error:
            raise Misconfigured(
                f"Entra ID does not know tenant {app.tenant_id} in this cloud: check tenant_id and "
                "CLOUD, and that the login host can be reached"
            ) from error
        if "access_token" not in answer:
            raise _refusal(answer)
        return self._token(answer)

    def roles(self, app: App, certificate: Version) -> tuple[str, ...]:
        """Return the roles of a token that this certificate earns now."""
        return self.acquire(app, certificate).claims.roles

    def _application(self, app: App, certificate: Version) -> msal.ConfidentialClientApplication:
        return msal.ConfidentialClientApplication(
            app.client_id,
            authority=f"{self._authority_host}/{app.tenant_id}",
            client_credential={
                "private_key": self._vault.signing_key(certificate),
                "public_certificate": ssl.DER_cert_to_PEM_cert(certificate.der),
            },
            http_client=self._http,
            instance_discovery=self._instance_discovery,
        )

    def _renew(self, app: App) -> Token:
        pinned = self._pins.active(app.tenant_id)
        try:
            certificate = self._vault.certificate(app.certificate_name, pinned or "")
        except NotFound as error:
            raise Misconfigured(str(error)) from error
        token = self.acquire(app, certificate)
        if REQUIRED_ROLE not in token.claims.roles:
            raise Misconfigured(
                f"the token lacks the role {REQUIRED_ROLE}: grant the application permission and "
                "admin consent in Entra ID"
            )
        if pinned is None:
            self._pins.pin(app.tenant_id, certificate.version)
        self._held[app.tenant_id] = token
        return token

    def _token(self, answer: dict[str, Any]) -> Token:
        text = str(answer["access_token"])
        lifetime = timedelta(seconds=int(answer["expires_in"]))
        return Token(text=text, expires_at=self._clock() + lifetime, claims=claims(text))


def claims(token: str) -> Claims:
    """Read a token's claims without checking it: it is Exchange's to check, ours to look into."""
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Claims)
    except (IndexError, ValueError, msgspec.MsgspecError):
        raise Misconfigured("Entra ID issued a token that is not a JWT") from None


def _refusal(answer: dict[str, Any]) -> Failure:
    codes = tuple(int(code) for code in answer.get("error_codes", ()))
    error = str(answer.get("error", "unknown"))
    trace = f"trace_id {answer.get('trace_id')}, correlation_id {answer.get('correlation_id')}"
    if error == "temporarily_unavailable" or TRANSIENT_CODES.intersection(codes):
        return Retryable(f"Entra ID is busy ({error}; {trace})")
    named = ", ".join(f"AADSTS{code}" for code in codes) or error
    return Refused(f"Entra ID refused the certificate: {named} ({trace})", codes)
