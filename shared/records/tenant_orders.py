"""The newest order for each policy, rule, mailbox or default level: table `tenantorders`."""

from datetime import datetime
from hashlib import sha256

from shared.devices.tenant_change import TenantOrder
from shared.records.newest import Age, Newest
from shared.records.tables import Entity, Table


class TenantOrders:
    """Partition: tenant; row: hash of the target."""

    def __init__(self, table: Table) -> None:
        self._newest = Newest(
            table=table, entity=_entity, read=_order, age=_age, plural="orders for one target"
        )

    def keep(self, order: TenantOrder) -> TenantOrder:
        """Store the order unless a newer one is known; return the newest."""
        return self._newest.keep(order)

    def newest(self, tenant_id: str, target: str) -> TenantOrder | None:
        """Return the newest order, if there was one."""
        return self._newest.find(tenant_id, _row(target))

    def known(self, tenant_id: str, target: str) -> list[TenantOrder]:
        """Return what was last ordered about it, the newest first."""
        return self._newest.known(tenant_id, _row(target))

    def withdraw(self, order: TenantOrder) -> None:
        """Forget the order, if it is the newest: it turned out to be impossible."""
        self._newest.withdraw(order)


def _age(order: TenantOrder) -> Age:
    return order.given_at, order.command_id


def _row(target: str) -> str:
    return sha256(target.encode()).hexdigest()


def _entity(order: TenantOrder) -> Entity:
    return {
        "PartitionKey": order.tenant_id,
        "RowKey": _row(order.target),
        "command_id": order.command_id,
        "target": order.target,
        "given_at": order.given_at.isoformat(),
    }


def _order(entity: Entity) -> TenantOrder:
    return TenantOrder(
        command_id=str(entity["command_id"]),
        tenant_id=str(entity["PartitionKey"]),
        target=str(entity["target"]),
        given_at=datetime.fromisoformat(str(entity["given_at"])),
    )
