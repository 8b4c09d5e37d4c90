"""Every rotation of a certificate, one at a time per tenant: table `rotations`."""

from dataclasses import replace

import msgspec

from shared.credentials.rotation import Rotation
from shared.errors import Contended
from shared.records.tables import Entity, Table

LAST = "last"


class Rotations:
    """
    Partition: tenant; row: rotation id, or `last`, which names the last one that was begun.

    The tenant is free for another as soon as that one is finished: nothing has to be
    released, so nobody can die before releasing it.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, rotation: Rotation) -> Rotation:
        """Store a new rotation; return the unfinished one, or the one of this id, if there is."""
        tenant_id = rotation.app.tenant_id
        pointer = self._table.get(tenant_id, LAST)
        last = self._named(pointer, tenant_id)
        if last and (not last.is_finished or last.rotation_id == rotation.rotation_id):
            return last
        stored = self._stored(rotation)
        if stored.is_finished:
            return stored
        if self._point(rotation, pointer):
            return stored
        return self._outrun(stored)

    def save(self, rotation: Rotation) -> Rotation:
        """Store a step; Contended if another worker has moved the rotation meanwhile."""
        return replace(rotation, etag=self._table.replace(_entity(rotation), rotation.etag))

    def find(self, tenant_id: str, rotation_id: str) -> Rotation | None:
        """Return one rotation."""
        entity = self._table.get(tenant_id, rotation_id)
        return _rotation(entity) if entity else None

    def last(self, tenant_id: str) -> Rotation | None:
        """Return the tenant's last rotation, finished or not."""
        return self._named(self._table.get(tenant_id, LAST), tenant_id)

    def _named(self, pointer: Entity | None, tenant_id: str) -> Rotation | None:
        return self.find(tenant_id, str(pointer["rotation_id"])) if pointer else None

    def _stored(self, rotation: Rotation) -> Rotation:
        etag = self._table.insert(_entity(rotation))
        if etag is not None:
            return replace(rotation, etag=etag)
        stored = self.find(rotation.app.tenant_id, rotation.rotation_id)
        if stored is None:
            raise Contended("the rotation's record came and went: try again")
        return stored

    def _outrun(self, stored: Rotation) -> Rotation:
        """Return the rotation that was begun at the same moment, and forget this one."""
        last = self.last(stored.app.tenant_id)
        if last is None:
            raise Contended("another rotation has just been begun: look again")
        if last.rotation_id != stored.rotation_id:
            self._table.delete(stored.app.tenant_id, stored.rotation_id, stored.etag)
        return last

    def _point(self, rotation: Rotation, pointer: Entity | None) -> bool:
        row: Entity = {
            "PartitionKey": rotation.app.tenant_id,
            "RowKey": LAST,
            "rotation_id": rotation.rotation_id,
        }
        if pointer is None:
            return self._table.insert(row) is not None
        try:
            self._table.replace(row, str(pointer["etag"]))
        except Contended:
            return False
        return True


def _entity(rotation: Rotation) -> Entity:
    return {
        "PartitionKey": rotation.app.tenant_id,
        "RowKey": rotation.rotation_id,
        "phase": rotation.phase.value,  # for who looks into the table
        "rotation": msgspec.json.encode(replace(rotation, etag="")).decode(),
    }


def _rotation(entity: Entity) -> Rotation:
    found = msgspec.json.decode(str(entity["rotation"]), type=Rotation)
    return replace(found, etag=str(entity["etag"]))
