"""An office in which somebody looks before ordering, and thinks again afterwards."""

from dataclasses import dataclass, field, replace
from typing import Any

from shared.devices.model import Command
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from shared.flows.command_plan import CommandPlan, Planning
from shared.flows.undo import Undoing
from shared.records.default_access import DefaultAccessChanges
from tests.contract.exchange_world import TENANT_ID
from tests.contract.tenant_commands_world import Office
from tests.unit.stand_ins import FakeTable
from tests.unit.world import ETERNAL


def an_office() -> Office:
    """Return an office that remembers every change of the default level, as our table does."""
    records: Any = DefaultAccessChanges(FakeTable())
    return Office(records=records)


@dataclass
class Planned:
    """An office in which somebody looks before ordering, and thinks again afterwards."""

    office: Office = field(default_factory=an_office)

    def planning(self, calls: int = ETERNAL) -> Planning:
        """Return what foresees orders."""
        absent: Any = None
        steps = self.office.steps(calls)
        return Planning(
            exchange=absent,
            orders=absent,
            postures=absent,
            journal=steps.journal,
            tenant=steps,
            foresee=lambda _: None,
            clock=steps.clock,
        )

    def plan(self, order: TenantCommand) -> CommandPlan:
        """Return what an order would do."""
        return self.planning().plan(order)

    def looked_at(self, order: TenantCommand) -> TenantCommand:
        """Return the order with the hash of its plan."""
        return replace(order, plan_hash=self.plan(order).plan_hash)

    def done(self, order: TenantCommand) -> Operation:
        """Carry an order out, and return the operation."""
        self.office.accept(order)
        self.office.deliver(order)
        return self.office.operation(order)

    def undo(self, operation: Operation) -> Operation:
        """Undo an operation, and return the undo's."""

        def accept(command: Command | TenantCommand, asked_as: str) -> Operation:
            assert isinstance(command, TenantCommand)
            self.office.scene.world.clock.advance(seconds=1)
            return self.office.steps().accept(command, self.office.queue, asked_as)

        undoing = Undoing(planning=self.planning(), accept=accept)
        undoing.undo(operation, requested_by="helpdesk:sam", reason="", asked_as="person:sam")
        (command,) = self.office.queue.tenant_commands[-1:]
        self.office.deliver(command)
        found = self.office.journal.find(TENANT_ID, command.command_id)
        assert found is not None
        return found
