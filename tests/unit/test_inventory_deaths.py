"""A worker dies after any of its calls: in the end all is as if none ever had."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cache

import pytest

from shared.devices.inventory import Scope
from shared.devices.inventory_run import Outcome
from shared.devices.listed import AccessSettings
from shared.devices.model import AccessLevel, AccessState, Action
from shared.devices.operation import State
from shared.errors import Unfinished
from tests.unit.builders import DEVICE_ID, MAILBOX, TENANT
from tests.unit.inventory_listing import a_mailbox, a_phone, many
from tests.unit.inventory_words import ordered, reported
from tests.unit.inventory_world import InventoryWorld
from tests.unit.recognition_world import a_report
from tests.unit.world import Died, Life

SCOPES = pytest.mark.parametrize("scope", [Scope.FULL, Scope.CHANGES])


def eventful() -> InventoryWorld:
    """Return a tenant in which something of every kind has happened since the last run."""
    return deepcopy(_eventful())


@cache
def _eventful() -> InventoryWorld:
    world = InventoryWorld(most_told=2, together=1)
    leaving, renewed = a_phone(guid="leaving", device_id="LEAVING1234"), many(3)[3]
    blocked = a_phone(access=AccessState.BLOCKED, access_reason="Individual")
    world.listing.put(a_mailbox(blocked=(DEVICE_ID,)), blocked, leaving, *many(3))
    reported(world)
    ordered(world, Action.BLOCK, mailbox="m1@contoso.com")
    world.take()
    world.listing.remove(leaving)
    world.pass_nights(2)
    world.listing.remove(renewed)
    world.reports.keep(a_report())
    world.awaited.put(a_report(), [f"owner:{MAILBOX}"])
    world.clock.advance(timedelta(days=1))
    world.listing.put(
        a_mailbox(allowed=(DEVICE_ID,)),
        a_phone(access_reason="Individual"),
        a_phone(guid="new", device_id="NEW1234567"),
        a_phone(place="cn=m0", guid="anew"),
    )
    world.listing.now = AccessSettings(policies=(), rules=(), default=AccessLevel.BLOCK)
    world.listing.asked.clear()
    world.queue.commands.clear()
    return world


@cache
def unbroken(scope: Scope) -> tuple[tuple[object, ...], int]:
    """Return how it ends if nobody dies, and how often Exchange was asked."""
    world = eventful()
    world.take(scope)
    return world.outcome, len(world.listing.asked)


@cache
def calls_of(scope: Scope) -> int:
    """Return after how many calls a worker has done all."""
    world, life = eventful(), Life(10_000)
    world.take(scope, life)
    return 10_000 - life.calls


def test_something_of_every_kind_happens() -> None:
    world = eventful()
    world.take(Scope.FULL)
    assert {told.split()[0] for told in world.told} >= {
        "device.discovered",
        "device.gone",
        "device.access_changed",
        "policy.changed",
    }
    assert (len(world.said_again), len(world.tried_again)) == (1, 1)
    assert len(world.queue.commands) == 1


@SCOPES
def test_a_death_after_any_call_changes_nothing_in_the_end(scope: Scope) -> None:
    outcome, asked = unbroken(scope)
    for calls in range(1, calls_of(scope) + 1):
        world = eventful()
        run = world.take(scope, Life(calls))
        assert run.outcome is Outcome.COMPLETE, calls
        assert world.outcome == outcome, calls
        assert len(world.listing.asked) - asked <= 1, calls
        operation = world.journal.find(TENANT, run.run_id)
        assert operation is not None
        assert operation.state is State.DONE, calls


@SCOPES
def test_a_worker_that_dies_again_and_again_gets_there_all_the_same(scope: Scope) -> None:
    outcome, _ = unbroken(scope)
    world = eventful()
    order = world.order(scope)
    _die_often(lambda life: world.worker(life).handle(order), world, order.run_id)
    assert world.outcome == outcome


def test_deaths_cost_fewer_than_two_in_a_hundred_calls() -> None:
    """One worker in fifty pages dies."""
    unharmed, harmed = InventoryWorld(), InventoryWorld()
    for world in (unharmed, harmed):
        world.listing.put(*many(200))
    unharmed.take()
    order = harmed.order()
    for _ in range(4):
        with pytest.raises(Died):
            harmed.worker(Life(100)).handle(order)
    harmed.deliver(order)
    more = len(harmed.listing.asked) - len(unharmed.listing.asked)
    assert harmed.outcome == unharmed.outcome
    assert more <= 0.02 * len(unharmed.listing.asked)


def _die_often(story: Callable[[Life], None], world: InventoryWorld, run_id: str) -> None:
    """Let workers with longer and longer lives have a try, until one outlives the story."""
    for calls in range(12, 400):
        with suppress(Died, Unfinished):
            story(Life(calls))
        operation = world.journal.find(TENANT, run_id)
        if operation is not None and operation.is_finished:
            return
    raise AssertionError("the story does not come to an end")
