"""The settings as they were when the audit last told of them: table `audit`."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from shared.audit import configuration
from shared.audit.record import Entry
from shared.records.tables import Entity, Table, Verb, Write

ROW = "configuration"
LONGEST = 30_000  # characters of one property


class AuditSettings:
    """Partition: tenant; one row, with the settings as JSON, in as many properties as it takes."""

    def __init__(self, table: Table, now: Mapping[str, Mapping[str, object]]) -> None:
        self._table = table
        self._now = now  # by tenant

    def change(self, tenant_id: str, at: datetime) -> Entry | None:
        """Return what is to be recorded of the settings; nothing, if they are as last told."""
        now = self._now.get(tenant_id)
        if now is None:
            return None
        return configuration.change(tenant_id, self._told(tenant_id), now, at)

    def keep(self, tenant_id: str) -> None:
        """Note that the audit has told of the settings as they are now."""
        text = msgspec.json.encode(self._now[tenant_id]).decode()
        parts = [text[at : at + LONGEST] for at in range(0, len(text), LONGEST)]
        columns: dict[str, object] = {f"part{number:02}": each for number, each in enumerate(parts)}
        entity = {"PartitionKey": tenant_id, "RowKey": ROW, **columns}
        self._table.transact([Write(verb=Verb.PUT, entity=entity)])

    def _told(self, tenant_id: str) -> dict[str, object]:
        found: Entity = self._table.get(tenant_id, ROW) or {}
        parts = [str(found[name]) for name in sorted(found) if name.startswith("part")]
        told: dict[str, object] = msgspec.json.decode("".join(parts) or "{}")
        return told
