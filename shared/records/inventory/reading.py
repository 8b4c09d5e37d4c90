"""The inventory as the last complete run of a tenant left it: table `inventory`."""

from collections.abc import Iterable, Iterator

from shared.devices.inventory import Mailbox, MobileDevice, Row, key_of
from shared.devices.inventory_run import Picture
from shared.devices.position import Position
from shared.records.inventory import current, index, listing, lookup
from shared.records.inventory.current import Current
from shared.records.inventory.index import Index
from shared.records.inventory.layers import Layers
from shared.records.inventory.lookup import Lookup
from shared.records.inventory.packed import GONE
from shared.records.tables import Table


class Inventory:
    """
    Partition: tenant, for what is current; and one for each layer of a picture.

    A layer that is superseded is there until the next run begins; to read longer than that
    ends in Retryable.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def picture(self, tenant_id: str) -> Picture | None:
        """Return what is known of the current picture as a whole, if there is one."""
        now = current.find(self._table, tenant_id)
        return now.picture if now else None

    def count(self, tenant_id: str) -> int:
        """Return how many rows there are."""
        picture = self.picture(tenant_id)
        return picture.rows if picture else 0

    def content_hash(self, tenant_id: str) -> str:
        """Return the hash of all rows, "" if there never were any."""
        picture = self.picture(tenant_id)
        return picture.content_hash if picture else ""

    def index(self, tenant_id: str) -> Index:
        """Return what tells every row from a changed one."""
        return self._lookup(tenant_id).index

    def rows(self, tenant_id: str) -> Iterator[Row]:
        """Yield all rows; few of them are in memory."""
        now = current.find(self._table, tenant_id)
        if now is None:
            return
        layers = Layers(self._table, tenant_id)
        over = layers.keyed(now.overlay)
        for _, block in layers.stream(now.generation):
            yield from (line.row for line in block if line.key not in over)
        for _, block in layers.stream(now.overlay):
            yield from (line.row for line in block if line.fingerprint != GONE)

    def rows_after(self, tenant_id: str, after: Position | None) -> Iterator[tuple[Position, Row]]:
        """Yield the rows behind a position, each with its own; Conflict if it means nothing now."""
        return listing.rows_after(self._table, tenant_id, after)

    def rows_of(self, tenant_id: str, keys: Iterable[bytes]) -> Iterator[Row]:
        """Yield the rows with these keys, as far as there are any; all of them are in memory."""
        return (line.row for line in self._lookup(tenant_id).lines(keys).values())

    def find_device(self, tenant_id: str, guid: str) -> tuple[MobileDevice, Mailbox | None] | None:
        """Return a device and the mailbox it syncs with, as far as they are there."""
        now = current.find(self._table, tenant_id)
        device = self._row(tenant_id, now, key_of(guid))
        if not isinstance(device, MobileDevice):
            return None
        mailbox = self._row(tenant_id, now, key_of(device.place))
        return device, mailbox if isinstance(mailbox, Mailbox) else None

    def mailbox(self, tenant_id: str, place: str) -> Mailbox | None:
        """Return the mailbox with this distinguished name, if it is there."""
        now = current.find(self._table, tenant_id)
        found = self._row(tenant_id, now, key_of(place))
        return found if isinstance(found, Mailbox) else None

    def _row(self, tenant_id: str, now: Current | None, key: bytes) -> Row | None:
        line = lookup.find(Layers(self._table, tenant_id), now, key)
        return line.row if line else None

    def _lookup(self, tenant_id: str) -> Lookup:
        now = current.find(self._table, tenant_id)
        layers = Layers(self._table, tenant_id)
        return Lookup(layers, now, index.load(layers, now))
