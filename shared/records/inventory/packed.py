"""Rows packed into blocks, many in an entity: what storage takes time for is the entities."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from shared.devices.inventory import FINGERPRINT_BYTES, KEY_BYTES, Row, fingerprint
from shared.records.tables import Entity

PROPERTY = 60_000  # bytes; Table storage takes 64 KiB
LARGEST_BLOCK = 800_000  # bytes of packed rows; Table storage takes entities of 1 MiB
MOST_ROWS = 1000
MARK = KEY_BYTES + FINGERPRINT_BYTES  # bytes that a row has in a block's `keys`
GONE = bytes(FINGERPRINT_BYTES)  # in place of a fingerprint: the row is there no more
NOTHING = msgspec.msgpack.encode(None)

_rows = msgspec.msgpack.Decoder(Row)
_lists = msgspec.msgpack.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is stored, or, fingerprint GONE, that it is there no more."""

    key: bytes
    fingerprint: bytes
    text: bytes

    @property
    def row(self) -> Row:
        """What was stored."""
        row: Row = _rows.decode(self.text)
        return row


@dataclass(frozen=True, slots=True)
class Block:
    """Up to MOST_ROWS rows: their keys and fingerprints for themselves, and all of them packed."""

    keys: bytes
    rows: bytes

    def columns(self) -> Entity:
        """Return the properties that hold it."""
        return {**chunks("keys", self.keys), **chunks("rows", self.rows)}


def line(row: Row) -> Line:
    """Return a row as it is stored."""
    return Line(row.key, fingerprint(row), msgspec.msgpack.encode(row))


def tombstone(key: bytes) -> Line:
    """Return what is stored of a row that is gone."""
    return Line(key, GONE, NOTHING)


def blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Yield the rows in blocks that fit an entity each, in their order."""
    for at in range(0, len(lines), MOST_ROWS):
        yield from _fitting(lines[at : at + MOST_ROWS])


def _fitting(lines: Sequence[Line]) -> Iterator[Block]:
    rows = zlib.compress(msgspec.msgpack.encode([msgspec.Raw(each.text) for each in lines]))
    if len(rows) > LARGEST_BLOCK and len(lines) > 1:
        half = len(lines) // 2
        yield from _fitting(lines[:half])
        yield from _fitting(lines[half:])
    else:
        yield Block(b"".join(each.key + each.fingerprint for each in lines), rows)


def lines(entity: Mapping[str, object]) -> Iterator[Line]:
    """Yield the rows of a block."""
    keys = joined("keys", entity)
    rows = _lists.decode(zlib.decompress(joined("rows", entity)))
    for at, text in zip(range(0, len(keys), MARK), rows, strict=True):
        key, mark = keys[at : at + KEY_BYTES], keys[at + KEY_BYTES : at + MARK]
        yield Line(key, mark, bytes(text))


def chunks(name: str, content: bytes) -> Entity:
    """Return the properties that hold these bytes, as many as it takes."""
    parts = range(0, len(content), PROPERTY)
    return {f"{name}{number}": content[at : at + PROPERTY] for number, at in enumerate(parts)}


def joined(name: str, entity: Mapping[str, object]) -> bytes:
    """Return the bytes that these properties hold."""
    parts: list[bytes] = []
    while isinstance(part := entity.get(f"{name}{len(parts)}"), bytes):
        parts.append(part)
    return b"".join(parts)
