"""A directory with one application and its certificate, for the tests of the Entra simulator."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from infra.local.simulators.entra import Entra
from infra.local.simulators.keys import another_key

TENANT = "7f0e1c52-6d0b-4f0e-9a57-0a4b8ed1c001"
DOMAIN = "contoso.onmicrosoft.com"
CLIENT = "5b9f2a1e-6f0a-4a51-9d5f-3f1f0f7c2002"
PRINCIPAL = "c2a3f3a0-29d1-4d43-8a86-2f4f5f7b3003"
EXCHANGE = "https://outlook.office365.com"
ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Credential:
    """A key and its self-signed certificate."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: another_key(2048))
    expires_in: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        now = datetime.fromtimestamp(time.time(), tz=UTC)
        name = x509.Name.from_rfc4514_string("CN=app")
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + self.expires_in)
            .sign(self.key, hashes.SHA256())
        )
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        """Return the certificate as MSAL wants it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class World:
    """The simulator, its address, and a client that reaches it."""

    entra: Entra
    base: str
    client: httpx.Client

    def token(self, form: dict[str, str], *, tenant: str = TENANT) -> httpx.Response:
        """Send a form to the token endpoint, past any client library."""
        return self.client.post(f"{self.base}/{tenant}/oauth2/v2.0/token", data=form)


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


def a_directory(credential: Credential, clock: Callable[[], datetime] = utc_now) -> Entra:
    """Return a simulator that knows one application."""
    entra = Entra(clock=clock)
    entra.directory.add_tenant(TENANT, DOMAIN)
    entra.directory.add_application(
        CLIENT,
        tenant_id=TENANT,
        roles={EXCHANGE: ["Exchange.ManageAsApp"]},
        wids=[ADMINISTRATOR],
    )
    entra.directory.add_certificate(CLIENT, credential.der)
    return entra


def unverified(token: str) -> dict[str, Any]:
    """Return what a token claims."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def a_form(world: World, credential: Credential, **changes: str) -> dict[str, str]:
    """Return a request that is granted, unless *changes* spoil it."""
    good = {
        "client_id": CLIENT,
        "grant_type": "client_credentials",
        "scope": f"{EXCHANGE}/.default",
        "client_assertion_type": BEARER,
        "client_assertion": an_assertion(world, credential),
    }
    return {name: value for name, value in (good | changes).items() if value}


def an_assertion(
    world: World,
    credential: Credential,
    *,
    alg: str = "PS256",
    header: dict[str, Any] | None = None,
    **claims: object,
) -> str:
    """Return a signed assertion that is accepted, unless something spoils it."""
    thumbprint = base64.urlsafe_b64encode(credential.certificate.fingerprint(hashes.SHA256()))
    now = int(time.time())
    good = {
        "aud": f"{world.base}/{TENANT}/oauth2/v2.0/token",
        "iss": CLIENT,
        "sub": CLIENT,
        "jti": str(uuid.uuid4()),
        "nbf": now,
        "exp": now + 600,
    }
    pem = credential.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    fields = {"alg": alg, "x5t#S256": thumbprint.decode().rstrip("=")} | (header or {})
    kept = {name: value for name, value in fields.items() if value is not None}
    return jwt.encode(kept, good | claims, RSAKey.import_key(pem), algorithms=[alg])
