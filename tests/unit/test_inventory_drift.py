"""Devices that are not as they were last said to be: repaired, or only counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.guard import Hold, HoldReason
from shared.devices.inventory import Scope
from shared.devices.listed import AccessSettings
from shared.devices.model import (
    AccessLevel,
    AccessState,
    Action,
    Posture,
    Trust,
    WipeCycle,
)
from shared.devices.operation import State, opened_by_signal
from tests.unit.builders import (
    DEVICE_ID,
    GUID,
    TENANT,
    a_device,
    a_newer_signal,
    a_signal,
    never_wiped,
)
from tests.unit.inventory_listing import a_mailbox, a_phone, many
from tests.unit.inventory_words import ordered, reported
from tests.unit.inventory_world import InventoryWorld
from tests.unit.world import World

ALLOWED_BY_NAME = {"access": AccessState.ALLOWED, "access_reason": "Individual"}
ID_0, ID_F = "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"
BOTH = pytest.mark.parametrize("scope", [Scope.FULL, Scope.CHANGES])


def a_world(**options: object) -> InventoryWorld:
    """Return a tenant whose picture has Adele's phone, blocked as its MDM reported."""
    world = InventoryWorld(**options)  # type: ignore[arg-type]  # named fields only
    blocked = a_phone(access=AccessState.BLOCKED, access_reason="Individual")
    world.listing.put(a_mailbox(blocked=(DEVICE_ID,)), blocked)
    reported(world)
    world.take()
    assert world.said_again == []
    world.clock.advance(timedelta(hours=1))
    return world


def let_in_by_a_person(world: InventoryWorld) -> None:
    world.listing.put(a_mailbox(allowed=(DEVICE_ID,)), a_phone(**ALLOWED_BY_NAME))


@BOTH
def test_drift_is_repaired_by_what_was_reported_once_more(scope: Scope) -> None:
    world = a_world()
    let_in_by_a_person(world)
    run = world.take(scope)
    (again,) = world.said_again
    assert (again.posture, again.device_id) == (Posture.NONCOMPLIANT, DEVICE_ID)
    assert again.signal_id != a_signal().signal_id
    assert run.why == "devices not as last said: 1, repaired: 1"


@BOTH
@pytest.mark.parametrize("state", [State.HELD, State.ABANDONED])
def test_a_word_that_nobody_approved_is_not_repeated(scope: Scope, state: State) -> None:
    """It waits for an approver, or was refused: an inventory is no way around that."""
    world = a_world()
    let_in_by_a_person(world)
    operation = world.journal.open(opened_by_signal(a_signal(), world.clock()))
    hold = Hold(reason=HoldReason.BLOCKS, says="too many", since=world.clock())
    world.journal.save(replace(operation, hold=hold).stepped(state, "too many", world.clock()))

    run = world.take(scope)

    assert world.said_again == []
    assert run.why == (
        "devices not as last said: 1, repaired: 0, left to the next run or to a person: 1"
    )


@BOTH
@pytest.mark.parametrize("told_at_once", [1, 100])
def test_drift_is_told_with_the_change_that_made_it(scope: Scope, told_at_once: int) -> None:
    """Where many have changed, what was said is read in one go, and comes to the same."""
    world = a_world(told_at_once=told_at_once)
    let_in_by_a_person(world)
    world.take(scope)
    (event,) = world.events.sent
    assert event.data["cause"] == "person"
    drift = event.data["drift"]
    assert isinstance(drift, dict)
    assert drift["wanted"] is Action.BLOCK


@pytest.mark.parametrize("first_id", [ID_0, ID_F])
@pytest.mark.parametrize("microseconds", [0, 1, 999_999])
def test_the_ordinary_story_carries_the_repair_out_whatever_its_id(
    first_id: str, microseconds: int
) -> None:
    """Of two words of one time the one with the higher id stands: a repair is a moment newer."""
    world = InventoryWorld()
    said = world.clock() - timedelta(hours=1) + timedelta(microseconds=microseconds)
    kept = reported(world, signal_id=first_id, occurred_at=said)
    let_in_by_a_person(world)
    world.take()
    (again,) = world.said_again
    exchange = World([a_device(on_allowed_list=True, access=AccessState.ALLOWED)])
    exchange.report(kept)
    exchange.exchange.devices = [a_device(on_allowed_list=True, access=AccessState.ALLOWED)]
    exchange.report(again)
    assert exchange.exchange.device.on_blocked_list


def test_a_report_that_came_meanwhile_overrules_the_repair() -> None:
    world = a_world()
    let_in_by_a_person(world)
    world.take()
    (again,) = world.said_again
    exchange = World([a_device(on_allowed_list=True, access=AccessState.ALLOWED)])
    exchange.report(a_newer_signal(posture=Posture.COMPLIANT))
    exchange.report(again)
    assert exchange.exchange.device.on_allowed_list


@BOTH
def test_drift_is_only_counted_where_a_tenant_wants_that(scope: Scope) -> None:
    world = a_world(repair_drift=False)
    let_in_by_a_person(world)
    run = world.take(scope)
    assert (world.said_again, world.queue.commands) == ([], [])
    assert run.why == "devices not as last said: 1, none repaired, as repair_drift is off"
    assert world.told == [f"device.access_changed devices/{GUID}"]


