"""Certificates and lists as a test needs them, a few lines each; EC keys, as those are quick."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.trust.authority import Authority, Store

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Said = tuple[x509.ExtensionType, bool]
PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
CA: Said = (x509.BasicConstraints(ca=True, path_length=None), True)
SIGNS: Said = (
    x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    ),
    True,
)
SIGNS_NOTHING: Said = (
    x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    ),
    True,
)


def a_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """Return the certificate as it is stored."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        """Return it as administrators have it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def stored(
        self, *, is_root: bool = False, crl_url: str = "", delta_crl_url: str = ""
    ) -> Authority:
        """Return it as a store of authorities has it."""
        return Authority(
            store=Store.PKI,
            certificate=self.der,
            is_root=is_root,
            crl_url=crl_url,
            delta_crl_url=delta_crl_url,
        )


def made(
    name: str,
    issuer: Holder | None = None,
    *said: Said,
    key: Key | None = None,
    begins: datetime = NOON - DAY,
    ends: datetime = NOON + 100 * DAY,
    serial_number: int | None = None,
    names_keys: bool = True,
) -> Holder:
    """Make a certificate; without an issuer it signs itself."""
    key = key or a_key()
    own = x509.Name.from_rfc4514_string(name)
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.certificate.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(serial_number or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    keys: tuple[Said, ...] = (
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    )
    for extension, is_critical in (*said, *(keys if names_keys else ())):
        builder = builder.add_extension(extension, is_critical)
    return Holder(builder.sign(signer, hashes.SHA256()), key)


def a_root(name: str = "CN=Root,O=Contoso") -> Holder:
    return made(name, None, CA, SIGNS)


def an_intermediate(issuer: Holder, name: str = "CN=Issuing,O=Contoso") -> Holder:
    return made(name, issuer, CA, SIGNS)


def principal_name(upn: str) -> x509.GeneralName:
    """Return a principal name, at most 127 bytes long."""
    text = upn.encode()
    return x509.OtherName(PRINCIPAL_NAME, bytes([0x0C, len(text)]) + text)


def names(*found: x509.GeneralName) -> Said:
    """Return alternative names of a subject."""
    return x509.SubjectAlternativeName(found), False


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A list to be made: as it should be, but for what a test changes."""

    issuer: str = ""  # another's name than the signer's
    this_update: datetime = NOON - DAY
    next_update: datetime = NOON + 6 * DAY
    number: int | None = 7
    delta_base: int | None = None
    key_of: Holder | None = None  # whose key it names; the signer's
    names_key: bool = True
    revoked: dict[int, x509.ReasonFlags | None] = field(default_factory=dict)
    said: tuple[Said, ...] = ()

    def by(self, signer: Holder) -> bytes:
        """Sign it."""
        name = signer.certificate.subject
        if self.issuer:
            name = x509.Name.from_rfc4514_string(self.issuer)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(name)
            .last_update(self.this_update)
            .next_update(self.next_update)
        )
        for extension, is_critical in self._extensions(signer):
            builder = builder.add_extension(extension, is_critical)
        for serial_number, reason in self.revoked.items():
            builder = builder.add_revoked_certificate(_entry(serial_number, reason))
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _extensions(self, signer: Holder) -> list[Said]:
        found = list(self.said)
        if self.number is not None:
            found.append((x509.CRLNumber(self.number), False))
        if self.delta_base is not None:
            found.append((x509.DeltaCRLIndicator(self.delta_base), True))
        if self.names_key:
            key = (self.key_of or signer).key.public_key()
            found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(key), False))
        return found


def _entry(serial_number: int, reason: x509.ReasonFlags | None) -> x509.RevokedCertificate:
    builder = (
        x509.RevokedCertificateBuilder().serial_number(serial_number).revocation_date(NOON - DAY)
    )
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    return builder.build()
