"""
Reports about devices that Exchange does not know yet: table `awaited`.

A report stands under each name by which its device, once it appears, can be told: its
owner's addresses, its DeviceIDs, its IMEI. A newer report of the same sender about the same
device takes its place. What nobody has looked up stays: it is as large as the MDM's list.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from shared.devices.awaited import Awaiting
from shared.devices.subject import Report
from shared.records.reports import device_row
from shared.records.tables import Entity, Table, Verb, Write

AT_MOST = 100  # reports under one name; the others follow with the owner's next device


class Awaited:
    """Partition: tenant; row: hash of a name, and the row of the device's newest report."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, report: Report, names: Sequence[str]) -> None:
        """Let the report wait for a device of any of these names; repeating it does no harm."""
        if names:
            self._table.transact(
                [Write(verb=Verb.PUT, entity=_entity(report, name)) for name in names]
            )

    def has_any(self, tenant_id: str) -> bool:
        """Whether any report of the tenant waits."""
        return bool(self._table.all(tenant_id, 1))

    def of(self, tenant_id: str, names: Iterable[str]) -> list[Awaiting]:
        """Return the reports that wait for a device of one of these names."""
        return [
            Awaiting(
                report=msgspec.json.decode(str(row["report"]), type=Report),
                name=name,
                mark=str(row["etag"]),
            )
            for name in names
            for row in self._table.first(tenant_id, f"{_hash(name)}-", AT_MOST)
        ]

    def drop(self, waiting: Awaiting) -> None:
        """Let a report wait no longer, unless another has taken its place since."""
        report = waiting.report
        self._table.delete(report.tenant_id, _row(report, waiting.name), waiting.mark)


def _entity(report: Report, name: str) -> Entity:
    return {
        "PartitionKey": report.tenant_id,
        "RowKey": _row(report, name),
        "report": msgspec.json.encode(report).decode(),
    }


def _row(report: Report, name: str) -> str:
    return f"{_hash(name)}-{device_row(report)}"


def _hash(name: str) -> str:
    return sha256(name.encode(errors="replace")).hexdigest()
