"""The newest order for each device and concern; an older one that waited is dropped: `orders`."""

from datetime import datetime
from hashlib import sha256

from shared.devices.model import Action, Concern, Order
from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5


class Orders:
    """Partition: tenant; row: hash of mailbox and device id, without case, and the concern."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, order: Order) -> Order:
        """Store the order unless a newer one of its concern is known; return the newest."""
        row = _row(order.mailbox, order.device_id, order.concern)
        for _ in range(ATTEMPTS):
            stored = self._table.get(order.tenant_id, row)
            if stored is None:
                if self._table.insert(_entity(order, row)) is not None:
                    return order
                continue
            known = _order(stored)
            if _age(known) >= _age(order):
                return known
            try:
                self._table.replace(_entity(order, row), str(stored["etag"]))
            except Contended:
                continue
            return order
        raise Contended("many orders for one device at once: try again")

    def newest(
        self, tenant_id: str, mailbox: str, *, device_id: str, concern: Concern
    ) -> Order | None:
        """Return the newest order of this concern, if there was one."""
        stored = self._table.get(tenant_id, _row(mailbox, device_id, concern))
        return _order(stored) if stored else None

    def withdraw(self, order: Order) -> None:
        """Forget the order, if it is the newest: it turned out to be impossible."""
        row = _row(order.mailbox, order.device_id, order.concern)
        stored = self._table.get(order.tenant_id, row)
        if stored is not None and stored["command_id"] == order.command_id:
            self._table.delete(order.tenant_id, row, str(stored["etag"]))


def _age(order: Order) -> tuple[datetime, str]:
    return order.given_at, order.command_id


def _row(mailbox: str, device_id: str, concern: Concern) -> str:
    told_apart = f"{mailbox}\0{device_id}".lower()
    return f"{sha256(told_apart.encode()).hexdigest()}-{concern}"


def _entity(order: Order, row: str) -> Entity:
    return {
        "PartitionKey": order.tenant_id,
        "RowKey": row,
        "command_id": order.command_id,
        "action": order.action.value,
        "mailbox": order.mailbox,
        "device_id": order.device_id,
        "given_at": order.given_at.isoformat(),
        "why": order.why,
    }


def _order(entity: Entity) -> Order:
    return Order(
        command_id=str(entity["command_id"]),
        tenant_id=str(entity["PartitionKey"]),
        action=Action(str(entity["action"])),
        mailbox=str(entity["mailbox"]),
        device_id=str(entity["device_id"]),
        given_at=datetime.fromisoformat(str(entity["given_at"])),
        why=str(entity["why"]),
    )
