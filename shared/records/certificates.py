"""The certificate version each tenant signs with: a row of `certificates`."""

from shared.errors import Contended
from shared.records.tables import Entity, Table


class Certificates:
    """Partition: tenant; row: `active`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def active(self, tenant_id: str) -> str | None:
        """Return the certificate version the tenant signs with, if one is pinned."""
        stored = self._table.get(tenant_id, "active")
        return str(stored["version"]) if stored else None

    def pin(self, tenant_id: str, version: str) -> None:
        """Pin a version that has earned a token."""
        self._put({"PartitionKey": tenant_id, "RowKey": "active", "version": version})

    def move(self, tenant_id: str, *, old: str, new: str) -> None:
        """Pin the new version in place of the old one; Contended if that is not pinned any more."""
        stored = self._table.get(tenant_id, "active")
        if stored is None or stored["version"] != old:
            raise Contended("the tenant has come to sign with another version meanwhile")
        moved: Entity = {"PartitionKey": tenant_id, "RowKey": "active", "version": new}
        self._table.replace(moved, str(stored["etag"]))

    def _put(self, entity: Entity) -> None:
        """Write an entity, over the one that is there; Contended if it moves meanwhile."""
        if self._table.insert(entity) is None:
            stored = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
            if stored is None:
                raise Contended("the record came and went: try again")
            self._table.replace(entity, str(stored["etag"]))
