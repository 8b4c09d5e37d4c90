"""Certificates for the corpus: each is told as what differs from another, and made when read."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from infra.local.simulators.certificate_authority import certificates
from infra.local.simulators.certificate_authority.certificates import Contents, PrivateKey
from infra.local.simulators.certificate_authority.der import Extension

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
UNKNOWN = ObjectIdentifier("1.3.6.1.4.1.55555.1")  # of no meaning to anybody
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
AUTHORITY = certificates.authority_extensions(None)
_RSA_SHA256, _RSA_SHA1 = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))


@cache
def elliptic(number: int) -> ec.EllipticCurvePrivateKey:
    """Return a P-256 key; a number gives the same one always."""
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """Return an RSA key, one for each size."""
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A certificate; without an issuer it vouches for itself."""

    name: str
    key: PrivateKey
    issuer: "Made | None" = None
    starts: datetime = NOON - 30 * DAY
    ends: datetime = NOON + 300 * DAY
    serial: int = 0x5E71A1
    extensions: tuple[Extension, ...] = AUTHORITY
    has_key_ids: bool = True
    signer: PrivateKey | None = None  # who signs in the issuer's place
    by_sha1: bool = False  # for issuers with an RSA key of 2048 bits

    @property
    def der(self) -> bytes:
        """Its bytes, the same each time."""
        return _der(self)

    @property
    def x509_name(self) -> x509.Name:
        """Its subject."""
        return x509.Name.from_rfc4514_string(self.name)


@cache
def _der(made: Made) -> bytes:
    issuer = made.issuer or made
    contents = Contents(
        subject=made.name,
        starts=made.starts,
        ends=made.ends,
        serial=made.serial,
        extensions=made.extensions,
    )
    if made.has_key_ids:
        contents = contents.with_extensions(
            certificates.subject_key(made.key), certificates.authority_key(issuer.key)
        )
    signer = made.signer or issuer.key
    signed = contents.signed(made.key, issuer=issuer.x509_name, issuer_key=signer)
    der = certificates.in_der(signed)
    return _signed_by_sha1(der, signer) if made.by_sha1 else der


def _signed_by_sha1(der: bytes, key: PrivateKey) -> bytes:
    """Sign again: `cryptography` signs no certificate by SHA-1, but its name is as long."""
    assert isinstance(key, rsa.RSAPrivateKey)
    renamed = der.replace(_RSA_SHA256, _RSA_SHA1)
    signed = x509.load_der_x509_certificate(renamed).tbs_certificate_bytes
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the weakness asked for
    return renamed[: -len(signature)] + signature


def authority(path_length: int | None = None, *usages: str) -> tuple[Extension, ...]:
    """Return what makes a certificate that of an authority."""
    return certificates.authority_extensions(path_length, *usages)


def user(
    *purposes: ObjectIdentifier, email: str = "anna@contoso.test", usage: str = "digital_signature"
) -> tuple[Extension, ...]:
    """Return what makes a certificate a user's; without purposes it is for any."""
    extended = ((x509.ExtendedKeyUsage(purposes), False),) if purposes else ()
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (certificates.key_usage(usage), True),
        *certificates.subject_names(upn="anna@contoso.test", email=email),
        *extended,
    )


def unknown(*, is_critical: bool) -> Extension:
    """Return an extension that nobody knows."""
    return x509.UnrecognizedExtension(UNKNOWN, b"\x05\x00"), is_critical


ROOT = Made(name="CN=Contoso Root,O=Contoso", key=elliptic(101), ends=NOON + 3000 * DAY)
POLICY = Made(name="CN=Contoso Policy,O=Contoso", key=elliptic(102), issuer=ROOT)
REGION = Made(name="CN=Contoso Region,O=Contoso", key=elliptic(103), issuer=POLICY)
ISSUING = Made(name="CN=Contoso Issuing,O=Contoso", key=elliptic(104), issuer=ROOT)
LEAF = Made(
    name="CN=Anna,O=Contoso",
    key=elliptic(105),
    issuer=ISSUING,
    serial=0x4A11CE,
    extensions=user(CLIENT),
)
STRANGER = Made(name="CN=Fabrikam Root,O=Fabrikam", key=elliptic(106))
NAMESAKE = replace(ROOT, key=elliptic(107))  # another root by the same name
