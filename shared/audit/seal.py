"""
A sealed head: how far the chain had come, signed in the vault with the tenant's certificate.

What is signed (PS256) is the statement, itself canonical JSON: anybody who has the
certificate can check it offline, and nobody who has the storage account can make one. It
begins with `{`, as no assertion does that the same key signs for Entra ID.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from shared.audit.record import ITSELF, Entry, Head, Kind, Record, canonical

SCHEMA = "easgate.audit.seal.v1"
ALGORITHM = "PS256"


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a record of the kind `sealed`."""

    seq: int
    hash: str
    algorithm: str
    certificate: str  # SHA-256 of its DER form, in hex
    signature: str  # base64


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature, and the certificate whose key made it."""

    certificate: bytes  # DER
    signature: bytes


def statement(tenant_id: str, head: Head) -> bytes:
    """Return what is signed."""
    told = {"schema": SCHEMA, "tenant_id": tenant_id, "seq": head.seq, "hash": head.hash}
    return canonical(told)


def sealed(tenant_id: str, head: Head, signed: Signed, at: datetime) -> Entry:
    """Return the seal as what is to be recorded."""
    seal = Seal(
        seq=head.seq,
        hash=head.hash,
        algorithm=ALGORITHM,
        certificate=sha256(signed.certificate).hexdigest(),
        signature=base64.b64encode(signed.signature).decode(),
    )
    facts = msgspec.structs.asdict(seal)
    return Entry(tenant_id=tenant_id, at=at, kind=Kind.SEALED, actor=ITSELF, facts=facts)


def read(record: Record) -> Seal:
    """Return a record's seal; ValueError if it holds none."""
    return msgspec.convert(record.facts, Seal)
