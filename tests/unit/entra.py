"""Entra ID as a token endpoint sees it, and a vault whose key happens to be at hand."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, NoReturn, cast
from urllib.parse import parse_qs

import httpx
from azure.core.exceptions import HttpResponseError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from shared.identity.login import Login
from shared.identity.managed import ManagedIdentities
from shared.identity.tokens import Tokens
from shared.records.certificates import Certificates
from tests.unit.builders import NOW
from tests.unit.certificates import FakeVault, a_certificate
from tests.unit.stand_ins import FakeClock, FakeTable

if TYPE_CHECKING:
    from shared.credentials.certificate import App, Certificate
    from shared.errors import Failure
    from shared.identity.certificate_in_use import FellBack
    from shared.identity.vault import Vault

HOST = "https://login.microsoftonline.com"
ROLE = "Exchange.ManageAsApp"


@cache
def a_key() -> rsa.RSAPrivateKey:
    """Return a key, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def a_der(serial: int = 1) -> bytes:
    """Return a self-signed certificate of that key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "easgate")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(a_key().public_key())
        .serial_number(serial)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=100))
    )
    return built.sign(a_key(), SHA256()).public_bytes(Encoding.DER)


class LockedKey:
    """A key that the app's identity may not sign with."""

    key_size = 2048

    def sign(self, *_: object) -> bytes:
        """Fail as the SDK does."""
        error = HttpResponseError("Caller is not authorized.\nsecret body")
        error.status_code = 403
        raise error

    def public_key(self) -> rsa.RSAPublicKey:
        """Return its public half."""
        return a_key().public_key()


rsa.RSAPrivateKey.register(LockedKey)  # passes for one, as the vault's keys do


@dataclass
class KeyVault(FakeVault):
    """Hands out the key itself in place of one that signs in the vault."""

    is_locked: bool = False

    def signing_key(self, certificate: "Certificate") -> rsa.RSAPrivateKey:
        """Return the key, or one that may not be used."""
        assert certificate.der in {a_der(1), a_der(2)}
        return cast("rsa.RSAPrivateKey", LockedKey()) if self.is_locked else a_key()


def a_token(number: int = 1, **claims: object) -> str:
    """Return a token; its signature is nobody's business here."""
    payload = json.dumps({"roles": [ROLE], "jti": number, **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.c2ln"


def refusal(*codes: int) -> httpx.Response:
    """Return Entra's refusal; its description quotes what it should not."""
    body = {
        "error": "invalid_client",
        "error_description": "AADSTS700027: eyJ0eXAi.quoted.assertion",
        "error_codes": list(codes),
        "trace_id": "trace-1",
        "correlation_id": "correlation-1",
    }
    return httpx.Response(401, json=body)


@dataclass
class Entra:
    """Issues a token per request, or answers as it is told to."""

    granted: tuple[str, ...] = (ROLE,)
    answer: httpx.Response | Exception | None = None
    discovery: httpx.Response | None = None
    lifetime: object = 3600
    unless: dict[bytes, httpx.Response] = field(default_factory=dict)  # by certificate
    posts: list[dict[str, list[str]]] = field(default_factory=list)
    held: threading.Event | None = None
    meanwhile: Callable[[], None] = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path.endswith("/discovery/instance"):
            return httpx.Response(200, json={"metadata": []})
        if request.method == "GET":
            return self.discovery or _discovered(request)
        if self.held:
            assert self.held.wait(10)
        self.meanwhile()
        self.posts.append(parse_qs(request.content.decode()))
        answer = self.unless.get(thumbprint(self.posts[-1]), self.answer)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        token = a_token(len(self.posts), roles=self.granted)
        body = {"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token}
        return httpx.Response(200, json=body)


def thumbprint(post: dict[str, list[str]]) -> bytes:
    """Return the SHA-256 thumbprint of the certificate an assertion names."""
    header = post["client_assertion"][0].split(".")[0]
    named = json.loads(base64.urlsafe_b64decode(header + "=="))["x5t#S256"]
    return base64.urlsafe_b64decode(named + "==")


def _discovered(request: httpx.Request) -> httpx.Response:
    tenant = f"{HOST}/{request.url.path.split('/')[1]}"
    endpoints = {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
    }
    return httpx.Response(200, json=endpoints)


def no_identities(login: Login) -> ManagedIdentities:
    """Return what signs in without a certificate, where nobody should."""

    def none() -> NoReturn:
        raise AssertionError("the tenant signs in with a certificate")

    return ManagedIdentities(none, login, audience="api://AzureADTokenExchange")


@dataclass
class Identity:
    """Tokens, with the world they come from."""

    entra: Entra = field(default_factory=Entra)
    vault: KeyVault = field(default_factory=lambda: KeyVault((a_certificate(der=a_der()),)))
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: Tokens = field(init=False)
    switches: list[tuple[str, str, str]] = field(default_factory=list)
    announcing_fails: "Failure | None" = None

    def __post_init__(self) -> None:
        self.tokens = self.announcing(fell_back=self._fell_back)

    def announcing(self, **told: "FellBack") -> Tokens:
        """Return tokens whose switches are told to somebody, or to nobody."""
        vault = cast("Vault", self.vault)
        login = Login(
            vault,
            http=httpx.Client(transport=httpx.MockTransport(self.entra)),
            authority_host=HOST,
            instance_discovery=True,
            clock=self.clock,
        )
        return Tokens(
            vault,
            self.pins,
            login,
            identities=no_identities(login),
            scope="https://outlook.office365.com/.default",
            clock=self.clock,
            **told,  # type: ignore[arg-type]  # one named argument, or none
        )

    def _fell_back(self, app: "App", old: str, new: str, reason: str) -> None:
        assert self.pins.active(app.tenant_id) != new  # told before it is noted
        if self.announcing_fails:
            raise self.announcing_fails
        self.switches.append((old, new, reason))
