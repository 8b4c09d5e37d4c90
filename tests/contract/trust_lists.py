"""Revocation lists for the corpus, all of one authority that vouches for itself."""

from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infra.local.simulators.certificate_authority import certificates, der
from infra.local.simulators.certificate_authority.lists import Crl, Entry
from tests.contract.trust_certificates import (
    DAY,
    LEAF,
    NOON,
    ROOT,
    Made,
    rsa_key,
)

OURS = ROOT
KEY = ROOT.key
SERIAL = LEAF.serial
ANNA = replace(LEAF, issuer=OURS)
BY_RSA = replace(ROOT, key=rsa_key(2048))
DELTA_URL = "http://crl.contoso.test/contoso-root-delta.crl"
FRESHEST = (x509.FreshestCRL(certificates.points(DELTA_URL)), False)
KEY_ID = certificates.authority_key(KEY)


def numbered(number: int) -> der.Extension:
    """Return the number of a list."""
    return x509.CRLNumber(number), False


def delta_to(base: int) -> der.Extension:
    """Return what makes a list a delta."""
    return x509.DeltaCRLIndicator(base), True


def entry(serial: int, reason: x509.ReasonFlags | None = None) -> Entry:
    """Return a serial number that was revoked five days ago."""
    return Entry(serial=serial, revoked_at=NOON - 5 * DAY, reason=reason)


def scope(
    *,
    users: bool = False,
    authorities: bool = False,
    indirect: bool = False,
    some: bool = False,
    url: str = "",
) -> der.Extension:
    """Return an issuing distribution point: which certificates the list is about."""
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)] if url else None,
        relative_name=None,
        only_contains_user_certs=users,
        only_contains_ca_certs=authorities,
        only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}) if some else None,
        indirect_crl=indirect,
        only_contains_attribute_certs=False,
    )
    return point, True


CRL = Crl(
    issuer=OURS.x509_name,
    this_update=NOON - DAY,
    next_update=NOON + 6 * DAY,
    entries=(entry(0x0B0B), entry(0x0C0C, x509.ReasonFlags.superseded)),
    extensions=(KEY_ID, numbered(100)),
)
DELTA = replace(CRL, entries=(), extensions=(KEY_ID, numbered(101), delta_to(100)))


def signed(crl: Crl, by: Made = OURS) -> bytes:
    """Return a list in DER."""
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    return crl.signed(by.key)


def also(*extensions: der.Extension) -> Crl:
    """Return the list with more extensions."""
    return replace(CRL, extensions=(*CRL.extensions, *extensions))


def listing(*entries: Entry) -> Crl:
    """Return the list with more entries."""
    return replace(CRL, entries=(*CRL.entries, *entries))


def pem(content: bytes) -> bytes:
    """Return a list in PEM."""
    read = x509.load_der_x509_crl(content)
    return read.public_bytes(serialization.Encoding.PEM)


def built(by: Made = OURS, entry_extension: der.Extension | None = None) -> bytes:
    """Return a list that `cryptography` makes: any key, and any extension of its one entry."""
    revoked = x509.RevokedCertificateBuilder().serial_number(0x0B0B).revocation_date(NOON - DAY)
    if entry_extension is not None:
        revoked = revoked.add_extension(entry_extension[0], critical=entry_extension[1])
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.x509_name)
        .last_update(NOON - DAY)
        .next_update(NOON + 6 * DAY)
        .add_revoked_certificate(revoked.build())
        .add_extension(*certificates.authority_key(by.key))
        .add_extension(*numbered(100))
    )
    return crl.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
