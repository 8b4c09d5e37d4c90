"""What becomes of a run's message, whatever becomes of the run; and what the clock orders."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from functions import queues, timers
from shared import inventory_messages, messages
from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Outcome
from shared.devices.operation import State
from shared.errors import Misconfigured, Rejected, Retryable
from shared.flows.inventory_schedule import SPREAD, spread
from shared.inventory_messages import QUEUE
from tests.unit.app_world import Message
from tests.unit.builders import TENANT
from tests.unit.inventory_app import OTHER_TENANT, InventoryApp, two_tenants
from tests.unit.inventory_listing import many

POISON = f"{QUEUE}-poison"
NOBODYS = "5b2c1d0e-0000-4000-8000-00000000000f"
Trigger = Callable[[Message], object]
ON_PAGE: Trigger = queues.on_inventory_page
ON_POISON: Trigger = queues.on_poison_inventory_page


@pytest.fixture
def app() -> InventoryApp:
    """Return the app with an inventory, and something new in Exchange."""
    app = InventoryApp()
    app.take(*many(2))
    app.inventory.listing.put(*many(3))
    return app


def deliver(app: InventoryApp, body: bytes, trigger: Trigger = ON_PAGE) -> None:
    """Let the host deliver a message; a function that returns something fails in the worker."""
    with app.running():
        assert trigger(Message(body)) is None


def ordered(app: InventoryApp, scope: Scope = Scope.FULL) -> tuple[RunOrder, bytes]:
    """Order a run, and return it with its message."""
    order = app.inventory.order(scope)
    return order, inventory_messages.write(order)


def rows(app: InventoryApp) -> int:
    """Return the number of rows that readers see."""
    return sum(1 for _ in app.inventory.inventory.rows(TENANT))


def test_run_is_taken_to_its_end(app: InventoryApp) -> None:
    """And its message is then gone from the queue."""
    order, body = ordered(app)
    deliver(app, body)
    assert app.inventory.found(order).outcome is Outcome.COMPLETE
    assert app.inventory.operation(order).state is State.DONE
    assert (rows(app), app.queue.back) == (6, [])


def test_run_that_takes_longer_goes_on_with_the_same_message_at_once(app: InventoryApp) -> None:
    """It has made progress: that is no reason to wait, and none to lose patience."""
    app.inventory.enough = timedelta()
    order, body = ordered(app)
    deliver(app, body)
    assert app.queue.back == [(QUEUE, body, None)]
    assert app.inventory.found(order).counts.pages == 1
    while app.queue.back:
        deliver(app, app.queue.back.pop()[1])
    assert rows(app) == 6


def test_run_waits_while_exchange_is_busy(app: InventoryApp) -> None:
    """As long as Exchange asks for; readers see what they saw before."""
    order, body = ordered(app)
    app.inventory.listing.down = Retryable("Exchange is busy", after=timedelta(minutes=7))
    deliver(app, body)
    assert app.queue.back == [(QUEUE, body, timedelta(minutes=7))]
    operation = app.inventory.operation(order)
    assert (operation.state, operation.history[-1].note) == (State.WAITING, "Exchange is busy")
    assert rows(app) == 4


def test_run_waits_with_an_alarm_for_an_administrator(
    app: InventoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the run."""
    order, body = ordered(app)
    app.inventory.listing.down = Misconfigured("no role group")
    deliver(app, body)
    (alarm,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"{order.run_id} of tenant {TENANT} waits: no role group" in alarm.getMessage()
    assert len(app.queue.back) == 1


def test_run_waits_for_its_turn(app: InventoryApp) -> None:
    """A full one that was ordered while changes are looked for."""
    first, _ = ordered(app, Scope.CHANGES)
    full, body = ordered(app)
    assert full.run_id != first.run_id
    deliver(app, body)
    ((_, again, _),) = app.queue.back
    app.inventory.deliver(first)
    deliver(app, again)
    assert app.inventory.found(full).outcome is Outcome.COMPLETE


@pytest.mark.parametrize("trigger", [ON_PAGE, ON_POISON])
def test_run_that_is_given_up_ends_and_leaves_the_picture(
    app: InventoryApp, trigger: Trigger
) -> None:
    """That is told once, however often it comes; the next run begins at once."""
    order, body = ordered(app)
    app.inventory.listing.down = Rejected("outside the scope")
    for _ in range(2):
        deliver(app, body, trigger)
    operation, run = app.inventory.operation(order), app.inventory.found(order)
    assert (operation.state, run.outcome) == (State.ABANDONED, Outcome.FAILED)
    assert operation.history[-1].note == run.why != ""
    assert app.world.events.types == ["operation.abandoned"]
    assert (rows(app), app.queue.back) == (4, [])

    app.inventory.listing.down = None
    app.inventory.clock.advance(timedelta(seconds=1))
    app.take()
    assert rows(app) == 6


def test_run_that_waited_too_long_is_given_up(app: InventoryApp) -> None:
    """With what it waited for."""
    order, body = ordered(app)
    app.inventory.listing.down = Retryable("Exchange is busy")
    app.queue.has_patience = False
    deliver(app, body)
    assert app.inventory.operation(order).state is State.ABANDONED
    assert app.inventory.found(order).why == "given up after seven days: Exchange is busy"


@pytest.mark.parametrize("trigger", [ON_PAGE, ON_POISON])
def test_message_for_a_tenant_that_is_not_served_is_recorded(
    app: InventoryApp, trigger: Trigger
) -> None:
    """Under no tenant, by the run's id."""
    order = RunOrder(tenant_id=NOBODYS, run_id=NOBODYS, scope=Scope.FULL)
    deliver(app, inventory_messages.write(order), trigger)
    operation = app.inventory.journal.find(messages.UNKNOWN, NOBODYS)
    assert operation is not None
    assert (operation.state, operation.asked) == (State.ABANDONED, "inventory")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"schema": "easgate.inventory.v9"}', b"\xff\xfe"]
)
@pytest.mark.parametrize("trigger", [ON_PAGE, ON_POISON])
def test_message_that_cannot_be_read_is_recorded(
    app: InventoryApp, trigger: Trigger, body: bytes
) -> None:
    """And announced, rather than dropped."""
    deliver(app, body, trigger)
    assert app.world.events.types == ["operation.abandoned"]
    assert (rows(app), app.queue.back) == (4, [])


