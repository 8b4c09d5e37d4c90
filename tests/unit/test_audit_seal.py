"""A seal is the vault's word on how far a chain had come: made once a day, checked offline."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from shared.audit import record as records
from shared.audit import sealing, verify
from shared.audit.daily_seal import Sealing
from shared.audit.record import Kind, Record
from shared.audit.verify import Chain, Fault
from shared.credentials.certificate import Certificate, Credential
from shared.records.audit_log import AuditLog
from shared.records.certificates import Certificates
from tests.unit.audit_world import AT, FakeBlobs, an_entry
from tests.unit.builders import TENANT
from tests.unit.certificates import a_certificate, an_app
from tests.unit.stand_ins import FakeClock, FakeTable

A_DAY = timedelta(days=1)


@cache
def key(name: str) -> RSAPrivateKey:
    """Return a key; making one takes a while."""
    assert name
    return generate_private_key(65537, 2048)


@cache
def certificate(name: str) -> x509.Certificate:
    """Return the certificate of a key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(
        subject, subject, key(name).public_key(), 1, AT - A_DAY, AT + 365 * A_DAY
    )
    return made.sign(key(name), SHA256())


@dataclass
class Vault:
    """Signs with its one key, and counts."""

    signed: int = 0

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return it, whichever version is asked for."""
        assert name == "easgate"
        der = certificate("ours").public_bytes(Encoding.DER)
        return a_certificate(der=der, version=version or "v1")

    def sign(self, certificate: Certificate, digest: bytes) -> bytes:
        """Return the PS256 signature."""
        assert certificate.der
        self.signed += 1
        padding = PSS(MGF1(SHA256()), SHA256.digest_size)
        return key("ours").sign(digest, padding, Prehashed(SHA256()))


@dataclass
class Sealed:
    """A tenant's chain, and what seals it."""

    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    vault: Vault = field(default_factory=Vault)

    def record(self, *numbers: int) -> None:
        """Record some steps, an hour apart."""
        log = AuditLog(self.blobs, self.clock)
        for number in numbers:
            log.append(entry_now(number, self.clock))
            self.clock.advance(timedelta(hours=1))

    def seal(self) -> records.Head | None:
        """Seal as the timer does."""
        log = AuditLog(self.blobs, self.clock)
        pins = Certificates(FakeTable())
        return Sealing(log=log, vault=self.vault, pins=pins, clock=self.clock).seal(an_app())

    @property
    def chain(self) -> Chain:
        """What is there."""
        chain = verify.verify(verify.read("all", self.blobs.text(TENANT)))
        assert chain.findings == []
        return chain


def entry_now(number: int, clock: FakeClock) -> records.Entry:
    """Return something to record now."""
    entry = an_entry(number, TENANT)
    return records.Entry(
        tenant_id=entry.tenant_id,
        at=clock(),
        kind=entry.kind,
        actor=entry.actor,
        facts=entry.facts,
        operation_id=entry.operation_id,
    )


def faults(chain: Chain, *names: str) -> list[tuple[Fault, int]]:
    found = sealing.examine(chain, [certificate(name) for name in names])
    return [(each.fault, each.seq) for each in found]


@pytest.fixture
def sealed() -> Sealed:
    return Sealed()


def test_a_seal_is_checked_with_the_certificate_and_with_no_other(sealed: Sealed) -> None:
    sealed.record(1, 2)
    head = sealed.seal()
    assert head is not None
    assert (head.seq, sealed.chain.head.seq) == (3, 4)
    assert faults(sealed.chain, "ours") == faults(sealed.chain, "another", "ours") == []
    assert faults(sealed.chain, "another") == [(Fault.FALSE_SEAL, 4)]
    assert faults(sealed.chain) == []


def test_what_is_sealed_is_not_sealed_again(sealed: Sealed) -> None:
    assert sealed.seal() is None
    sealed.record(1)
    sealed.seal()
    sealed.clock.advance(A_DAY)
    assert sealed.seal() is None
    assert sealed.vault.signed == 1


def test_a_tenant_without_a_certificate_has_no_seal(sealed: Sealed) -> None:
    sealed.record(1)
    app = an_app(credential=Credential.MANAGED_IDENTITY, certificate_name="")
    log = AuditLog(sealed.blobs, sealed.clock)
    pins = Certificates(FakeTable())
    made = Sealing(log=log, vault=sealed.vault, pins=pins, clock=sealed.clock).seal(app)
    assert made is None


def rewritten(chain: Chain, seq: int) -> Chain:
    """Change one record and make every hash behind it anew, as whoever owns the storage can."""
    told = [chain.records[number].record for number in sorted(chain.records)]
    made: list[Record] = []
    for each in told:
        assert each is not None
        facts = {"action": "allow"} if each.seq == seq else each.facts
        previous = made[-1].hash if made else records.START.hash
        changed = msgspec.structs.replace(each, facts=facts, previous=previous)
        made.append(msgspec.structs.replace(changed, hash=records.own_hash(changed)))
    again = verify.verify(verify.read("all", b"".join(each.line for each in made)))
    assert again.findings == []
    return again


def test_a_chain_that_was_made_anew_does_not_fit_its_seal(sealed: Sealed) -> None:
    sealed.record(1, 2, 3)
    sealed.seal()
    assert faults(rewritten(sealed.chain, 2), "ours") == [(Fault.EDITED, 4)]


def test_a_forged_seal_is_none(sealed: Sealed) -> None:
    """Its signature is of another statement, or is no base64."""
    sealed.record(1)
    sealed.seal()
    line = max(sealed.chain.records.items())[1].record
    assert line is not None
    assert line.kind == Kind.SEALED
    for signature in ("!", base64.b64encode(b"x" * 256).decode()):
        forged = msgspec.structs.replace(line, facts={**line.facts, "signature": signature})
        forged = msgspec.structs.replace(forged, hash=records.own_hash(forged))
        told = sealed.blobs.text(TENANT).replace(line.line, forged.line)
        chain = verify.verify(verify.read("all", told))
        assert (Fault.FALSE_SEAL, line.seq) in faults(chain, "ours")


def test_seals_that_were_taken_away_are_missed(sealed: Sealed) -> None:
    """Days of records that nothing covers are not what a sealed chain looks like."""
    sealed.record(1)
    sealed.seal()
    for number in range(5):
        sealed.record(10 + number)
        sealed.clock.advance(A_DAY)
    [(fault, seq)] = faults(sealed.chain, "ours")
    assert fault is Fault.UNSEALED
    assert seq == 4
    assert faults(sealed.chain) == []
