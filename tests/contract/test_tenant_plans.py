"""Changes of policies, rules, assignments and the default level: planned first, and taken back."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shared.devices.model import Command, Device
from shared.devices.operation import Operation, State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Conflict
from shared.flows.command_plan import CommandPlan, Planning
from shared.flows.undo import Undoing
from shared.records.default_access import DefaultAccessChanges
from tests.contract.exchange_world import TENANT_ID
from tests.contract.tenant_commands_world import Office, an_order
from tests.unit.stand_ins import FakeTable
from tests.unit.world import ETERNAL

MAILBOX = "adele@contoso.com"
RULE = {"characteristic": "DeviceModel", "query": "Brick"}


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


@pytest.fixture
def planned() -> Planned:
    return Planned()


def first(planned: Planned) -> None:
    """Let there be two policies, an assignment and a rule."""
    orders = [
        an_order("put_policy", 100, policy="Field", settings={"MinPasswordLength": 4}),
        an_order("put_policy", 101, policy="Spare", settings={"MinPasswordLength": 5}),
        an_order("put_access_rule", 102, level="Quarantine", **RULE),
    ]
    for order in orders:
        assert planned.done(order).state is State.DONE


ORDERS: dict[str, dict[str, object]] = {
    "a new policy": {"action": "put_policy", "policy": "New", "settings": {"AllowCamera": False}},
    "a changed policy": {
        "action": "put_policy",
        "policy": "Field",
        "settings": {"MinPasswordLength": 8, "AllowCamera": False},
    },
    "a removed policy": {"action": "remove_policy", "policy": "Spare"},
    "an assignment": {"action": "assign_policy", "mailbox": MAILBOX, "policy": "Field"},
    "a new rule": {
        "action": "put_access_rule",
        "characteristic": "DeviceType",
        "query": "Toy",
        "level": "Block",
    },
    "a changed rule": {"action": "put_access_rule", **RULE, "level": "Block"},
    "a removed rule": {"action": "remove_access_rule", **RULE},
    "the default level": {"action": "set_default_access", "level": "Quarantine"},
}


def ordered(name: str, number: int = 1) -> TenantCommand:
    """Return one of the orders."""
    fields = dict(ORDERS[name])
    return an_order(str(fields.pop("action")), number, **fields)


def standing(plan: CommandPlan) -> object:
    """Return how the target stands, but for its key in Exchange, which a new one has anew."""
    (would,) = plan.would
    assert not isinstance(would.before, Device)
    return {**would.before, "identity": ""} if would.before else None


@pytest.mark.parametrize("name", ORDERS)
def test_change_is_planned_carried_out_and_taken_back(planned: Planned, name: str) -> None:
    """The plan changes nothing, the order does what it said, the undo restores what stood."""
    first(planned)
    order = ordered(name)
    before = planned.plan(order)
    assert planned.plan(order) == before
    assert before.cannot == ""

    operation = planned.done(planned.looked_at(order))
    assert operation.state is State.DONE, operation.history
    assert operation.altered is not None
    assert standing(planned.plan(order)) != standing(before)

    undone = planned.undo(operation)
    assert undone.state is State.DONE, undone.history
    assert standing(planned.plan(order)) == standing(before)
    assert undone.undoes == operation.operation_id


SINCE: dict[str, dict[str, object]] = {
    "a new policy": {"settings": {"AllowCamera": True}},
    "a changed policy": {"settings": {"MinPasswordLength": 9}},
    "an assignment": {"policy": "Spare"},
    "a new rule": {"level": "Allow"},
    "a changed rule": {"level": "Allow"},
    "the default level": {"level": "Block"},
}


@pytest.mark.parametrize("name", SINCE)
def test_order_is_refused_where_somebody_has_ordered_since(planned: Planned, name: str) -> None:
    """Whatever it did, unless all stands as ordered: at once, and when its turn has come."""
    first(planned)
    order = planned.looked_at(ordered(name))
    planned.done(ordered(name, 2))
    planned.planning().require(order)

    fields = {**ORDERS[name], **SINCE[name]}
    planned.done(an_order(str(fields.pop("action")), 3, **fields))
    with pytest.raises(Conflict, match="no longer holds"):
        planned.planning().require(order)
    with pytest.raises(Conflict, match="no longer holds"):
        planned.done(order)


def test_newer_order_and_foreign_change_stand_in_an_undo_s_way(planned: Planned) -> None:
    """Both are named."""
    first(planned)
    operation = planned.done(ordered("a changed rule"))
    planned.office.steps().changing.rules.remove("DeviceModel", "Brick")
    with pytest.raises(Conflict, match="changed since by somebody else"):
        planned.undo(operation)
    newer = planned.done(ordered("a changed rule", 7))
    with pytest.raises(Conflict, match=newer.operation_id):
        planned.undo(operation)


def test_what_cannot_be_ordered_is_told_by_the_plan(planned: Planned) -> None:
    """Nothing raises: it is an answer."""
    plan = planned.plan(an_order("put_policy", policy="Default", settings={"IsDefault": False}))
    assert plan.would == ()
    assert "make another one the default" in plan.cannot
    planned.office.lacking.add("put_policy")
    assert "lacks a cmdlet" in planned.plan(ordered("a new policy")).cannot
