"""Entra ID as a token endpoint sees it, and a vault whose key happens to be at hand."""

import base64
import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from shared.errors import Failure
from shared.identity.tokens import Tokens
from shared.records.certificates import Certificates
from tests.unit.builders import NOW
from tests.unit.certificates import ACertificate, FakeVault
from tests.unit.stand_ins import FakeClock, FakeTable

if TYPE_CHECKING:
    from shared.identity.vault import Vault, Version

HOST = "https://login.microsoftonline.com"
ROLE = "Exchange.ManageAsApp"


@cache
def a_key() -> rsa.RSAPrivateKey:
    """Return a key, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def a_der() -> bytes:
    """Return a self-signed certificate of that key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "easgate")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(a_key().public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=100))
    )
    return built.sign(a_key(), SHA256()).public_bytes(Encoding.DER)


@dataclass
class KeyVault(FakeVault):
    """Hands out the key itself in place of one that signs in the vault."""

    down: Failure | None = None

    def certificate(self, name: str, version: str = "") -> ACertificate:
        """Return a version."""
        if self.down:
            raise self.down
        return super().certificate(name, version)

    def signing_key(self, certificate: "Version") -> rsa.RSAPrivateKey:
        """Return the key."""
        assert certificate.der == a_der()
        return a_key()


def a_token(number: int = 1, **claims: object) -> str:
    """Return a token; its signature is nobody's business here."""
    payload = json.dumps({"roles": [ROLE], "jti": number, **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.c2ln"


@dataclass
class Entra:
    """Issues a token per request, or answers as it is told to."""

    granted: tuple[str, ...] = (ROLE,)
    answer: httpx.Response | Exception | None = None
    discovery: httpx.Response | None = None
    lifetime: int = 3600
    posts: list[dict[str, list[str]]] = field(default_factory=list)
    held: threading.Event | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path.endswith("/discovery/instance"):
            return httpx.Response(200, json={"metadata": []})
        if request.method == "GET":
            return self.discovery or _discovered(request)
        if self.held:
            assert self.held.wait(10)
        self.posts.append(parse_qs(request.content.decode()))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        token = a_token(len(self.posts), roles=self.granted)
        body = {"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token}
        return httpx.Response(200, json=body)


def _discovered(request: httpx.Request) -> httpx.Response:
    tenant = f"{HOST}/{request.url.path.split('/')[1]}"
    endpoints = {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
    }
    return httpx.Response(200, json=endpoints)


@dataclass
class Identity:
    """Tokens, with the world they come from."""

    entra: Entra = field(default_factory=Entra)
    vault: KeyVault = field(default_factory=lambda: KeyVault((ACertificate(der=a_der()),)))
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(
            cast("Vault", self.vault),
            self.pins,
            http=httpx.Client(transport=httpx.MockTransport(self.entra)),
            authority_host=HOST,
            scope="https://outlook.office365.com/.default",
            instance_discovery=True,
            clock=self.clock,
        )
