"""Certificates of authorities and of users, as RFC 5280 profiles them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from infra.local.simulators.certificate_authority import der

PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")  # Microsoft's, in the SAN
_UTF8_STRING = 0x0C

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Issued(NamedTuple):
    """A certificate in DER, and its key."""

    der: bytes
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, read."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def serial(self) -> str:
        """Its serial number: hexadecimal, upper case, no zeros in front."""
        return f"{self.certificate.serial_number:X}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a certificate says, whoever signs it."""

    subject: str  # as RFC 4514 writes it
    starts: datetime
    ends: datetime
    serial: int
    extensions: tuple[der.Extension, ...] = ()

    def with_extensions(self, *more: der.Extension) -> "Contents":
        """Return the same with these besides."""
        return replace(self, extensions=(*self.extensions, *more))

    def signed(
        self, key: PrivateKey, *, issuer: x509.Name, issuer_key: PrivateKey
    ) -> x509.Certificate:
        """Return the certificate of a key."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name.from_rfc4514_string(self.subject))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(self.serial)
            .not_valid_before(self.starts)
            .not_valid_after(self.ends)
        )
        for extension, is_critical in self.extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(issuer_key, hashes.SHA256())


def authority_extensions(path_length: int | None, *usages: str) -> tuple[der.Extension, ...]:
    """Return what makes a certificate that of an authority."""
    usage = key_usage(*(usages or ("key_cert_sign", "crl_sign")))
    return ((x509.BasicConstraints(ca=True, path_length=path_length), True), (usage, True))


def key_usage(*names: str) -> x509.KeyUsage:
    """Return a key usage of these names and no others."""
    known = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: name in names for name in known})


def subject_key(key: PrivateKey) -> der.Extension:
    """Return the identifier of the certificate's own key."""
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False


def authority_key(key: PrivateKey) -> der.Extension:
    """Return the identifier of the key that signs."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False


def points(url: str) -> list[x509.DistributionPoint]:
    """Return the place of a revocation list."""
    place = [x509.UniformResourceIdentifier(url)]
    return [
        x509.DistributionPoint(full_name=place, relative_name=None, reasons=None, crl_issuer=None)
    ]


def subject_names(*, upn: str, email: str) -> tuple[der.Extension, ...]:
    """Return the SAN of a user: the principal name, and the address by RFC 822; "" for none."""
    names: list[x509.GeneralName] = []
    if upn:
        names.append(x509.OtherName(PRINCIPAL_NAME, der.tlv(_UTF8_STRING, upn.encode())))
    if email:
        names.append(x509.RFC822Name(email))
    return ((x509.SubjectAlternativeName(names), False),) if names else ()


def in_der(certificate: x509.Certificate) -> bytes:
    """Return the bytes of a certificate."""
    return certificate.public_bytes(serialization.Encoding.DER)
