"""The certificate version each tenant signs with, and what was announced: `certificates`."""

from datetime import timedelta

from shared.errors import Contended
from shared.records.tables import Entity, Table


class Certificates:
    """Partition: tenant; row: `active`, or `stage-` and a thumbprint."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def active(self, tenant_id: str) -> str | None:
        """Return the certificate version the tenant signs with, if one is pinned."""
        stored = self._table.get(tenant_id, "active")
        return str(stored["version"]) if stored else None

    def pin(self, tenant_id: str, version: str) -> None:
        """Pin a version that has earned a token."""
        self._put({"PartitionKey": tenant_id, "RowKey": "active", "version": version})

    def announced(self, tenant_id: str, thumbprint: str) -> timedelta | None:
        """Return the last stage of expiry announced for a certificate."""
        stored = self._table.get(tenant_id, f"stage-{thumbprint}")
        return timedelta(seconds=float(str(stored["seconds"]))) if stored else None

    def announce(self, tenant_id: str, thumbprint: str, stage: timedelta) -> None:
        """Note the stage as announced."""
        row = f"stage-{thumbprint}"
        seconds = stage.total_seconds()
        self._put({"PartitionKey": tenant_id, "RowKey": row, "seconds": seconds})

    def _put(self, entity: Entity) -> None:
        """Write an entity, over the one that is there; Contended if it moves meanwhile."""
        if self._table.insert(entity) is None:
            stored = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
            if stored is None:
                raise Contended("the record came and went: try again")
            self._table.replace(entity, str(stored["etag"]))
