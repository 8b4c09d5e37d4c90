"""Certificates of authorities for Graph's tests, and a tenant whose trust is looked at."""

import base64
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from tests.contract.graph_certificates import NOON
from tests.contract.graph_world import World

PKIS = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
READ, WRITE = "PublicKeyInfrastructure.Read.All", "PublicKeyInfrastructure.ReadWrite.All"
_PADDING = x509.ObjectIdentifier("1.3.6.1.4.1.32473.1")
ENDS = NOON + timedelta(days=365)


@cache
def a_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return a key that is made once for all tests."""
    del name  # it tells one from another
    return ec.generate_private_key(ec.SECP256R1())


@cache
def an_authority(
    name: str, *, ends: datetime = ENDS, issuer: str = "", padding: int = 0
) -> x509.Certificate:
    """Return the certificate of an authority, self-signed unless another issues it."""
    subject = x509.Name.from_rfc4514_string(f"CN={name},O=Contoso,C=US")
    above = x509.Name.from_rfc4514_string(f"CN={issuer or name},O=Contoso,C=US")
    key = a_key(name)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=30))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.UnrecognizedExtension(_PADDING, bytes(padding)), critical=False)
        .sign(a_key(issuer or name), hashes.SHA256())
    )


def der(certificate: x509.Certificate) -> bytes:
    """Return the bytes of a certificate."""
    return certificate.public_bytes(serialization.Encoding.DER)


def in_base64(certificate: x509.Certificate) -> str:
    """Return a certificate as Graph takes it."""
    return base64.b64encode(der(certificate)).decode()


def thumbprint(certificate: x509.Certificate) -> str:
    """Return what Graph calls a certificate."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 -- a name only


def key_id(certificate: x509.Certificate) -> str:
    """Return the key identifier as Graph writes it."""
    extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return extension.value.digest.hex().upper()


def a_bundle(*certificates: x509.Certificate) -> bytes:
    """Return a p7b file."""
    return pkcs7.serialize_certificates(list(certificates), serialization.Encoding.DER)


class Trusting(World):
    """The world of Graph's tests, with a PKI in it."""

    def __init__(self) -> None:
        super().__init__()
        made = self.call("POST", PKIS, WRITE, body={"displayName": "Contoso PKI"})
        assert made.status_code == 201, made.text
        self.pki: str = made.json()["id"]

    @property
    def inside(self) -> str:
        """Return where the authorities of the PKI are found."""
        return f"{PKIS}/{self.pki}/certificateAuthorities"

    def add(self, authority: x509.Certificate, **more: object) -> httpx.Response:
        """Add an authority to the PKI."""
        body = {"certificate": in_base64(authority), **more}
        return self.call("POST", self.inside, WRITE, body=body)

    def added(self, authority: x509.Certificate, **more: object) -> dict[str, Any]:
        """Add an authority to the PKI and return it."""
        answer = self.add(authority, **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def listed(self, query: str = "") -> list[dict[str, Any]]:
        """Return the authorities of the PKI."""
        answer = self.call("GET", f"{self.inside}{query}", READ)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["value"]
        return found
