"""Whether a chain's seals are genuine, say what the chain says, and cover it."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from shared.audit import seal as seals
from shared.audit.record import Head, Kind, Record
from shared.audit.seal import Seal
from shared.audit.verify import Chain, Fault, Finding, Line

# A seal is due every day; an outage of the vault may cost one or two.
LATEST = timedelta(days=3)


def examine(chain: Chain, certificates: Sequence[x509.Certificate]) -> Iterator[Finding]:
    """Yield what is wrong with the seals; without a certificate, signatures are not looked at."""
    for line in chain.records.values():
        if line.record is not None and line.record.kind == Kind.SEALED:
            yield from _examine(line, line.record, chain, certificates)
    if certificates:
        yield from _uncovered(chain)


def newest(chain: Chain) -> Record | None:
    """Return the newest seal's record."""
    found = [each for each in _records(chain) if each.kind == Kind.SEALED]
    return found[-1] if found else None


def _examine(
    line: Line, record: Record, chain: Chain, certificates: Sequence[x509.Certificate]
) -> Iterator[Finding]:
    try:
        seal = seals.read(record)
    except ValueError as error:
        yield _finding(Fault.FALSE_SEAL, line, str(error))
        return
    if certificates and not _is_genuine(record.tenant_id, seal, certificates):
        yield _finding(
            Fault.FALSE_SEAL, line, "none of the certificates given has signed what it says"
        )
        return
    yield from _compare(seal, chain)


def _is_genuine(tenant_id: str, seal: Seal, certificates: Sequence[x509.Certificate]) -> bool:
    """Whether one of the certificates' keys made the signature."""
    head = Head(seq=seal.seq, hash=seal.hash)
    try:
        signature = base64.b64decode(seal.signature, validate=True)
    except ValueError:
        return False
    return any(
        _verifies(each, signature, seals.statement(tenant_id, head)) for each in certificates
    )


def _verifies(certificate: x509.Certificate, signature: bytes, signed: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
    except InvalidSignature:
        return False
    return True


def _compare(seal: Seal, chain: Chain) -> Iterator[Finding]:
    meant = chain.records.get(seal.seq)
    if meant is not None and meant.record is not None and meant.record.hash != seal.hash:
        yield _finding(Fault.EDITED, meant, "a seal says that another record was here")


def _uncovered(chain: Chain) -> Iterator[Finding]:
    """Find the first record that should have been sealed long before the chain's end."""
    seal = newest(chain)
    rest = [each for each in _records(chain) if seal is None or each.seq > seal.seq]
    if rest and _at(rest[-1]) - _at(rest[0]) > LATEST:
        line = chain.records[rest[0].seq]
        yield _finding(Fault.UNSEALED, line, f"no seal covers it and the {len(rest) - 1} after it")


def _records(chain: Chain) -> list[Record]:
    ordered = [chain.records[seq].record for seq in sorted(chain.records)]
    return [each for each in ordered if each is not None]


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(record.at)


def _finding(fault: Fault, line: Line, says: str) -> Finding:
    seq = line.record.seq if line.record else 0
    return Finding(fault=fault, place=line.place, seq=seq, says=says)
