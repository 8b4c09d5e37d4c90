"""A sweep of stale devices is let through as a whole, or held as a whole."""

from dataclasses import replace

import pytest

from shared.devices.guard import HoldReason
from shared.errors import HeldBack
from tests.unit.brake_world import STRICT
from tests.unit.guarded_world import ANN, seconds
from tests.unit.stale_world import Office, removal_order


def guarded(idle: int, **tighter: int) -> Office:
    """Return a tenant with idle devices, behind a brake."""
    office = Office(idle=idle)
    office.world.allowances = replace(STRICT, share=1, **tighter)  # type: ignore[arg-type]
    office.world.records.plans = office.table
    return office


def test_a_sweep_within_the_budget_removes_its_devices_and_uses_it_up() -> None:
    """Each of them was counted, though none was asked for."""
    office = guarded(6, removals=8)
    plan = office.planned()
    office.deliver(removal_order(plan))
    assert office.fates(plan) == {"removed": 6}
    guard = office.world.brake().guard(plan.tenant_id)
    again = replace(
        office.operation(removal_order(plan)), operation_id="another", attempted_at=None
    )
    foreseen = guard.foresee(again)
    assert foreseen is not None
    assert foreseen.reason is HoldReason.REMOVALS


def test_a_sweep_beyond_the_budget_waits_for_an_approver_and_then_runs_to_its_end() -> None:
    """Not a single device is removed before; all of them after."""
    office = guarded(6, removals=5)
    plan = office.planned()
    order = removal_order(plan)
    with pytest.raises(HeldBack, match="this is 6 at once"):
        office.deliver(order)
    assert len(office.left) == 6

    operation = office.operation(order)
    assert operation.is_held_back
    office.world.brake().approvals().approve(operation, ANN, "they are stale")
    office.world.clock.advance(seconds(1))
    office.deliver(order)
    assert office.fates(plan) == {"removed": 6}
    assert office.left == []
