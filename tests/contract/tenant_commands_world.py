"""One tenant's settings in the simulated Exchange, and workers that carry out orders on them."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from shared import tenant_messages
from shared.braking import Brake
from shared.devices.guard import Allowances
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from shared.errors import Misconfigured, Retryable
from shared.exchange.rules import AccessRules
from shared.exchange.transport import Transport
from shared.flows.budget_raise import BudgetRaise
from shared.flows.certificate_changes import CertificateChanging
from shared.flows.changes import Changing, ExchangeChanging
from shared.flows.long_changes import DefaultAccessLevel
from shared.flows.tenant_command import TenantSteps
from shared.flows.trust_ports import OrganizationSettings, TrustDirectory
from shared.records.journal import Journal
from shared.records.tenant_orders import TenantOrders
from tests.contract.exchange_world import BASE, TENANT_ID
from tests.contract.policies_world import policies_of
from tests.unit.brake_world import UNLIMITED, BrakeRecords
from tests.unit.certificate_changes_world import FakeDirectory, FakeOrganization
from tests.unit.default_access_world import Records, Scene
from tests.unit.stand_ins import FakeEvents, FakeQueue, FakeTable
from tests.unit.world import ETERNAL, Life, mortal


def an_order(action: str, /, number: int = 1, **fields: object) -> TenantCommand:
    """Return an order as its message would give it."""
    return tenant_messages.read(
        {
            "schema": tenant_messages.COMMAND,
            "command_id": str(uuid.UUID(int=number)),
            "tenant_id": TENANT_ID,
            "reason": "a test",
            "requested_by": "helpdesk:jo",
            "action": action,
            **fields,
        }
    )


@dataclass
class Office:
    """Exchange and our records of one tenant; they outlive any worker."""

    scene: Scene = field(default_factory=Scene)
    journal: Journal = field(default_factory=lambda: Journal(FakeTable()))
    orders: TenantOrders = field(default_factory=lambda: TenantOrders(FakeTable()))
    events: FakeEvents = field(default_factory=FakeEvents)
    queue: FakeQueue = field(default_factory=FakeQueue)
    records: Records = field(default_factory=Records)
    directory: TrustDirectory = field(default_factory=FakeDirectory)
    organization: OrganizationSettings = field(default_factory=FakeOrganization)
    lacking: set[str] = field(default_factory=set)
    allowances: Allowances = UNLIMITED
    brakes: BrakeRecords = field(default_factory=BrakeRecords)

    def require(self, action: str) -> None:
        """Fail as the probe does, for an action that lacks a cmdlet."""
        if action in self.lacking:
            raise Misconfigured(f"{action} lacks a cmdlet")

    def steps(self, calls: int = ETERNAL) -> TenantSteps:
        """Return the steps of a worker that dies after so many calls."""
        life = Life(calls)
        world = self.scene.world
        transport = Transport(world.client, base_url=BASE, tenant_id=TENANT_ID, bearer=self.scene)
        rules = AccessRules(transport, sleep=lambda seconds: world.clock.advance(seconds=seconds))
        return TenantSteps(
            require=self.require,
            changing=Changing(
                exchange=ExchangeChanging(
                    policies=mortal(policies_of(world), life), rules=mortal(rules, life)
                ),
                certificates=CertificateChanging(
                    directory=mortal(self.directory, life),
                    organization=mortal(self.organization, life),
                ),
            ),
            stories={
                "set_default_access": DefaultAccessLevel(
                    exchange=mortal(self.scene.exchange, life),
                    changes=mortal(self.records, life),
                    clock=world.clock,
                ),
                "raise_budget": BudgetRaise(
                    allowances=self.allowances,
                    raises=self.brake(life).raises,
                    clock=world.clock,
                ),
            },
            orders=mortal(self.orders, life),
            journal=mortal(self.journal, life),
            events=mortal(self.events, life),
            clock=world.clock,
            guard=self.brake(life).guard(TENANT_ID),
        )

    def brake(self, life: Life | None = None) -> Brake:
        """Return the brake of a worker with this much life."""
        left = life or Life(ETERNAL)
        return self.brakes.brake(
            mortal(self.journal, left),
            mortal(self.events, left),
            self.scene.world.clock,
            allowances=self.allowances,
            tenant_id=TENANT_ID,
            tenant_orders=mortal(self.orders, left),
        )

    def accept(self, command: TenantCommand) -> Operation:
        """Take an order in, as the app does over HTTP."""
        self.scene.world.clock.advance(seconds=1)
        return self.steps().accept(command, self.queue)

    def deliver(self, command: TenantCommand, calls: int = ETERNAL) -> None:
        """Deliver the order's message until it is done with; the first worker may die."""
        self.scene.world.clock.advance(seconds=1)
        for _ in range(100):
            try:
                self.steps(calls).handle(command)
            except Retryable as failure:
                self.scene.world.clock.now += failure.after or timedelta(seconds=30)
            else:
                return
            calls = ETERNAL
        raise AssertionError("the story does not come to an end")

    def operation(self, command: TenantCommand) -> Operation:
        """Return what the journal says."""
        found = self.journal.find(TENANT_ID, command.command_id)
        assert found is not None
        return found
