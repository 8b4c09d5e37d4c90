"""A plan is carried out: exactly what was shown, but nothing that is in use again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Action, WipeCycle
from shared.devices.operation import State
from shared.devices.stale_plan import Fate, StalePlan
from shared.errors import Misconfigured, Retryable, Unfinished
from tests.unit.builders import NOW, TENANT, a_command, allowed
from tests.unit.stale_world import ADDRESS, IDLE, Office, guid, plan_order, removal_order
from tests.unit.world import Died


def removal_id(office: Office, plan: StalePlan, number: int) -> str:
    """Return the id of the operation that removes a device."""
    removal = office.plans.removals(plan, number, 1)[0]
    return plan.command(removal, Action.REMOVE).command_id


def test_what_was_planned_is_removed_and_each_device_is_told_of() -> None:
    office = Office(idle=3, used=2)
    plan = office.planned()

    office.deliver(removal_order(plan))

    assert office.left == [4, 5]
    assert office.fates(plan) == {"removed": 3}
    assert office.world.events.types == ["device.gone"] * 3
    operation = office.world.operation(removal_id(office, plan, 0))
    assert (operation.state, operation.asked_by) == (State.DONE, "helpdesk:jo")
    ended = office.operation(removal_order(plan)).altered
    assert ended is not None
    assert ended.after is not None
    assert ended.after["counts"] == {
        **{str(fate): 0 for fate in Fate},
        "removed": 3,
    }


def test_a_device_that_is_in_use_again_stays() -> None:
    office = Office(idle=5)
    plan = office.planned()
    office.synced(1, IDLE + timedelta(days=1))
    office.synced(2, None)
    states = office.world.exchange.states
    states[guid(3)] = replace(states[guid(3)], device=WipeCycle(requested_at=NOW))
    office.world.exchange.devices = [each for each in office.world.devices if each.guid != guid(4)]

    office.deliver(removal_order(plan))

    assert office.left == [1, 2, 3]
    assert office.fates(plan) == {
        "synced_since": 1,
        "statistics_unknown": 1,
        "wipe_pending": 1,
        "gone": 1,
        "removed": 1,
    }


def test_another_plan_than_the_one_that_was_looked_at_is_refused() -> None:
    office = Office(idle=2)
    plan = office.planned()
    other = removal_order(plan, 1, plan_hash="0" * 64)
    assert "Conflict" in office.refused(other)
    unknown = removal_order(plan, 2, plan_id=guid(77))
    assert "Conflict" in office.refused(unknown)
    assert office.left == [1, 2]


def test_a_plan_that_another_has_followed_is_refused() -> None:
    office = Office(idle=2)
    plan = office.planned()
    office.deliver(plan_order(2))
    assert "Conflict" in office.refused(removal_order(plan))


@pytest.mark.parametrize(("age", "left"), [(24, []), (25, [1])])
def test_a_plan_is_good_for_a_day(age: int, left: list[int]) -> None:
    office = Office(idle=1)
    plan = office.planned()
    office.world.clock.advance(timedelta(hours=age))
    if left:
        assert "older than" in office.refused(removal_order(plan))
    else:
        office.deliver(removal_order(plan))
    assert office.left == left


def test_a_plan_is_carried_out_by_one_order() -> None:
    office = Office(idle=1)
    plan = office.planned()
    office.deliver(removal_order(plan, 1))
    assert removal_order(plan, 1).command_id in office.refused(removal_order(plan, 2))
    assert office.removals == 1


def test_a_handling_removes_no_more_than_it_may() -> None:
    """The rest is for whoever gets the message next."""
    office = Office(idle=35)
    office.at_most = 20
    plan = office.planned()
    with pytest.raises(Unfinished, match="20 of 35"):
        office.steps().handle(removal_order(plan))
    assert office.removals == 20
    office.deliver(removal_order(plan))
    assert office.left == []


def test_a_handling_ends_after_two_minutes() -> None:
    office = Office(idle=35)
    plan = office.planned()
    office.inventory.takes = timedelta(minutes=1)
    with pytest.raises(Unfinished, match="20 of 35"):
        office.steps().handle(removal_order(plan))


def test_list_entries_stay_unless_the_plan_says_otherwise() -> None:
    office = Office(idle=1, allowed=True)
    office.deliver(removal_order(office.planned()))
    assert office.world.exchange.applied == [Action.REMOVE]


def test_list_entries_are_dropped_before_the_device_if_the_plan_says_so() -> None:
    office = Office(idle=1, allowed=True)
    office.deliver(removal_order(office.planned(list_entries="drop")))
    assert office.world.exchange.applied == [Action.CLEAR, Action.REMOVE]
    assert office.world.events.types == ["device.access_changed", "device.gone"]


def test_a_device_that_was_put_on_another_list_since_stays() -> None:
    """Somebody has just blocked it: that is not to be lost."""
    office = Office(idle=1, allowed=True)
    plan = office.planned(list_entries="drop")
    office.world.exchange.devices = [replace(office.world.exchange.device, on_blocked_list=True)]
    office.deliver(removal_order(plan))
    assert (office.left, office.fates(plan)) == ([1], {"refused": 1})


def test_a_younger_partnership_of_the_same_device_is_never_taken_for_the_stale_one() -> None:
    office = Office(idle=1)
    plan = office.planned()
    younger = allowed(mailbox=ADDRESS, device_id="D1", guid=guid(9))
    office.world.exchange.devices.insert(0, younger)
    office.deliver(removal_order(plan))
    assert (office.left, office.fates(plan)) == ([9, 1], {"refused": 1})
    operation = office.world.operation(removal_id(office, plan, 0))
    assert operation.state is State.ABANDONED
    assert guid(1) in operation.history[-1].note


def test_what_stands_in_the_way_is_waited_for() -> None:
    office = Office(idle=2)
    plan = office.planned()
    office.world.exchange.lacks = {"remove": "Remove-MobileDevice"}
    with pytest.raises(Misconfigured):
        office.steps().handle(removal_order(plan))
    office.world.exchange.lacks = {}
    office.deliver(removal_order(plan))
    assert office.fates(plan) == {"removed": 2}


def test_one_device_that_cannot_be_removed_holds_up_the_others_for_an_hour_only() -> None:
    office = Office(idle=12)
    plan = office.planned()
    office.inventory.failing = {guid(12): Retryable("its mailbox is on the move")}
    office.deliver(removal_order(plan))
    assert office.left == [12]
    assert office.fates(plan) == {"removed": 11, "statistics_unknown": 1}


def test_an_order_that_was_begun_for_a_device_in_use_again_overrules_nothing() -> None:
    """Or it would be repeated wherever the device is not as last ordered."""
    office = Office(idle=1, allowed=True)
    office.world.accept(a_command(mailbox=ADDRESS, device_id="D1", action=Action.ALLOW))
    office.world.clock.advance(timedelta(seconds=1))
    plan = office.planned(list_entries="drop")
    office.world.exchange.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        office.steps().handle(removal_order(plan))

    office.world.exchange.down = None
    office.synced(1, NOW)
    office.deliver(removal_order(plan))

    assert (office.left, office.fates(plan)) == ([1], {"synced_since": 1})
    (known,) = office.world.orders.known(TENANT, ADDRESS, device_id="D1")
    assert known.action is Action.ALLOW


def test_a_removal_that_is_given_up_ends_where_it_stands() -> None:
    office = Office(idle=12)
    plan = office.planned()
    office.world.events.down = Retryable("Event Grid is busy")
    order = removal_order(plan)
    with pytest.raises(Retryable):
        office.steps().handle(order)
    office.world.events.down = None

    office.steps().give_up(office.operation(order), "given up after seven days")

    ended = office.plans.find(TENANT, plan.plan_id)
    assert ended is not None
    assert ended.execution is not None
    assert ended.execution.why == "given up after seven days"
    assert office.fates(plan) == {"removed": 1}
    assert office.removals == 1
    assert office.world.events.types == ["device.gone"]
    assert "Conflict" in office.refused(removal_order(plan, 2))


def test_a_removal_survives_a_death_after_every_call() -> None:
    """No device is removed twice, none is left out, each is told of once."""
    calls = 0
    for calls in range(1, 300):
        office, plan = _office()
        try:
            office.steps(calls).handle(removal_order(plan))
        except Died:
            office.deliver(removal_order(plan))
        else:
            break
        assert office.left == [3]
        assert office.fates(plan) == {"removed": 2, "synced_since": 1}, calls
        assert office.removals == 2
        told = {event.id for event in office.world.events.sent}
        assert len(told) == len({(e.type, e.subject) for e in office.world.events.sent}) == 4
    assert calls > 60


def test_a_device_that_syncs_while_a_worker_lies_dead_stays() -> None:
    """However far it had come, unless it had removed it already."""
    for calls in range(1, 300):
        office, plan = _office()
        try:
            office.steps(calls).handle(removal_order(plan))
        except Died:
            were_left = office.left
        else:
            return
        office.synced(1, NOW)
        office.synced(2, NOW)
        office.deliver(removal_order(plan))
        assert office.left == were_left


def _office() -> tuple[Office, StalePlan]:
    office = Office(idle=3, allowed=True)
    plan = office.planned(list_entries="drop")
    office.synced(3, NOW)
    return office, plan
