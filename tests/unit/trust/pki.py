"""A root, an authority below it, the users' certificates that it has signed, and its lists."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.trust.authority import Authority, Store
from tests.unit.builders import NOW

DAY = timedelta(days=1)
ROOT, ISSUING = "Contoso Root", "Contoso Issuing"
UPN, MAIL = "adele@contoso.com", "adele@mail.contoso.com"
SERIAL = 0x1A2B
PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
BEGINS, ENDS_AT = NOW - 1000 * DAY, NOW + 3000 * DAY


@cache
def a_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of somebody; one for each name."""
    assert name
    return ec.generate_private_key(ec.SECP256R1())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _begun(
    name: str, signer: str, *, serial: int, ends_at: datetime, begins: datetime
) -> x509.CertificateBuilder:
    key, by = a_key(name).public_key(), a_key(signer).public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(signer))
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by), critical=False)
    )


@cache
def a_ca(
    name: str, signer: str, ends_at: datetime = ENDS_AT, *, begins: datetime = BEGINS
) -> bytes:
    """Return an authority's own certificate."""
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        _begun(name, signer, serial=7, ends_at=ends_at, begins=begins)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(a_key(signer), SHA256())
    )
    return made.public_bytes(Encoding.DER)


@cache
def a_user_certificate(upn: str = UPN, mail: str = MAIL, signer: str = ISSUING) -> bytes:
    """Return a certificate for a user."""
    name = x509.OtherName(PRINCIPAL_NAME, b"\x0c" + bytes([len(upn)]) + upn.encode())
    names: list[x509.GeneralName] = [name, *([x509.RFC822Name(mail)] if mail else [])]
    made = (
        _begun("Adele", signer, serial=SERIAL, ends_at=NOW + 300 * DAY, begins=BEGINS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(a_key(signer), SHA256())
    )
    return made.public_bytes(Encoding.DER)


def a_list(
    name: str, *, at: datetime = NOW - DAY, ends_at: datetime | None = None, by: str = "",
    revoked: Sequence[int] = (),
) -> bytes:  # fmt: skip
    """Return a list as an authority publishes it, or as another one signs it for it."""
    key = a_key(by or name)
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_named(name))
        .last_update(at)
        .next_update(ends_at or at + 10 * DAY)
        .add_extension(x509.CRLNumber(4), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for serial in revoked:
        made = made.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        )
    return made.sign(key, SHA256()).public_bytes(Encoding.DER)


def url_of(name: str) -> str:
    """Return where an authority publishes."""
    return f"http://crl.contoso.com/{name.replace(' ', '-').lower()}.crl"


def a_root(**changes: object) -> Authority:
    """Return the root, as the PKI store has it."""
    root = Authority(
        store=Store.PKI,
        certificate=a_ca(ROOT, ROOT),
        is_root=True,
        name=ROOT,
        crl_url=url_of(ROOT),
    )
    return replace(root, **changes)  # type: ignore[arg-type]  # named fields only, by convention


def an_issuing(**changes: object) -> Authority:
    """Return the authority below it."""
    fields = {"certificate": a_ca(ISSUING, ROOT), "is_root": False, "name": ISSUING}
    return a_root(**{**fields, "crl_url": url_of(ISSUING), **changes})
