"""
One record of the audit, and how records form a chain.

On disk a record is one line of JSON: UTF-8, keys sorted, no whitespace, no number with a
fraction. Its hash is SHA-256 over that line without the field `hash`, in hex; it covers the
hash of the record before. A tenant's first record is number 1, and names 64 zeros.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

SCHEMA = "easgate.audit.v1"
LONGEST = 30 * 1024  # bytes of a record's facts
_ENCODER = msgspec.json.Encoder(order="sorted")


class Kind(StrEnum):
    """What a record tells of."""

    OPENED = "opened"  # a person or a system ordered something
    PLANNED = "planned"  # what is about to be done, and how the thing stands before
    HELD = "held"
    APPROVED = "approved"
    REFUSED = "refused"
    ACTED = "acted"  # a wipe is requested; its end comes later
    OVERRULED = "overruled"  # closed with nothing done
    DONE = "done"
    ABANDONED = "abandoned"
    CONFIGURATION = "configuration"  # settings that have changed
    SEALED = "sealed"  # the chain up to here, signed in the vault
    CLOSED = "closed"  # the last record of its file, which names the next one


class Actor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On whose word: `person` with an object id, `mdm` with a sender, `system` with its name."""

    kind: str
    id: str


ITSELF = Actor(kind="system", id="easgate")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line."""

    schema: str
    id: str
    seq: int
    tenant_id: str
    at: str  # RFC 3339, of the worker's clock
    kind: str
    operation_id: str  # empty where no operation is concerned
    actor: Actor
    facts: dict[str, Any]
    previous: str
    hash: str

    @property
    def head(self) -> "Head":
        """The chain's end, if this is its last record."""
        return Head(seq=self.seq, hash=self.hash)

    @property
    def line(self) -> bytes:
        """The record as it is stored."""
        return canonical(self) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a chain ends: the number and the hash of its last record."""

    seq: int
    hash: str


START = Head(seq=0, hash="0" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be recorded, before it has its place in a chain."""

    tenant_id: str
    at: datetime
    kind: Kind
    actor: Actor
    facts: Mapping[str, object]
    operation_id: str = ""

    @property
    def record_id(self) -> str:
        """The same for the same step of the same operation: a repeat is known by it."""
        told = (self.tenant_id, self.operation_id, self.kind, self.actor, self.facts)
        return sha256(_ENCODER.encode(told)).hexdigest()[:32]


def canonical(value: object) -> bytes:
    """Return the one way to write it."""
    return _ENCODER.encode(value)


def fitted(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts; what is too long for a record is there by its hash alone."""
    kept = dict(facts)
    while len(canonical(kept)) > LONGEST:
        longest = max(kept, key=lambda name: len(canonical(kept[name])))
        text = canonical(kept[longest])
        kept[longest] = {"bytes": len(text), "sha256": sha256(text).hexdigest()}
    return kept


def own_hash(record: Record) -> str:
    """Return the hash that the record must carry."""
    told = msgspec.structs.asdict(record)
    del told["hash"]
    return sha256(canonical(told)).hexdigest()


def chained(entries: Iterable[Entry], head: Head) -> list[Record]:
    """Return the entries as records behind *head*, each chained to the one before."""
    records: list[Record] = []
    for entry in entries:
        bare = Record(
            schema=SCHEMA,
            id=entry.record_id,
            seq=head.seq + 1,
            tenant_id=entry.tenant_id,
            at=entry.at.isoformat(),
            kind=entry.kind,
            operation_id=entry.operation_id,
            actor=entry.actor,
            facts=dict(entry.facts),
            previous=head.hash,
            hash="",
        )
        records.append(msgspec.structs.replace(bare, hash=own_hash(bare)))
        head = records[-1].head
    return records


def read(line: bytes) -> Record:
    """Return the record; ValueError if the line is none, or is not written in the one way."""
    record = msgspec.json.decode(line, type=Record)
    if canonical(record) != line.removesuffix(b"\n"):
        raise ValueError("it is not written as a record is: keys sorted, no whitespace")
    return record