@BOTH
def test_what_was_ordered_since_is_ordered_again(scope: Scope) -> None:
    world = a_world()
    ordered(world, Action.ALLOW, given_at=world.clock() - timedelta(minutes=30))
    world.listing.put(a_mailbox(), a_phone())
    world.take(scope)
    (command,) = world.queue.commands
    assert (command.action, command.device_id) == (Action.ALLOW, DEVICE_ID)
    assert command.requested_by == "inventory"
    assert world.said_again == []


@BOTH
def test_a_word_that_may_be_on_its_way_is_left_alone(scope: Scope) -> None:
    world = a_world()
    reported(world, posture=Posture.COMPLIANT, occurred_at=world.clock(), signal_id=LATER)
    world.listing.put(a_mailbox(blocked=(DEVICE_ID,)), a_phone())
    world.take(scope)
    assert world.said_again == []


LATER = "88888888-0000-4000-8000-000000000008"


def test_a_full_run_finds_drift_that_no_run_saw_happen() -> None:
    world = a_world()
    let_in_by_a_person(world)
    world.repair_drift = False
    world.take(Scope.CHANGES)
    world.repair_drift = True
    world.clock.advance(timedelta(hours=1))
    world.take(Scope.FULL)
    assert len(world.said_again) == 1


def test_the_budget_leaves_the_rest_to_the_next_run() -> None:
    world = InventoryWorld(repairs_per_run=2)
    world.listing.put(*many(5))
    for number in range(5):
        reported(
            world,
            mailbox=f"m{number}@contoso.com",
            signal_id=f"11111111-0000-4000-8000-00000000000{number}",
        )
    run = world.take()
    assert len(world.said_again) == 2
    assert run.why == (
        "devices not as last said: 5, repaired: 2, left to the next run or to a person: 3"
    )


def test_a_device_of_which_nothing_was_said_is_left_alone() -> None:
    world = InventoryWorld()
    world.listing.put(*many(5))
    reported(world, mailbox="nobody@contoso.com")
    assert world.take().why == ""
    assert world.said_again == []


def lost(world: InventoryWorld) -> None:
    world.listing.put(a_mailbox(), a_phone())
    reported(world, posture=Posture.LOST, trust=Trust.FULL)


def test_a_lost_device_that_was_wiped_is_in_line() -> None:
    world = InventoryWorld()
    lost(world)
    pending = WipeCycle(requested_at=world.clock())
    world.listing.wipes[GUID] = never_wiped(account=pending)
    assert world.take().why == ""


def test_no_repair_asks_for_a_wipe() -> None:
    world = InventoryWorld()
    lost(world)
    world.listing.wipes[GUID] = never_wiped()
    world.take()
    (command,) = world.queue.commands
    assert (command.action, world.said_again) == (Action.BLOCK, [])


def test_a_lost_device_whose_wipes_cannot_be_seen_is_left_to_the_next_run() -> None:
    world = InventoryWorld()
    lost(world)
    assert world.take().why == ""
    assert (world.queue.commands, world.said_again) == ([], [])


def test_a_quarantine_that_nothing_holds_any_more_is_left_to_a_person() -> None:
    world = InventoryWorld()
    world.listing.put(a_mailbox(), a_phone())
    ordered(world, Action.QUARANTINE)
    world.listing.now = AccessSettings(policies=(), rules=(), default=AccessLevel.ALLOW)
    run = world.take()
    assert run.why == (
        "devices not as last said: 1, repaired: 0, left to the next run or to a person: 1"
    )
    assert world.queue.commands == []


def test_a_device_is_found_by_its_mailbox_whatever_the_case_of_the_report() -> None:
    world = InventoryWorld()
    world.listing.put(a_mailbox(), a_phone())
    reported(world, mailbox="Adele@Contoso.com", device_id=DEVICE_ID.lower())
    world.take()
    (again,) = world.said_again
    assert again.tenant_id == TENANT


def test_a_comparison_of_many_parts_counts_each_device_once() -> None:
    world = InventoryWorld(enough=timedelta(), compared_at_once=1)
    world.listing.put(*many(3))
    for number in range(3):
        reported(world, mailbox=f"m{number}@contoso.com", signal_id=f"{ID_0[:-1]}{number}")
    assert world.take().why == "devices not as last said: 3, repaired: 3"
    assert len(world.said_again) == 3


def test_the_first_run_compares_everything_whatever_its_scope() -> None:
    world = InventoryWorld()
    world.listing.put(a_mailbox(), a_phone())
    reported(world)
    world.take(Scope.CHANGES)
    assert len(world.said_again) == 1


def test_a_device_that_is_gone_is_not_repaired() -> None:
    world = a_world(repair_drift=False)
    let_in_by_a_person(world)
    world.take()
    world.listing.remove(a_phone())
    world.listing.put(*many(1))
    world.pass_nights(2)
    world.repair_drift = True
    world.pass_nights(1)
    assert world.inventory.find_device(TENANT, GUID) is None
    assert world.said_again == []
