"""Which layers are a tenant's current picture: one entity, replaced when a run is complete."""

from dataclasses import dataclass, replace

import msgspec

from shared.devices.inventory_run import Picture
from shared.records.inventory.layers import Layer
from shared.records.tables import Entity, Table, Verb, Write

ROW = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A picture and the layers it consists of."""

    picture: Picture
    generation: Layer | None  # nothing has ever been listed
    overlay: Layer | None = None
    etag: str = ""

    @property
    def layers(self) -> list[Layer]:
        """Its layers, the older one first."""
        return [each for each in (self.generation, self.overlay) if each]


def find(table: Table, tenant_id: str) -> Current | None:
    """Return a tenant's current picture, if there is one."""
    entity = table.get(tenant_id, ROW)
    if entity is None:
        return None
    found = msgspec.json.decode(str(entity["current"]), type=Current)
    return replace(found, etag=str(entity["etag"]))


def write(tenant_id: str, current: Current, before: Current | None) -> Write:
    """Return what makes a picture the current one, if the one before still is."""
    entity: Entity = {
        "PartitionKey": tenant_id,
        "RowKey": ROW,
        "current": msgspec.json.encode(replace(current, etag="")).decode(),
    }
    if before is None:
        return Write(verb=Verb.INSERT, entity=entity)
    return Write(verb=Verb.REPLACE, entity=entity, etag=before.etag)
