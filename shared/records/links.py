"""Which partnerships a person said a device is: table `links`. Kept until said otherwise."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from shared.devices.identity import names
from shared.devices.subject import Kept, Link, Report
from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5


class Links:
    """Partition: tenant; row: hash of one name of the device. It has a row for each name."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, report: Report, links: Sequence[Link], *, said_by: str) -> None:
        """Store what the report's device is; no link at all: it is none in Exchange."""
        kept = Kept(links=tuple(links), said_by=said_by)
        for name in names(report):
            self._put({**_entity(report.tenant_id, name), "kept": _text(kept)})

    def find(self, report: Report) -> Kept | None:
        """Return what was said of the report's device, under whichever of its names."""
        for name in names(report):
            entity = _entity(report.tenant_id, name)
            found = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
            if found is not None:
                return msgspec.json.decode(str(found["kept"]), type=Kept)
        return None

    def _put(self, entity: Entity) -> None:
        for _ in range(ATTEMPTS):
            stored = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
            if stored is None:
                if self._table.insert(entity) is not None:
                    return
                continue
            try:
                self._table.replace(entity, str(stored["etag"]))
            except Contended:
                continue
            return
        raise Contended("many people link one device at once: try again")


def _entity(tenant_id: str, name: str) -> Entity:
    row = sha256(name.lower().encode(errors="replace")).hexdigest()
    return {"PartitionKey": tenant_id, "RowKey": row}


def _text(kept: Kept) -> str:
    return msgspec.json.encode(kept).decode()
