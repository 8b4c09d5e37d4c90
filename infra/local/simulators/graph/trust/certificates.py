"""Certificates of authorities: read as they are sent, and the facts computed from them."""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from infra.local.simulators.graph.refusals import RefusedError, bad_request

LARGEST = 8 * 1024  # bytes of one certificate in the store of PKIs


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """
    A certificate, and what a store shows of it.

    The service writes no promise on the form of an issuer: the full name is a guess, after the
    examples of those who export it; others show a common name only. The "issuer's" subject key
    identifier is the certificate's own.
    """

    der: bytes = field(repr=False)
    thumbprint: str  # SHA-1, in upper-case hexadecimal
    issuer: str
    subject_key_id: str | None  # in upper-case hexadecimal
    expires: datetime
    is_self_issued: bool

    @property
    def base64(self) -> str:
        """Return its bytes as JSON holds them."""
        return base64.b64encode(self.der).decode()


def from_text(text: object) -> Certificate:
    """Read a certificate as it is sent: DER in base64, and nothing else; RefusedError."""
    try:
        der = base64.b64decode(str(text), validate=True)
        return from_der(der)
    except (binascii.Error, ValueError) as error:
        raise not_a_certificate() from error


def from_der(der: bytes) -> Certificate:
    """Read a certificate; ValueError if it is none, or too large."""
    if len(der) > LARGEST:
        raise ValueError("the certificate is too large")
    parsed = x509.load_der_x509_certificate(der)
    return Certificate(
        der=der,
        thumbprint=parsed.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 -- a name, by the service's choice
        issuer=_name(parsed.issuer),
        subject_key_id=_subject_key_id(parsed),
        expires=parsed.not_valid_after_utc,
        is_self_issued=parsed.issuer == parsed.subject,
    )


def from_bundle(body: bytes) -> list[Certificate]:
    """Read the certificates of a p7b file, in PEM or DER; ValueError if it is none."""
    is_pem = body.lstrip().startswith(b"-----BEGIN")
    load = pkcs7.load_pem_pkcs7_certificates if is_pem else pkcs7.load_der_pkcs7_certificates
    return [from_der(one.public_bytes(serialization.Encoding.DER)) for one in load(body)]


def not_a_certificate() -> RefusedError:
    """Return the refusal of what is no certificate; its wording is a guess."""
    return bad_request("The certificate is not a valid X.509 certificate in base64.")


def _name(name: x509.Name) -> str:
    return ", ".join(rdn.rfc4514_string() for rdn in reversed(list(name.rdns)))


def _subject_key_id(parsed: x509.Certificate) -> str | None:
    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.digest.hex().upper()
