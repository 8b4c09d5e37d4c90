"""Certificates that tests register with Graph, made once each."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@cache
def a_key(number: int) -> rsa.RSAPrivateKey:
    """Return a key that is made once for all tests."""
    del number  # it tells one from another
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Certificate:
    """A key and its certificate, self-signed unless somebody issues it."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: a_key(0))
    starts: datetime = NOON - timedelta(days=30)
    ends: datetime = NOON + timedelta(days=60)
    issuer: "Certificate | None" = None
    name: str = "CN=app"

    @property
    def x509(self) -> x509.Certificate:
        """Return the certificate; the same one each time."""
        return _certificate(self)

    @property
    def der(self) -> bytes:
        """Return its bytes."""
        return self.x509.public_bytes(serialization.Encoding.DER)

    @property
    def base64(self) -> str:
        """Return its bytes as Graph wants them."""
        return base64.b64encode(self.der).decode()

    @property
    def jose(self) -> RSAKey:
        """Return the private key as the JOSE library wants it."""
        return _jose(self.key)

    def thumbprint(self, algorithm: hashes.HashAlgorithm | None = None) -> str:
        """Return the name of the certificate in a JOSE header."""
        return unpadded(self.x509.fingerprint(algorithm or hashes.SHA256()))


@cache
def _certificate(one: Certificate) -> x509.Certificate:
    issuer = one.issuer or one
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(one.name))
        .issuer_name(x509.Name.from_rfc4514_string(issuer.name))
        .public_key(one.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(one.starts)
        .not_valid_after(one.ends)
        .sign(issuer.key, hashes.SHA256())
    )


@cache
def _jose(key: rsa.RSAPrivateKey) -> RSAKey:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return RSAKey.import_key(pem)


def unpadded(raw: bytes) -> str:
    """Return base64url as JOSE writes it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def key_credential(certificate: Certificate, **more: object) -> dict[str, Any]:
    """Return what is sent to have a certificate registered."""
    return {
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": certificate.base64,
    } | more