def test_poison_waits_until_it_can_be_recorded(app: InventoryApp) -> None:
    """No queue stands behind its own."""
    _, body = ordered(app)
    app.world.events.down = Retryable("Event Grid is busy")
    deliver(app, body, ON_POISON)
    ((queue, back, after),) = app.queue.back
    assert (queue, after) == (POISON, timedelta(minutes=15))
    app.world.events.down = None
    deliver(app, back, ON_POISON)
    assert app.world.events.types == ["operation.abandoned"]


@dataclass(frozen=True)
class Timer:
    """A tick, as far as our functions look at one."""

    past_due: bool = False


Tick = Callable[[Timer], object]
FULL: Tick = timers.on_inventory_schedule
CHANGES: Tick = timers.on_inventory_changes_schedule


def tick(app: InventoryApp, function: Tick, *, past_due: bool = False) -> None:
    """Let the host call a timer."""
    with app.running():
        assert function(Timer(past_due=past_due)) is None


@pytest.mark.parametrize(("function", "scope"), [(FULL, Scope.FULL), (CHANGES, Scope.CHANGES)])
def test_clock_orders_a_run_of_each_tenant(function: Tick, scope: Scope) -> None:
    """Each at a time of its own within ten minutes: not all of them ask Exchange at once."""
    app = two_tenants()
    tick(app, function)
    found = {order.tenant_id: (order.scope, after) for order, after in app.queue.runs}
    assert found == {each: (scope, spread(each)) for each in (TENANT, OTHER_TENANT)}
    assert all(timedelta() <= after < SPREAD for _, after in found.values())
    (first, _), _ = app.queue.runs
    operation = app.inventory.journal.find(TENANT, first.run_id)
    assert operation is not None
    assert operation.asked_by == "timer"


@pytest.mark.parametrize("function", [FULL, CHANGES])
def test_tenant_in_trouble_does_not_stop_the_others(
    function: Tick, caplog: pytest.LogCaptureFixture
) -> None:
    """The next tick tries again; the log says whose it was."""
    app = two_tenants()
    app.trouble[TENANT] = Retryable("Table storage is busy")
    tick(app, function)
    assert [order.tenant_id for order, _ in app.queue.runs] == [OTHER_TENANT]
    (said,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert TENANT in said.getMessage()


def test_what_needs_an_administrator_fails_once_all_are_ordered() -> None:
    """So that the platform raises its alarm."""
    app = two_tenants()
    app.trouble[TENANT] = Misconfigured("no access to the table")
    with pytest.raises(Misconfigured, match="administrator"):
        tick(app, FULL)
    assert [order.tenant_id for order, _ in app.queue.runs] == [OTHER_TENANT]


def test_bug_in_ordering_stays_one() -> None:
    """It is not taken for weather."""
    app = two_tenants()
    app.queue.runs = None  # type: ignore[assignment]  # the bug
    with pytest.raises(AttributeError):
        tick(app, FULL)


def test_clock_that_is_late_is_noted(app: InventoryApp, caplog: pytest.LogCaptureFixture) -> None:
    """The run is ordered all the same."""
    tick(app, FULL, past_due=True)
    assert any("late" in each.getMessage() for each in caplog.records)
    assert len(app.queue.runs) == 2
