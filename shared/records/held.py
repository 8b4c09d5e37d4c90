"""Which operations wait for a person to say which device they are about: table `held`."""

from collections.abc import Callable
from datetime import datetime

from shared.devices.subject import Report, Waiting
from shared.errors import Contended
from shared.records.reports import device_row
from shared.records.tables import Entity, Table


class Held:
    """Partition: tenant; row: that of the device's newest report: one waits, the latest."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def waiting(self, report: Report) -> Waiting | None:
        """Return what waits about the report's device."""
        stored = self._table.get(report.tenant_id, device_row(report))
        if stored is None:
            return None
        return Waiting(operation_id=str(stored["operation_id"]), mark=str(stored["etag"]))

    def put(self, report: Report, waited: Waiting | None) -> None:
        """Note that the report's operation waits; Contended if another one than *waited* does."""
        if waited is None:
            if self._table.insert(self._entity(report)) is None:
                raise Contended("another report about the device came to wait meanwhile")
        elif waited.operation_id != report.report_id:
            self._table.replace(self._entity(report), waited.mark)

    def drop(self, report: Report, waited: Waiting) -> None:
        """Note that nothing about the report's device waits, unless that is no longer *waited*."""
        self._table.delete(report.tenant_id, device_row(report), waited.mark)

    def _entity(self, report: Report) -> Entity:
        return {
            "PartitionKey": report.tenant_id,
            "RowKey": device_row(report),
            "operation_id": report.report_id,
            "since": self._clock().isoformat(),
        }
