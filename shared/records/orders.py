"""The newest order for each device and concern; an older one that waited is dropped: `orders`."""

from datetime import datetime
from hashlib import sha256

from shared.devices.model import Action, Concern, Order
from shared.records.newest import Age, Newest
from shared.records.tables import Entity, Table


class Orders:
    """Partition: tenant; row: hash of mailbox and device id, without case, and the concern."""

    def __init__(self, table: Table) -> None:
        self._newest = Newest(
            table=table, entity=_entity, read=_order, age=_age, plural="orders for one device"
        )

    def keep(self, order: Order) -> Order:
        """Store the order unless a newer one of its concern is known; return the newest."""
        return self._newest.keep(order)

    def newest(
        self, tenant_id: str, mailbox: str, *, device_id: str, concern: Concern
    ) -> Order | None:
        """Return the newest order of this concern, if there was one."""
        return self._newest.find(tenant_id, _row(mailbox, device_id, concern))

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Order]:
        """Return what was last ordered for a device, whatever it is about, the newest first."""
        rows = [_row(mailbox, device_id, concern) for concern in Concern]
        found = [each for row in rows for each in self._newest.known(tenant_id, row)]
        return sorted(found, key=_age, reverse=True)

    def withdraw(self, order: Order) -> None:
        """Forget the order, if it is the newest: it turned out to be impossible."""
        self._newest.withdraw(order)


def _age(order: Order) -> Age:
    return order.given_at, order.command_id


def _row(mailbox: str, device_id: str, concern: Concern) -> str:
    told_apart = f"{mailbox}\0{device_id}".lower()
    return f"{sha256(told_apart.encode()).hexdigest()}-{concern}"


def _entity(order: Order) -> Entity:
    return {
        "PartitionKey": order.tenant_id,
        "RowKey": _row(order.mailbox, order.device_id, order.concern),
        "command_id": order.command_id,
        "action": order.action.value,
        "mailbox": order.mailbox,
        "device_id": order.device_id,
        "given_at": order.given_at.isoformat(),
        "why": order.why,
        "even_if_personal": order.even_if_personal,
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
        even_if_personal=entity.get("even_if_personal") is True,
    )
