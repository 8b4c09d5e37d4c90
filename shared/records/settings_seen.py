"""The settings over all devices, as an inventory last saw them: table `inventory`."""

import zlib

import msgspec

from shared.devices.settings_change import Seen
from shared.records.inventory.packed import chunks, joined
from shared.records.tables import Table, Verb, Write

ROW = "settings"


class SettingsSeen:
    """Partition: tenant; one row, whose text is packed: rules can be many."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self, tenant_id: str) -> Seen | None:
        """Return what was seen last; None: nobody has looked yet."""
        stored = self._table.get(tenant_id, ROW)
        if stored is None:
            return None
        return msgspec.json.decode(zlib.decompress(joined("settings", stored)), type=Seen)

    def keep(self, tenant_id: str, seen: Seen) -> None:
        """Note what was seen; whoever looks last is right."""
        packed = zlib.compress(msgspec.json.encode(seen))
        entity = {"PartitionKey": tenant_id, "RowKey": ROW, **chunks("settings", packed)}
        self._table.transact([Write(verb=Verb.PUT, entity=entity)])
