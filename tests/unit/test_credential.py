"""Certificates made for the purpose, judged; and read by somebody else's program as well."""

import shutil
import subprocess
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.credentials import credential
from shared.credentials.certificate import Certificate, KeyFacts
from shared.credentials.findings import Finding
from tests.unit.builders import NOW
from tests.unit.certificates import a_certificate
from tests.unit.validation_chain import GOOD_KEY, Entries, Entry

DAY = timedelta(days=1)


def made(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> Certificate:
    """Return a certificate of the key as the vault would show it."""
    name = x509.Name.from_rfc4514_string("CN=easgate")
    der = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    parsed = x509.load_der_x509_certificate(der)
    return a_certificate(
        der=der, valid_from=parsed.not_valid_before_utc, expires_at=parsed.not_valid_after_utc
    )


def facts(certificate: Certificate) -> KeyFacts:
    """Return what a vault tells of the key."""
    key = x509.load_der_x509_certificate(certificate.der).public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    is_rsa = isinstance(key, rsa.RSAPublicKey)
    return replace(GOOD_KEY, kind="RSA" if is_rsa else "EC", bits=key.key_size)


SMALL = made(rsa.generate_private_key(65537, 1024), NOW - DAY, NOW + DAY)  # noqa: S505 - to be found
GOOD = made(rsa.generate_private_key(65537, 2048), NOW - DAY, NOW + DAY)
ELLIPTIC = made(ec.generate_private_key(ec.SECP256R1()), NOW - DAY, NOW + DAY)


@pytest.mark.parametrize(
    ("certificate", "kind", "size"),
    [
        (GOOD, None, None),
        (SMALL, None, Finding.KEY_TOO_SMALL),
        (ELLIPTIC, Finding.KEY_NOT_RSA, None),
    ],
)
def test_key_is_judged_by_type_and_by_size(
    certificate: Certificate, kind: Finding | None, size: Finding | None
) -> None:
    """Each has its own code."""
    key = facts(certificate)
    assert (credential.kind(key).finding, credential.size(key).finding) == (kind, size)


@pytest.mark.parametrize(
    ("moment", "finding"),
    [
        (NOW - DAY - timedelta(seconds=1), Finding.CERTIFICATE_NOT_YET_VALID),
        (NOW - DAY, None),
        (NOW + DAY - timedelta(seconds=1), None),
        (NOW + DAY, Finding.CERTIFICATE_EXPIRED),
    ],
)
def test_dates_are_those_in_the_certificate(moment: datetime, finding: Finding | None) -> None:
    """To the second."""
    assert credential.in_dates(GOOD, moment).finding is finding


def test_certificate_reads_the_same_to_openssl(tmp_path: Path) -> None:
    """Thumbprints, dates and key size: a second opinion on what we show."""
    program = shutil.which("openssl")
    if program is None:
        warnings.warn("openssl is missing: nobody else has read the certificates", stacklevel=1)
        pytest.skip("openssl is missing")
    file = tmp_path / "certificate.der"
    file.write_bytes(GOOD.der)

    def ask(*options: str) -> str:
        asked = [program, "x509", "-inform", "DER", "-in", str(file), "-noout", *options]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout

    def thumbprint(option: str) -> str:
        return ask("-fingerprint", option).partition("=")[2].strip().replace(":", "").lower()

    dates = dict(line.split("=") for line in ask("-dates").splitlines())
    begins, ends = (
        datetime.strptime(dates[name], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
        for name in ("notBefore", "notAfter")
    )

    assert thumbprint("-sha256") == GOOD.thumbprint
    assert thumbprint("-sha1") in credential.named(GOOD).says
    assert (begins, ends) == (GOOD.valid_from, GOOD.expires_at)
    assert "2048 bit" in ask("-text")


OTHER = Entry(b"another", thumbprint_sha1="0f")
OWN = Entry(GOOD.der)


@pytest.mark.parametrize(
    ("entries", "finding", "says"),
    [
        ((OWN,), None, "key-1"),
        ((OTHER, OWN), None, "key-1"),
        ((), Finding.NOTHING_REGISTERED, ""),
        ((OTHER,), Finding.NOT_REGISTERED, f"0f; this is {sha1(GOOD.der).hexdigest()}"),  # noqa: S324 - a name
        ((replace(OWN, expires_at=NOW),), Finding.REGISTERED_EXPIRED, "key-1"),
        ((replace(OWN, valid_from=NOW + DAY),), Finding.REGISTERED_NOT_YET_VALID, "key-1"),
        ((replace(OWN, expires_at=NOW), OWN), None, "key-1"),
    ],
    ids=range(7),
)
def test_entry_on_the_application_must_be_of_this_very_certificate_and_in_force(
    entries: tuple[Entry, ...], finding: Finding | None, says: str
) -> None:
    """One good entry is enough."""
    verdict = credential.registered(GOOD, Entries(entries), NOW)
    assert verdict.finding is finding
    assert says in verdict.says


@pytest.mark.parametrize(
    ("roles", "finding"),
    [
        (["Exchange.ManageAsApp"], None),
        (["Exchange.ManageAsApp", "Exchange.ManageAsAppV2"], None),
        ([], Finding.TOKEN_NO_ROLE),
        (["Mail.Read"], Finding.TOKEN_NO_ROLE),
        (["Exchange.ManageAsAppV2"], Finding.TOKEN_LOOKALIKE_ROLE),
        (["Exchange.AdminAPI.ManageAsApp"], Finding.TOKEN_LOOKALIKE_ROLE),
    ],
)
def test_only_the_role_itself_will_do(roles: list[str], finding: Finding | None) -> None:
    """Others are spelt alike."""
    assert credential.granted(roles).finding is finding
