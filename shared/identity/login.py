"""The login at Entra ID: an assertion that is signed inside the vault, for an app-only token."""

import base64
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import msal
import msgspec

from shared.azure_failures import translated
from shared.credentials.certificate import App, Certificate
from shared.credentials.findings import Finding, Found
from shared.errors import Failure, Misconfigured, Retryable
from shared.identity import refusals
from shared.identity.msal_http import MsalHttp
from shared.identity.refusals import Refused
from shared.identity.vault import Vault
from shared.telemetry import traces

LONGEST_LIFE = 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says it may do."""

    roles: tuple[str, ...] = ()
    wids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token; its text never leaves this app but to the service it is for."""

    text: str
    expires_at: datetime

    @property
    def claims(self) -> Claims:
        """What it says it may do; Misconfigured if it is no JWT."""
        return claims(self.text)

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


class Login:
    """
    Entra ID's token endpoint, past every cache.

    Each attempt has a fresh MSAL application: a used one would answer from its caches
    before it looks at the credential.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        http: httpx.Client,
        authority_host: str,
        instance_discovery: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._vault = vault
        self._http = MsalHttp(http)
        self._authority_host = authority_host
        self._instance_discovery = instance_discovery
        self._clock = clock

    def acquire(self, app: App, certificate: Certificate, scope: str) -> Token:
        """Get a token with this certificate."""
        key = self._vault.signing_key(certificate)
        credential = {
            "private_key": key,
            "public_certificate": ssl.DER_cert_to_PEM_cert(certificate.der),
        }
        with translated("Key Vault"):  # MSAL has the vault sign
            return self._asked(app, credential, scope)

    def vouched(self, app: App, assertion: str, scope: str) -> Token:
        """Get a token with what a managed identity says for the app."""
        return self._asked(app, {"client_assertion": lambda: assertion}, scope)

    def _asked(self, app: App, credential: Mapping[str, object], scope: str) -> Token:
        try:
            with traces.calling("Entra ID", "token"):
                answer = self._application(app, credential).acquire_token_for_client([scope])
        except httpx.RequestError as error:
            raise Retryable(f"Entra ID cannot be reached: {error}") from error
        except ValueError as error:
            raise Found(
                Finding.TENANT_UNKNOWN,
                f"Entra ID does not know tenant {app.tenant_id} in this cloud: check tenant_id and "
                "CLOUD, and that the login host can be reached",
            ) from error
        return self._token(answer)

    def _application(
        self, app: App, credential: Mapping[str, object]
    ) -> msal.ConfidentialClientApplication:
        return msal.ConfidentialClientApplication(
            app.client_id,
            authority=f"{self._authority_host}/{app.tenant_id}",
            client_credential=dict(credential),
            http_client=self._http,
            instance_discovery=self._instance_discovery,
        )

    def _token(self, answer: object) -> Token:
        try:
            told = msgspec.convert(answer, _Answer, strict=False)
        except msgspec.ValidationError as error:
            raise Retryable("Entra ID answered something unreadable") from error
        if not told.access_token:
            raise _refusal(told)
        lifetime = timedelta(seconds=min(max(told.expires_in, 0), LONGEST_LIFE))
        return Token(text=told.access_token, expires_at=self._clock() + lifetime)


def claims(token: str) -> Claims:
    """Read a token's claims without checking it: it is Exchange's to check, ours to look into."""
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Claims)
    except (IndexError, ValueError, msgspec.MsgspecError):
        raise Misconfigured("Entra ID issued a token that is not a JWT") from None


def _refusal(told: _Answer) -> Failure:
    trace = f"trace_id {told.trace_id}, correlation_id {told.correlation_id}"
    if told.error == "temporarily_unavailable" or refusals.TRANSIENT.intersection(told.error_codes):
        return Retryable(f"Entra ID is busy ({told.error}; {trace})")
    return Refused(told.error_codes, told.error, trace)
