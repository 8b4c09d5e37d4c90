"""Layers of a picture: a generation is all rows at one time, an overlay what has changed since."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from shared.devices.inventory import FINGERPRINT_BYTES, KEY_BYTES
from shared.devices.packed_keys import Keyed, value_in
from shared.errors import Contended, Retryable
from shared.records.inventory.packed import Line, chunks, joined, lines
from shared.records.tables import Table, Verb, Write, after_all

BLOCK, SECTION = "block-", "keys-"
NUMBER_BYTES = 4
VALUE = FINGERPRINT_BYTES + NUMBER_BYTES  # of a key: its row's fingerprint, and its block
ANSWER = 2_000_000  # bytes that one answer may have: a worker holds it several times over
BLOCKS_AT_ONCE = 8
LONGEST_TRANSACTION = 100  # entities
LARGEST_TRANSACTION = 1_500_000  # bytes as they are sent; Table storage takes 4 MiB
ENVELOPE = 4_000  # bytes, more than an entity's keys and headers take in a transaction
ATTEMPTS = 5
REPLACED = "the inventory was replaced while it was read: read it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A partition of blocks, and of sections that say which key is where; never changed."""

    name: str
    blocks: int
    rows: int  # those that say that a row is gone included
    digits: int  # with which a key's section begins


class Layers:
    """One tenant's layers."""

    def __init__(self, table: Table, tenant_id: str) -> None:
        self._table = table
        self._tenant_id = tenant_id

    def keyed(self, layer: Layer | None) -> Keyed:
        """Return what every key's row is known by; in few requests."""
        found = Keyed(VALUE)
        if layer is None:
            return found
        size = layer.rows * (KEY_BYTES + VALUE) * 4 // 3 // 16**layer.digits + ENVELOPE
        sections = self._table.scan(
            self.partition(layer.name),
            SECTION,
            after_all(SECTION),
            per_answer=max(1, min(1000, ANSWER // size)),
        )
        for section in sections:
            found.load(joined("keys", section))
        if len(found) != layer.rows:
            raise Retryable(REPLACED)
        return found

    def value(self, layer: Layer, key: bytes) -> bytes | None:
        """Return what one key's row is known by, if the layer knows it."""
        row = SECTION + key.hex()[: layer.digits]
        section = self._table.get(self.partition(layer.name), row)
        if section is None:
            raise Retryable(REPLACED)
        return value_in(joined("keys", section), key, VALUE)

    def block(self, layer: Layer, number: int) -> Iterator[Line]:
        """Yield the rows of one block."""
        entity = self._table.get(self.partition(layer.name), block_row(number))
        if entity is None:
            raise Retryable(REPLACED)
        return lines(entity)

    def stream(self, layer: Layer | None, first: int = 0) -> Iterator[tuple[int, Iterator[Line]]]:
        """Yield block after block; few of them are in memory."""
        if layer is None:
            return
        found = self._table.scan(
            self.partition(layer.name),
            block_row(first),
            block_row(layer.blocks),
            per_answer=BLOCKS_AT_ONCE,
        )
        number = first
        for number, entity in enumerate(found, first + 1):
            yield number - 1, lines(entity)
        if number < layer.blocks:
            raise Retryable(REPLACED)

    def delete(self, name: str) -> None:
        """Delete a layer's entities; nobody reads it."""
        for row in (BLOCK, SECTION):
            delete_all(self._table, self.partition(name), row)

    def partition(self, name: str) -> str:
        """Return where a layer is."""
        return f"{self._tenant_id}-{name}"


def block_row(number: int) -> str:
    """Return a block's row key; they sort as numbers do."""
    return f"{BLOCK}{number:06}"


def section_writes(partition: str, keyed: Keyed, digits: int) -> Iterator[Write]:
    """Yield what stores a layer's keys, those that begin alike together."""
    for number, section in enumerate(keyed.sections(digits)):
        row = SECTION + (f"{number:0{digits}x}" if digits else "")
        entity = {"PartitionKey": partition, "RowKey": row, **chunks("keys", section)}
        yield Write(verb=Verb.PUT, entity=entity)


def transactions(writes: Iterable[Write]) -> Iterator[list[Write]]:
    """Yield as many writes at a time as one transaction takes."""
    batch: list[Write] = []
    size = 0
    for write in writes:
        weight = _weight(write.entity)
        if batch and (len(batch) == LONGEST_TRANSACTION or size + weight > LARGEST_TRANSACTION):
            yield batch
            batch, size = [], 0
        batch.append(write)
        size += weight
    if batch:
        yield batch


def delete_all(table: Table, partition: str, prefix: str) -> None:
    """Delete all entities whose row keys begin so; another worker may be at it too."""
    for _ in range(ATTEMPTS):
        keys = _row_keys(table, partition, prefix)
        with suppress(Contended):
            for batch in transactions(_delete(partition, row) for row in keys):
                table.transact(batch)
            return
    raise Contended("others delete the same records: try again")


def _row_keys(table: Table, partition: str, prefix: str) -> list[str]:
    found = table.scan(partition, prefix, after_all(prefix), select=("RowKey",))
    return [str(each["RowKey"]) for each in found]


def _delete(partition: str, row: str) -> Write:
    return Write(verb=Verb.DELETE, entity={"PartitionKey": partition, "RowKey": row})


def _weight(entity: Mapping[str, object]) -> int:
    """Return how many bytes the entity takes on its way: bytes go as base64."""
    held = sum(len(value) for value in entity.values() if isinstance(value, bytes))
    return held * 4 // 3 + ENVELOPE
