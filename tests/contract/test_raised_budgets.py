"""A budget is raised for a while: by two people, for one tenant, and no longer than they said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.guard import HoldReason
from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.devices.undo_change import inverse
from shared.errors import HeldBack, Rejected
from tests.contract.tenant_commands_world import Office, an_order
from tests.contract.test_guarded_changes import a_rule, approve, held, rules
from tests.unit.brake_world import STRICT

FEW = replace(STRICT, policy_changes=1)
LATER = timedelta(hours=5)


def a_raise(office: Office, to: int, number: int = 90, **changes: object) -> TenantCommand:
    """Return the order to let more policy changes happen for five hours."""
    until = office.scene.world.clock() + LATER
    fields = {"budget": "policy_changes", "to": to, "until": until.isoformat(), **changes}
    return an_order("raise_budget", number, **fields)


def raised(office: Office, to: int) -> TenantCommand:
    """Return the order, given and approved."""
    order = a_raise(office, to)
    office.accept(order)
    assert held(office, order) is HoldReason.APPROVAL
    office.deliver(approve(office, order))
    return order


def test_more_happens_unasked_once_another_person_has_approved_it() -> None:
    """Before that, and after its time, the settings alone count."""
    office = Office(allowances=FEW)
    office.deliver(a_rule(1))
    assert held(office, a_rule(2)) is HoldReason.POLICY_CHANGES
    order = raised(office, 3)
    altered = office.operation(order).altered
    assert altered is not None
    assert altered.before == {"an_hour": 1, "until": None}
    assert altered.after is not None
    assert altered.after["an_hour"] == 3
    assert office.events.types[-2:] == ["policy.changed", "operation.settled"]

    for number in (3, 4):
        office.deliver(a_rule(number))
    assert held(office, a_rule(5)) is HoldReason.POLICY_CHANGES
    office.scene.world.clock.advance(seconds=LATER.total_seconds())
    office.deliver(a_rule(6))
    assert held(office, a_rule(7)) is HoldReason.POLICY_CHANGES
    assert set(rules(office)) == {f"Nokia {number}" for number in (1, 3, 4, 6)}


def test_what_the_settings_allow_stays_allowed_and_other_budgets_stay() -> None:
    """A raise to less than they say is none."""
    office = Office(allowances=FEW)
    raised(office, 0)
    office.deliver(a_rule(1))
    order = an_order(
        "raise_budget",
        91,
        budget="wipes",
        to=50,
        until=(office.scene.world.clock() + LATER).isoformat(),
    )
    held(office, order)
    office.deliver(approve(office, order))
    assert held(office, a_rule(2)) is HoldReason.POLICY_CHANGES


def test_a_raise_needs_an_approver_even_where_nothing_else_does() -> None:
    """Whoever may send one message would lift every budget, and nothing would wait any more."""
    office = Office(allowances=replace(FEW, four_eyes=False))
    order = a_raise(office, 1000)
    office.accept(order)
    assert held(office, order) is HoldReason.APPROVAL
    office.deliver(a_rule(1))
    assert held(office, a_rule(2)) is HoldReason.POLICY_CHANGES


def test_a_raise_that_was_approved_too_late_does_nothing() -> None:
    """It may have waited for days."""
    office = Office(allowances=FEW)
    order = a_raise(office, 3)
    held(office, order)
    office.scene.world.clock.advance(seconds=LATER.total_seconds())
    with pytest.raises(Rejected, match="in the future"):
        office.deliver(approve(office, order))
    office.deliver(a_rule(1))
    assert held(office, a_rule(2)) is HoldReason.POLICY_CHANGES


def test_a_raise_for_longer_than_a_week_is_refused() -> None:
    office = Office(allowances=replace(FEW, four_eyes=False))
    until = office.scene.world.clock() + timedelta(days=8)
    with pytest.raises(Rejected, match="7 days"):
        office.deliver(a_raise(office, 3, until=until.isoformat()))


def test_a_raise_is_undone_by_what_was_allowed_before() -> None:
    office = Office(allowances=FEW)
    operation = office.operation(raised(office, 3))
    assert operation.change is not None
    lowered = TenantCommand(
        command_id="99999999-0000-4000-8000-000000000000",
        tenant_id=operation.tenant_id,
        change=inverse(operation.change, operation.altered),
        reason="a mistake",
        requested_by="helpdesk:jo",
    )
    with pytest.raises(HeldBack):
        office.deliver(lowered)
    office.deliver(approve(office, lowered))
    assert office.operation(lowered).state is State.DONE
    office.deliver(a_rule(1))
    assert held(office, a_rule(2)) is HoldReason.POLICY_CHANGES
