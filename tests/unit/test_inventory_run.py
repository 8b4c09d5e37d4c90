"""A tenant's inventory is read: page by page, resumed, started over, or given up."""

from datetime import timedelta

import pytest

from shared.devices.inventory import Part, Scope
from shared.devices.inventory_run import Outcome
from shared.devices.listed import SLICES
from shared.devices.operation import State
from shared.errors import Rejected, Retryable, Unfinished
from tests.unit.builders import TENANT
from tests.unit.inventory_listing import a_mailbox, a_phone, many
from tests.unit.inventory_world import InventoryWorld
from tests.unit.world import Died, Life


def test_a_run_reads_everything_and_makes_it_the_picture() -> None:
    world = InventoryWorld()
    world.listing.put(*many(5))
    run = world.take()
    assert run.outcome is Outcome.COMPLETE
    assert (run.counts.rows, run.counts.changed) == (10, 10)
    assert {row.key for row in world.inventory.rows(TENANT)} == set(world.listing.rows)


def test_a_first_picture_is_no_news() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    assert world.told == []


def test_a_handling_ends_after_two_minutes_and_the_next_goes_on_at_its_page() -> None:
    world = InventoryWorld(enough=timedelta())
    world.listing.put(*many(4))
    order = world.order()
    deliveries = world.deliver(order)
    assert deliveries >= 4
    listed = [asked for asked in world.listing.asked if not asked.startswith("settings")]
    assert len(listed) == len(set(listed)) == 4
    assert world.operation(order).state is State.DONE


def test_a_run_under_way_says_how_far_it_is() -> None:
    world = InventoryWorld(enough=timedelta())
    world.listing.put(*many(4))
    order = world.order()
    with pytest.raises(Unfinished, match="2 rows are read so far"):
        world.worker().handle(order)
    assert "2 rows" in world.operation(order).history[-1].note


def test_a_dead_link_starts_the_part_over_in_slices() -> None:
    world = InventoryWorld()
    world.listing.put(*many(4))
    world.listing.cut = {"2"}
    run = world.take()
    assert run.outcome is Outcome.COMPLETE
    assert {row.key for row in world.inventory.rows(TENANT)} == set(world.listing.rows)
    assert f"mailboxes {SLICES}2" in world.listing.asked


def test_a_slice_that_is_cut_short_is_not_started_over_for_ever() -> None:
    world = InventoryWorld()
    world.listing.put(*many(4))
    world.listing.cut = {"2", SLICES}
    order = world.order()
    with pytest.raises(Retryable):
        world.worker().handle(order)


def test_a_run_for_changes_asks_for_what_changed_since_the_last_began() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    world.clock.advance(timedelta(minutes=15))
    world.listing.put(a_mailbox(), a_phone())
    run = world.take(Scope.CHANGES)
    assert (run.outcome, run.counts.rows) == (Outcome.COMPLETE, 2)
    assert world.inventory.count(TENANT) == 8


def test_a_run_for_changes_before_any_picture_reads_everything() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    assert world.take(Scope.CHANGES).counts.rows == 6


def test_a_run_that_cannot_tell_changes_ends_and_says_so() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    world.clock.advance(timedelta(minutes=15))
    world.listing.can_tell = (False, "Exchange refuses to filter by it")
    order = world.order(Scope.CHANGES)
    world.deliver(order)
    assert world.found(order).outcome is Outcome.FAILED
    note = world.operation(order).history[-1].note
    assert note == (
        "nothing changed: Exchange cannot tell what has changed: Exchange refuses to filter by it"
    )
    assert world.operation(order).state is State.DONE


def test_what_a_run_for_changes_did_not_see_the_next_one_is_asked_for() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    world.clock.advance(timedelta(minutes=15))
    world.listing.put(a_mailbox(), a_phone())
    world.listing.untold = {Part.MAILBOXES: "not now"}
    assert world.take(Scope.CHANGES).outcome is Outcome.FAILED
    world.clock.advance(timedelta(hours=1))
    world.listing.untold = {Part.DEVICES: "devices known before are not seen"}
    run = world.take(Scope.CHANGES)
    assert (run.outcome, run.counts.rows) == (Outcome.COMPLETE, 2)
    assert "devices known before are not seen" in run.why


