"""Changes of policies, rules, assignments and the default level: planned first, and taken back."""

import pytest

from shared.devices.model import Device
from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Conflict
from shared.flows.command_plan import CommandPlan
from tests.contract.planned_office import Planned
from tests.contract.tenant_commands_world import an_order

MAILBOX = "adele@contoso.com"
RULE = {"characteristic": "DeviceModel", "query": "Brick"}


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
    planned.office.steps().changing.exchange.rules.remove("DeviceModel", "Brick")
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
