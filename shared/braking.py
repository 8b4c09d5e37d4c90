"""The brake put together: what holds operations back, and what lets them go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from shared.devices.guard import Allowances
from shared.devices.inventory_run import Picture
from shared.devices.offboard_order import OffboardUser
from shared.devices.operation import Operation
from shared.devices.tenant_change import RemoveStale
from shared.flows.approval import Approvals
from shared.flows.guard_ports import Budgets, HeldQueue, HeldWords, Raises
from shared.flows.guarding import Guard, Written
from shared.flows.offboarding_ports import Offboardings
from shared.flows.ports import Clock, Events, Journal, Orders
from shared.flows.releasing import Releasing
from shared.flows.stale_ports import StalePlans
from shared.flows.tenant_command import TenantOrders


class CleanedBudgets(Budgets, Protocol):
    """Budgets whose records do not grow for ever."""

    def clean(self, tenant_id: str) -> None:
        """Delete the charges that are too old to count."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """What all tenants' brakes are made of."""

    allowances: Mapping[str, Allowances]  # by tenant id
    expires: Mapping[str, timedelta]  # likewise: how long held operations wait
    budgets: CleanedBudgets
    raises: Raises
    words: HeldWords
    written: Written
    queue: HeldQueue
    picture: Callable[[str], Picture | None]  # the last one of a tenant's inventory
    stale_plans: StalePlans
    offboardings: Offboardings
    orders: Orders
    tenant_orders: TenantOrders
    journal: Journal
    events: Events
    clock: Clock

    def guard(self, tenant_id: str) -> Guard:
        """Return what a tenant's stories ask before they do anything."""
        return Guard(
            allowances=self.allowances[tenant_id],
            fleet=self._fleet,
            removals=self._removals,
            budgets=self.budgets,
            raises=self.raises,
            words=self.words,
            written=self.written,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
        )

    def approvals(self) -> Approvals:
        """Return what people decide by."""
        return Approvals(
            words=self.words,
            queue=self.queue,
            orders=self.orders,
            tenant_orders=self.tenant_orders,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
        )

    def releasing(self, tenant_id: str) -> Releasing:
        """Return what lets a tenant's held words go."""
        return Releasing(
            words=self.words,
            approvals=self.approvals(),
            journal=self.journal,
            clock=self.clock,
            expires=self.expires[tenant_id],
        )

    def look(self) -> None:
        """Let go or give up what is due, of every tenant; and forget what counts no more."""
        for tenant_id in self.allowances:
            self.releasing(tenant_id).look(tenant_id)
            self.budgets.clean(tenant_id)

    @property
    def notices(self) -> dict[str, str]:
        """What health has to say loudly: where nobody needs an approver."""
        says = "off, by limits.approvals: whole devices are wiped on one person's or system's word"
        off = (name for name, allowed in self.allowances.items() if not allowed.four_eyes)
        return {f"approvals:{tenant_id}": says for tenant_id in off}

    def _fleet(self, tenant_id: str) -> int:
        """Return how many devices are known, or fewer: each mailbox that is listed has one."""
        picture = self.picture(tenant_id)
        return picture.rows // 2 if picture else 0

    def _removals(self, operation: Operation) -> int:
        change = operation.change
        if isinstance(change, OffboardUser):
            return self._offboarded(operation)
        if not isinstance(change, RemoveStale):
            return 1
        plan = self.stale_plans.find(operation.tenant_id, str(change.plan_id))
        return max(plan.removals, 1) if plan else 1

    def _offboarded(self, operation: Operation) -> int:
        """Return how many devices a person has, as listed; of a mere plan, as it says."""
        run = self.offboardings.find(operation.tenant_id, operation.operation_id)
        if run is not None and run.phones is not None:
            return max(len(run.phones), 1)
        planned = operation.altered.before if operation.altered else None
        return max(int((planned or {}).get("devices", 1)), 1)
