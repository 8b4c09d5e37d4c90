"""The brake with its records in memory, as tight as a test wants it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.braking import Brake
from shared.devices.guard import Allowances
from shared.devices.inventory_run import Picture
from shared.flows.ports import Events, Journal, Orders
from shared.flows.tenant_command import TenantOrders as KnownTenantOrders
from shared.queues import Queues
from shared.records.budgets import Budgets
from shared.records.held_words import HeldWords
from shared.records.offboardings import Offboardings
from shared.records.orders import Orders as TableOrders
from shared.records.raised_budgets import RaisedBudgets
from shared.records.stale import StalePlans
from shared.records.tenant_orders import TenantOrders
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeQueue, FakeTable

A_WEEK = timedelta(days=7)
UNLIMITED = Allowances(
    wipes=10**6,
    blocks=10**6,
    removals=10**6,
    policy_changes=10**6,
    share=1,
    four_eyes=False,
)
STRICT = Allowances(
    wipes=10, blocks=100, removals=100, policy_changes=20, share=0.1, four_eyes=True
)


@dataclass
class BrakeRecords:
    """What brakes remember; it outlives any worker."""

    budgets: FakeTable = field(default_factory=FakeTable)
    words: FakeTable = field(default_factory=FakeTable)
    orders: FakeTable = field(default_factory=FakeTable)
    tenant_orders: FakeTable = field(default_factory=FakeTable)
    plans: FakeTable = field(default_factory=FakeTable)
    offboardings: FakeTable = field(default_factory=FakeTable)
    queue: FakeQueue = field(default_factory=FakeQueue)
    fleet: int = 0  # rows of the inventory's picture; 0: there is none

    def brake(
        self,
        journal: Journal,
        events: Events,
        clock: Callable[[], datetime],
        *,
        allowances: Allowances = UNLIMITED,
        tenant_id: str = TENANT,
        expires: timedelta = A_WEEK,
        orders: Orders | None = None,
        tenant_orders: KnownTenantOrders | None = None,
    ) -> Brake:
        """Return the brake of one tenant."""
        return Brake(
            allowances={tenant_id: allowances},
            expires={tenant_id: expires},
            budgets=Budgets(self.budgets, clock),
            raises=RaisedBudgets(self.budgets),
            words=HeldWords(self.words),
            written=Queues.written,
            queue=self.queue,
            picture=lambda _: self._picture(clock()),
            stale_plans=StalePlans(self.plans),
            offboardings=Offboardings(self.offboardings),
            orders=orders or TableOrders(self.orders),
            tenant_orders=tenant_orders or TenantOrders(self.tenant_orders),
            journal=journal,
            events=events,
            clock=clock,
        )

    def _picture(self, now: datetime) -> Picture | None:
        if not self.fleet:
            return None
        return Picture(version=1, run_id="r", made_at=now, rows=self.fleet, content_hash="h")