def test_a_refusal_ends_the_run_and_leaves_the_picture_as_it_was() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    before = world.outcome[:2]
    world.clock.advance(timedelta(days=3))
    world.listing.down = Rejected("a slice cannot be had")
    order = world.order()
    with pytest.raises(Rejected) as refusal:
        world.worker().handle(order)
    world.worker().give_up(order, str(refusal.value))
    assert world.found(order).outcome is Outcome.FAILED
    assert world.operation(order).state is State.ABANDONED
    assert world.outcome[:2] == before
    assert world.events.types == ["operation.abandoned"]


@pytest.mark.parametrize("calls", range(1, 9))
def test_a_run_that_is_given_up_is_over_however_its_worker_dies(calls: int) -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    order = world.order()
    why = "given up after seven days"
    try:
        world.worker(Life(calls)).give_up(order, why)
    except Died:
        world.worker().give_up(order, why)
    assert world.found(order).outcome is Outcome.FAILED
    assert world.operation(order).state is State.ABANDONED


def test_a_run_whose_operation_was_given_up_is_taken_no_further() -> None:
    """Its worker died before it said so in the run's record."""
    world = InventoryWorld()
    world.listing.put(*many(3))
    order = world.order()
    with pytest.raises(Died):
        world.worker(Life(4)).give_up(order, "given up after seven days")
    assert world.operation(order).state is State.ABANDONED
    assert not world.found(order).is_finished
    world.deliver(order)
    assert world.found(order).outcome is Outcome.FAILED
    assert world.listing.asked == []


def test_a_run_that_took_a_day_is_out_of_date() -> None:
    world = InventoryWorld(enough=timedelta())
    world.listing.put(*many(4))
    order = world.order()
    with pytest.raises(Unfinished):
        world.worker().handle(order)
    world.clock.advance(timedelta(hours=25))
    with pytest.raises(Rejected, match="out of date"):
        world.worker().handle(order)


def test_a_run_that_a_younger_one_replaced_closes_its_operation() -> None:
    world = InventoryWorld(enough=timedelta())
    world.listing.put(*many(4))
    old = world.order(Scope.CHANGES)
    with pytest.raises(Unfinished):
        world.worker().handle(old)
    young = world.order(Scope.FULL)
    assert young.run_id != old.run_id
    with pytest.raises(Retryable, match="under way"):
        world.worker().handle(young)
    world.clock.advance(timedelta(minutes=16))
    world.deliver(young)
    world.deliver(old)
    assert world.found(young).outcome is Outcome.COMPLETE
    assert world.found(old).outcome is Outcome.REPLACED
    assert "a younger run took its place" in world.operation(old).history[-1].note


@pytest.mark.parametrize("part", [Part.MAILBOXES, Part.DEVICES])
def test_an_empty_listing_removes_nothing_and_says_so(part: Part) -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    world.listing.empty = {part}
    world.pass_nights(4)
    run = world.runs.last(TENANT)
    assert run is not None
    assert run.why == f"nothing was removed: Exchange listed no {part} where there were some"
    assert world.inventory.count(TENANT) == 6
    assert world.told == []


def test_a_listing_that_started_over_and_found_nothing_removes_nothing() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    world.take()
    world.listing.cut, world.listing.has_empty_slices = {"2"}, True
    world.pass_nights(4)
    assert world.inventory.count(TENANT) == 6


def test_a_run_begins_when_a_worker_first_takes_it_and_not_when_it_is_ordered() -> None:
    world = InventoryWorld()
    world.listing.put(*many(3))
    order = world.order()
    world.clock.advance(timedelta(minutes=10))
    begun = world.clock()
    world.deliver(order)
    assert world.found(order).started_at == begun
