"""Runs are begun by the clock or by hand: one for a tenant at a time, and none is lost."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.devices.inventory import Scope
from shared.devices.inventory_run import Outcome
from shared.devices.operation import State
from shared.flows import inventory_schedule
from tests.unit.builders import TENANT
from tests.unit.inventory_listing import many
from tests.unit.inventory_world import InventoryWorld
from tests.unit.stand_ins import FakeClock
from tests.unit.world import Died, Life

QUARTER = timedelta(minutes=15)


def test_an_order_is_in_the_journal_and_on_the_queue() -> None:
    world = InventoryWorld()
    operation = world.schedule().begin(TENANT, Scope.FULL, "helpdesk:jo")
    assert (operation.asked, operation.asked_by) == ("inventory", "helpdesk:jo")
    ((order, after),) = world.queue.runs
    assert (order.run_id, order.scope) == (operation.operation_id, Scope.FULL)
    assert after == timedelta()


def test_who_orders_a_run_while_one_is_under_way_gets_that() -> None:
    world = InventoryWorld()
    first = world.schedule().begin(TENANT, Scope.FULL, "helpdesk:jo")
    world.clock.advance(timedelta(seconds=1))
    for scope in Scope:
        again = world.schedule().begin(TENANT, scope, "timer")
        assert again.operation_id == first.operation_id
    assert len(world.queue.runs) == 1


def test_a_full_run_waits_for_one_for_changes_and_is_not_forgotten() -> None:
    world = InventoryWorld()
    world.listing.put(*many(2))
    changes = world.order(Scope.CHANGES)
    full = [world.order(Scope.FULL) for _ in range(3)]
    assert len({order.run_id for order in full}) == 1
    world.deliver(changes)
    world.deliver(full[0])
    assert world.found(full[0]).outcome is Outcome.COMPLETE
    assert world.found(full[0]).scope is Scope.FULL


def test_a_full_run_that_waits_is_not_kept_waiting_by_further_runs_for_changes() -> None:
    world = InventoryWorld()
    world.listing.put(*many(2))
    changes = world.order(Scope.CHANGES)
    full = world.order(Scope.FULL)
    world.deliver(changes)
    world.clock.advance(QUARTER)
    assert world.order(Scope.CHANGES) == full
    world.deliver(full)
    world.clock.advance(QUARTER)
    assert world.order(Scope.CHANGES).run_id not in {full.run_id, changes.run_id}


def test_the_next_run_begins_once_the_last_has_ended() -> None:
    world = InventoryWorld()
    world.listing.put(*many(2))
    first = world.take()
    world.clock.advance(QUARTER)
    assert world.take(Scope.CHANGES).run_id != first.run_id


@pytest.mark.parametrize("calls", range(1, 6))
def test_a_run_whose_message_was_never_put_gets_one_later(calls: int) -> None:
    world = InventoryWorld()
    world.listing.put(*many(2))
    with pytest.raises(Died):
        world.schedule(Life(min(calls, 4))).begin(TENANT, Scope.FULL, "timer")
    for _ in range(8):
        world.clock.advance(QUARTER)
        world.schedule().begin(TENANT, Scope.CHANGES, "timer")
    for order, _ in list(world.queue.runs):
        world.deliver(order)
    last = world.runs.last(TENANT)
    assert last is not None
    assert last.outcome is Outcome.COMPLETE
    operation = world.journal.find(TENANT, last.run_id)
    assert operation is not None
    assert operation.state is State.DONE


def test_a_run_that_waits_for_exchange_is_not_begun_anew() -> None:
    """A message is put off for 18 minutes at most: longer than the run's lease."""
    world = InventoryWorld()
    order = world.order()
    world.clock.advance(timedelta(minutes=20))
    operation = world.schedule().begin(TENANT, Scope.CHANGES, "timer")
    assert operation.operation_id == order.run_id
    assert len(world.queue.runs) == 1


def test_of_two_that_begin_at_once_one_joins_the_other() -> None:
    world = InventoryWorld()
    schedule = world.schedule()
    first = schedule.begin(TENANT, Scope.FULL, "one")
    run = world.runs.find(TENANT, first.operation_id)
    assert run is not None
    looks = [None, run]  # the second looked before the first had begun

    class Blind:
        """Records of runs in which the first look finds nothing."""

        def last(self, tenant_id: str) -> object:
            return looks.pop(0) if looks else world.runs.last(tenant_id)

        def __getattr__(self, name: str) -> object:
            return getattr(world.runs, name)

    world.clock.advance(timedelta(seconds=1))
    blind = inventory_schedule.InventorySchedule(
        runs=Blind(),  # type: ignore[arg-type]  # a part of it
        journal=world.journal,
        queue=world.queue,
        clock=world.clock,
    )
    assert blind.begin(TENANT, Scope.FULL, "two").operation_id == first.operation_id


def test_tenants_begin_spread_over_ten_minutes_and_each_at_its_own_moment() -> None:
    tenants = [str(UUID(int=number)) for number in range(200)]
    spread = [inventory_schedule.spread(each) for each in tenants]
    assert spread == [inventory_schedule.spread(each.upper()) for each in tenants]
    assert all(timedelta() <= each < timedelta(minutes=10) for each in spread)
    minutes = {each // timedelta(minutes=1) for each in spread}
    assert minutes == set(range(10))


def test_a_timed_run_is_seen_after_its_tenants_moment() -> None:
    world = InventoryWorld(clock=FakeClock())
    after = inventory_schedule.spread(TENANT)
    world.schedule().begin(TENANT, Scope.CHANGES, "timer", after)
    assert [delay for _, delay in world.queue.runs] == [after]
