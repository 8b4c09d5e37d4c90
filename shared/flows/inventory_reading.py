"""What is needed of the last picture of a tenant, to answer questions about it."""

from collections.abc import Iterator
from typing import Protocol

from shared.devices.inventory import Mailbox, MobileDevice, Row
from shared.devices.inventory_run import Picture
from shared.devices.position import Position
from shared.errors import NotFound
from shared.flows import inventory_ports


class Pictures(inventory_ports.Pictures, Protocol):
    """What the last complete run saw of each tenant, also in parts."""

    def rows_after(self, tenant_id: str, after: Position | None) -> Iterator[tuple[Position, Row]]:
        """
        Yield the rows behind a position, each with its own.

        A row that changes meanwhile may come twice; Conflict if the listing has to begin again.
        """
        ...

    def find_device(self, tenant_id: str, guid: str) -> tuple[MobileDevice, Mailbox | None] | None:
        """Return a device and its mailbox, as far as they are there."""
        ...


def taken(tenant_id: str, pictures: inventory_ports.Pictures) -> Picture:
    """Return the picture; NotFound before the first run: no picture is not an empty one."""
    picture = pictures.picture(tenant_id)
    if picture is None:
        raise NotFound(f"tenant {tenant_id} has no inventory yet: order one with inventory/sync")
    return picture
