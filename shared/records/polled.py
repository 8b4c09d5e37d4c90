"""What was last heard of each polled device, and how far the polling has come: table `polled`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import msgspec

from shared.devices.polling import Extent, Known, Missing, Progress
from shared.errors import Contended
from shared.records.tables import OVERTAKEN, Entity, Table, Verb, Write

LONGEST_TRANSACTION = 100  # entities; with 3 KiB each it stays far below 4 MiB
DIGITS = "0123456789abcdef"  # that a device's row can begin with
AT_MOST = 50_000  # devices that begin with one digit


class Polled:
    """Partition: sender; row: hash of the MDM's key for a device, or the name of an extent."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def progress(self, sender: str, extent: Extent) -> Progress:
        """Return how far rounds of this extent have come."""
        stored = self._table.get(sender, _round_row(extent))
        if stored is None:
            return Progress()
        found = msgspec.json.decode(str(stored["progress"]), type=Progress)
        return replace(found, etag=str(stored["etag"]))

    def save(self, sender: str, extent: Extent, progress: Progress) -> Progress:
        """Note how far they have come; Contended if another worker has gone on meanwhile."""
        text = msgspec.json.encode(replace(progress, etag="")).decode()
        row: Entity = {"PartitionKey": sender, "RowKey": _round_row(extent), "progress": text}
        if progress.etag:
            return replace(progress, etag=self._table.replace(row, progress.etag))
        etag = self._table.insert(row)
        if etag is None:
            raise Contended(OVERTAKEN)
        return replace(progress, etag=etag)

    def find(self, sender: str, mdm_id: str) -> Known | None:
        """Return what is known of a device, if anything is."""
        stored = self._table.get(sender, _device_row(mdm_id))
        return _known(stored) if stored else None

    def put(self, sender: str, devices: Sequence[Known]) -> None:
        """Note what is known of devices, each of them once; repeating it does no harm."""
        for start in range(0, len(devices), LONGEST_TRANSACTION):
            batch = devices[start : start + LONGEST_TRANSACTION]
            self._table.transact([_write(sender, each) for each in batch])

    def missing(self, sender: str, before: datetime) -> Missing:
        """Return the devices that were last seen before a moment, and that are not over."""
        among, devices = 0, []
        for known in self._each(sender):
            if not known.is_over:
                among += 1
                if known.seen_at < before:
                    devices.append(known)
        return Missing(devices=tuple(devices), among=among)

    def _each(self, sender: str) -> Iterator[Known]:
        """Yield the devices, with a sixteenth of them at a time in memory."""
        for digit in DIGITS:
            yield from map(_known, self._table.first(sender, digit, AT_MOST))


def _write(sender: str, known: Known) -> Write:
    text = msgspec.json.encode(known).decode()
    row = {"PartitionKey": sender, "RowKey": _device_row(known.mdm_id), "known": text}
    return Write(verb=Verb.PUT, entity=row)


def _known(stored: Entity) -> Known:
    return msgspec.json.decode(str(stored["known"]), type=Known)


def _device_row(mdm_id: str) -> str:
    return sha256(mdm_id.encode(errors="replace")).hexdigest()


def _round_row(extent: Extent) -> str:
    return f"round-{extent}"  # no hexadecimal digit begins it
