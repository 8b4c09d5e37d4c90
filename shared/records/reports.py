"""
What each sender last said of each device, by the sender's own names for it: table `reports`.

Kept apart from postures, which are of partnerships: a device can be spoken of before
Exchange knows it, and before anybody knows which partnership it is.
"""

from hashlib import sha256

import msgspec

from shared.devices.identity import names
from shared.devices.subject import Report
from shared.records.newest import Age, Newest
from shared.records.tables import Entity, Table


class Reports:
    """Partition: tenant; row: hash of sender, trust and the device's most telling name."""

    def __init__(self, table: Table) -> None:
        self._newest = Newest(
            table=table,
            entity=_entity,
            read=_report,
            age=_age,
            plural="reports about one device",
            remembered=0,  # none is ever withdrawn, and eight of the longest would not fit
        )

    def keep(self, report: Report) -> Report:
        """Store the report unless a newer one of the same sender is known; return the newest."""
        return self._newest.keep(report)

    def newest(self, report: Report) -> Report:
        """Return the newest report of the same sender about the same device."""
        return self._newest.find(report.tenant_id, device_row(report)) or report


def _age(report: Report) -> Age:
    return report.occurred_at, report.report_id


def device_row(report: Report) -> str:
    """Return the key of a device, by the sender's own names for it."""
    told_apart = "\0".join((report.sender, report.trust, report.about, names(report)[0]))
    return sha256(told_apart.lower().encode(errors="replace")).hexdigest()


def _entity(report: Report) -> Entity:
    return {
        "PartitionKey": report.tenant_id,
        "RowKey": device_row(report),
        "report": msgspec.json.encode(report).decode(),
    }


def _report(entity: Entity) -> Report:
    return msgspec.json.decode(str(entity["report"]), type=Report)
