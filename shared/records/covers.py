"""What one change of the default access level covers: a partition of table `defaultaccess`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

from shared.devices.coverage import Cover
from shared.records.journal import PROPERTY_LIMIT
from shared.records.tables import Table, Verb, Write

WAITING, DEALT_WITH = "waiting-", "dealt-with-"  # before the hash: those that wait stand together
LONGEST_TRANSACTION = 100  # entities
LARGEST_TRANSACTION = 3 * 1024 * 1024  # bytes; Table storage takes 4 MiB
ENVELOPE = 4_000  # bytes, more than an entity's keys and headers take in a transaction


class Covers:
    """
    Row: whether it waits, and a hash of the whole cover, which is kept for good.

    So a cover is the same row however often it is planned, and nothing is read to add to it.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def plan(self, partition: str, covers: Sequence[Cover]) -> None:
        """Let these wait; after a death on the way it is simply repeated."""
        for batch in _batches(covers, LONGEST_TRANSACTION):
            self._table.transact([_put(partition, WAITING, text) for text in batch])

    def planned(self, partition: str, at_most: int) -> tuple[Cover, ...]:
        """Return the first that wait."""
        found = self._table.first(partition, WAITING, at_most)
        return tuple(msgspec.json.decode(str(each["cover"]), type=Cover) for each in found)

    def dealt_with(self, partition: str, covers: Sequence[Cover]) -> None:
        """Let these wait no longer; Contended if one does not."""
        for batch in _batches(covers, LONGEST_TRANSACTION // 2):
            kept = [_put(partition, DEALT_WITH, text) for text in batch]
            self._table.transact([*kept, *(_delete(partition, WAITING, text) for text in batch)])


def _put(partition: str, prefix: str, text: str) -> Write:
    keys = _keys(partition, prefix, text)
    return Write(verb=Verb.PUT, entity={**keys, "cover": text})


def _delete(partition: str, prefix: str, text: str) -> Write:
    return Write(verb=Verb.DELETE, entity=_keys(partition, prefix, text))


def _keys(partition: str, prefix: str, text: str) -> dict[str, object]:
    return {"PartitionKey": partition, "RowKey": prefix + sha256(text.encode()).hexdigest()}


def _batches(covers: Iterable[Cover], at_most: int) -> Iterator[list[str]]:
    """Yield the covers as texts, as many at a time as one transaction takes, each of them once."""
    batch: list[str] = []
    size = 0
    for text in dict.fromkeys(text for cover in covers for text in _texts(cover)):
        weight = len(json.dumps(text)) + ENVELOPE  # the SDK writes it with the same escapes
        if batch and (len(batch) == at_most or size + weight > LARGEST_TRANSACTION):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += weight
    if batch:
        yield batch


def _texts(cover: Cover) -> Iterator[str]:
    """Yield the cover as text, in as many parts as it takes for each to fit one property."""
    text = msgspec.json.encode(cover).decode()
    half = len(cover.device_ids) // 2
    if len(text.encode("utf-16-le")) <= PROPERTY_LIMIT or not half:
        yield text
        return
    for ids in (cover.device_ids[:half], cover.device_ids[half:]):
        yield from _texts(Cover(mailbox=cover.mailbox, device_ids=ids))
