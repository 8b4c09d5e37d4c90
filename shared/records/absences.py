"""Which rows of the inventory are missed, and since when: table `inventory`."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from shared.devices.gone import Absence
from shared.devices.judged import Judged
from shared.devices.packed_keys import Keys
from shared.records.inventory.packed import chunks, joined
from shared.records.tables import Table, Verb, Write

PREFIX = "absences-"
PART = 600_000  # bytes in one entity, which holds 1 MiB
MOST_PARTS = 4  # what one transaction takes: 150,000 keys

_Packed = list[tuple[datetime, bytes]]


class _Record(msgspec.Struct, kw_only=True):
    run_id: str
    before: _Packed
    after: _Packed


class Absences:
    """Partition: tenant; a row for each part of the packed record, the first says how many."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self, tenant_id: str) -> Judged | None:
        """Return the last judgement, if there was one."""
        parts = self._table.first(tenant_id, PREFIX, MOST_PARTS)
        if not parts:
            return None
        count = int(str(parts[0]["parts"]))
        packed = b"".join(joined("packed", part) for part in parts[:count])
        record = msgspec.msgpack.decode(packed, type=_Record)
        return Judged(
            run_id=record.run_id, before=_absences(record.before), after=_absences(record.after)
        )

    def keep(self, tenant_id: str, judged: Judged) -> None:
        """Note a judgement; repeating it does no harm."""
        record = _Record(
            run_id=judged.run_id, before=_packed(judged.before), after=_packed(judged.after)
        )
        packed = msgspec.msgpack.encode(record)
        parts = [packed[at : at + PART] for at in range(0, len(packed), PART)]
        entities = [
            {
                "PartitionKey": tenant_id,
                "RowKey": f"{PREFIX}{number}",
                "parts": len(parts),
                **chunks("packed", part),
            }
            for number, part in enumerate(parts)
        ]
        self._table.transact([Write(verb=Verb.PUT, entity=each) for each in entities])


def _packed(absences: Iterable[Absence]) -> _Packed:
    return [(each.since, b"".join(each.keys)) for each in absences]


def _absences(packed: _Packed) -> tuple[Absence, ...]:
    return tuple(Absence(since=since, keys=Keys(keys)) for since, keys in packed)
