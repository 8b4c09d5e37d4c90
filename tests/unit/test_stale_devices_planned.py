"""What to remove as stale is planned: part by part, from any death on, and nothing is removed."""

from datetime import timedelta

import pytest

from shared.errors import Misconfigured, Rejected, Retryable, Unfinished
from tests.unit.builders import NOW
from tests.unit.stale_world import IDLE, Office, guid, plan_order, removal_order
from tests.unit.world import Died


def test_a_plan_ends_with_its_hash_and_counts_and_changes_nothing() -> None:
    office = Office(idle=2, used=1)

    office.deliver(plan_order())

    operation = office.operation(plan_order())
    assert operation.altered is not None
    assert operation.altered.after is not None
    plan = office.planned()
    assert operation.altered.after["plan_hash"] == plan.plan_hash != ""
    counts = operation.altered.after["counts"]
    assert (counts["devices"], counts["removals"], counts["kept_in_use"]) == (3, 2, 1)
    assert (office.left, office.world.events.sent) == ([1, 2, 3], [])
    assert [each.guid for each in office.plans.removals(plan, 0, 10)] == [guid(1), guid(2)]


def test_only_devices_that_can_be_stale_are_asked_for() -> None:
    """A question about one device takes Exchange as long as a page of a thousand."""
    office = Office(idle=3)
    office.inventory.first_syncs = {guid(1): NOW - timedelta(days=89), guid(2): None}

    plan = office.planned()

    assert office.inventory.asked == [guid(2), guid(3)]
    assert (plan.counts["removals"], plan.counts["kept_in_use"]) == (2, 1)


@pytest.mark.parametrize(
    ("protect", "kept"),
    [
        ({"mailboxes": ["ADELE@contoso.com"]}, "kept_protected_mailbox"),
        ({"device_ids": ["d1"]}, "kept_protected_device"),
        ({"models": ["iphone15c2"]}, "kept_protected_model"),
    ],
)
def test_what_is_protected_stays(protect: dict[str, list[str]], kept: str) -> None:
    plan = Office(idle=1).planned(protect=protect)
    assert (plan.counts[kept], plan.removals) == (1, 0)


@pytest.mark.parametrize(
    "fields",
    [{"days": 45}, {"protect": {"mailbox": ["adele"]}}, {"protect": {"models": ["x" * 300] * 60}}],
    ids=["another period", "a misspelt protection", "more than the record can hold"],
)
def test_an_order_that_could_mean_something_else_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        plan_order(1, **fields)


def test_a_tenant_without_inventory_has_no_plan() -> None:
    office = Office(idle=1)
    office.inventory.has_run = False
    assert "no inventory" in office.refused(plan_order())


def test_statistics_are_read_in_parts_and_none_of_them_twice() -> None:
    """A worker goes on for about two minutes."""
    office = Office(idle=70)
    office.at_once, office.inventory.takes = 10, timedelta(minutes=1)

    assert office.deliver(plan_order()) == 4
    assert office.inventory.asked == [guid(number) for number in range(1, 71)]
    notes = [step.note for step in office.operation(plan_order()).history]
    assert "the statistics of 40 of 70 devices are read" in notes


def test_what_was_answered_before_exchange_had_enough_is_not_asked_again() -> None:
    office = Office(idle=5)
    busy = Retryable("used up", after=timedelta(seconds=50))
    office.inventory.failing = {guid(4): busy, guid(5): busy}

    with pytest.raises(Unfinished, match=r"3 of 5.*used up") as part:
        office.steps().handle(plan_order())
    assert part.value.after == timedelta(seconds=50)
    with pytest.raises(Retryable, match="used up") as nothing:
        office.steps().handle(plan_order())
    assert not isinstance(nothing.value, Unfinished)

    office.inventory.failing, office.inventory.asked = {}, []
    assert office.planned().removals == 5
    assert office.inventory.asked == [guid(4), guid(5)]


def test_a_device_that_exchange_cannot_tell_of_stays_and_holds_up_nobody() -> None:
    office = Office(idle=4)
    office.inventory.failing = {
        guid(1): Rejected("cannot be opened"),
        guid(2): Retryable("its mailbox is on the move"),
        guid(4): Retryable("its mailbox is on the move"),
    }
    plan = office.planned()
    assert (plan.removals, plan.counts["kept_statistics_unknown"]) == (1, 3)
    assert timedelta(hours=1) <= office.world.clock() - NOW < timedelta(hours=2)


def test_what_an_administrator_must_mend_is_waited_for() -> None:
    office = Office(idle=1)
    office.inventory.failing = {guid(1): Misconfigured("no permission")}
    for _ in range(3):
        with pytest.raises(Misconfigured, match="no permission"):
            office.steps().handle(plan_order())
        office.world.clock.advance(timedelta(hours=2))
    office.inventory.failing = {}
    assert office.planned().removals == 1


def test_a_newer_order_takes_the_place_of_a_plan_that_is_not_made_yet() -> None:
    office = Office(idle=4)
    office.at_once, office.inventory.takes = 1, timedelta(minutes=2)
    older, newer = plan_order(1), plan_order(2, days=180)
    with pytest.raises(Unfinished):
        office.steps().handle(older)
    office.world.clock.advance(timedelta(seconds=1))

    office.deliver(newer)
    office.deliver(older)

    assert "overruled" in office.operation(older).history[-1].note
    plan = office.plans.last(older.tenant_id)
    assert plan is not None
    assert (plan.plan_id, plan.removals) == (newer.command_id, 0)


def test_a_plan_that_is_given_up_leaves_nothing_behind_but_its_record() -> None:
    office = Office(idle=2)
    office.at_once, office.inventory.takes = 1, timedelta(minutes=2)
    with pytest.raises(Unfinished):
        office.steps().handle(plan_order())

    office.steps().give_up(office.operation(plan_order()), "enough")

    assert [row for _, row in office.table.rows] == [f"plan-{guid(1)}"]
    assert office.plans.last(plan_order().tenant_id) is None


def test_a_plan_survives_a_death_after_every_call() -> None:
    """It is the same plan, and at most the part in work is asked for again."""
    whole = _office()
    unbroken = whole.planned()
    calls = 0
    for calls in range(1, 200):
        office = _office()
        try:
            office.steps(calls).handle(plan_order())
        except Died:
            plan = office.planned()
        else:
            break
        assert (plan.plan_hash, plan.counts) == (unbroken.plan_hash, unbroken.counts)
        assert len(office.inventory.asked) <= 7 + office.at_once
        assert not [row for _, row in office.table.rows if row.startswith(("asked-", "read-"))]
        assert office.removals == 0
        office.deliver(removal_order(plan))
        assert office.left == [4, 6, 7]
    assert calls > 20


def _office() -> Office:
    office = Office(idle=5, used=2)
    office.at_once = 2
    office.synced(4, None)
    office.synced(6, IDLE + timedelta(days=50))
    return office
