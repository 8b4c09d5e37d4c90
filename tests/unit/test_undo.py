"""Somebody undoes an operation: by an order of its own, and only while nothing newer stands."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Action, Device, WipeCycle
from shared.devices.operation import State
from shared.errors import Conflict, Retryable
from tests.unit.builders import (
    GUID,
    a_command,
    a_device,
    a_newer_command,
    a_newer_signal,
    a_signal,
    allowed,
    blocked,
    never_wiped,
)
from tests.unit.second_thoughts import Desk, calls_in
from tests.unit.stand_ins import FakeQueue
from tests.unit.world import Died, World

OPERATION_ID = a_command().command_id
UNDO_ID = str(uuid.uuid5(uuid.NAMESPACE_OID, f"undo|{OPERATION_ID}"))
ACCESS = (Action.ALLOW, Action.BLOCK, Action.CLEAR, Action.QUARANTINE)


def after(action: Action, before: Device) -> Desk:
    """Return a desk after an order was carried out."""
    desk = Desk(World([before]))
    desk.world.accept(a_command(action=action), desk.queue)
    desk.work()
    return desk


def lists(device: Device) -> tuple[bool, bool]:
    """Return which lists a device is on."""
    return device.on_allowed_list, device.on_blocked_list


@pytest.mark.parametrize("before", [allowed(), blocked(), a_device()], ids=lists)
@pytest.mark.parametrize("action", ACCESS)
def test_the_very_lists_are_restored(action: Action, before: Device) -> None:
    """By an ordinary order, announced as such; where nothing was done, nothing is undone."""
    desk = after(action, before)
    if lists(desk.world.exchange.device) == lists(before):
        with pytest.raises(Conflict, match="nothing was done"):
            desk.undo(OPERATION_ID)
        return
    assert desk.undoing().standing(desk.world.operation(OPERATION_ID)).possible

    desk.undo(OPERATION_ID)
    desk.work()

    assert lists(desk.world.exchange.device) == lists(before)
    undone, undoing = desk.world.operation(OPERATION_ID), desk.world.operation(UNDO_ID)
    assert (undone.undone_by, undoing.undoes) == (UNDO_ID, OPERATION_ID)
    assert undone.history[-1].note == f"undo ordered by helpdesk:sam: {UNDO_ID}"
    assert (undoing.state, undoing.asked_by, undoing.asked_as) == (
        State.DONE,
        "helpdesk:sam",
        "person:sam",
    )
    assert len(desk.world.events.types) == 2
    standing = desk.undoing().standing(undone)
    assert (standing.possible, UNDO_ID in standing.because) == (False, True)


def test_what_a_report_did_is_undone_as_well() -> None:
    """By a person's order, which stands against older reports."""
    desk = Desk(World([allowed()]))
    desk.world.report(a_signal())
    undoing = desk.undo(a_signal().signal_id)
    desk.work()
    assert desk.world.exchange.device.on_allowed_list
    assert desk.world.operation(undoing.operation_id).state is State.DONE


def test_undo_asked_for_twice_is_one() -> None:
    """Also when it is done by then."""
    desk = after(Action.BLOCK, allowed())
    assert desk.undo(OPERATION_ID).operation_id == desk.undo(OPERATION_ID).operation_id
    desk.work()
    assert desk.undo(OPERATION_ID).state is State.DONE
    assert desk.queue.commands == []
    assert desk.world.exchange.applied == [Action.BLOCK, Action.ALLOW]


def test_undo_can_be_undone() -> None:
    """It is an operation like any other."""
    desk = after(Action.BLOCK, allowed())
    desk.undo(OPERATION_ID)
    desk.work()
    desk.undo(UNDO_ID)
    desk.work()
    assert desk.world.exchange.device.on_blocked_list


def order_since(world: World) -> None:
    """Let somebody order something newer."""
    world.clock.advance(timedelta(seconds=1))
    world.accept(a_newer_command(action=Action.BLOCK))


def report_since(world: World) -> None:
    """Let an MDM report something newer."""
    world.clock.advance(timedelta(seconds=1))
    world.report(a_newer_signal(occurred_at=world.clock()))


@pytest.mark.parametrize(
    ("since", "why"),
    [
        (order_since, a_newer_command().command_id),
        (report_since, a_newer_signal().signal_id),
        (
            lambda world: world.exchange.devices.__setitem__(0, a_device()),
            "somebody else has changed",
        ),
        (lambda world: world.exchange.devices.clear(), "has no device"),
    ],
)
def test_newer_things_stand_in_its_way_and_are_named(
    since: Callable[[World], None], why: str
) -> None:
    """They are not to be overwritten."""
    desk = after(Action.BLOCK, allowed())
    since(desk.world)
    with pytest.raises(Conflict, match=why):
        desk.undo(OPERATION_ID)
    assert desk.world.operation(OPERATION_ID).undone_by == ""


def test_undo_gives_way_to_what_comes_while_it_waits() -> None:
    """It rests on things being as the operation left them."""
    desk = after(Action.BLOCK, allowed())
    desk.undo(OPERATION_ID)
    desk.world.exchange.devices[0] = a_device()
    desk.work()
    undoing = desk.world.operation(UNDO_ID)
    assert undoing.state is State.ABANDONED
    assert "the plan no longer holds" in undoing.history[-1].note
    assert desk.world.exchange.device == a_device()


def a_requested_wipe() -> Desk:
    """Return a desk after a wipe was requested, which the phone has not confirmed."""
    desk = Desk(World([a_device()]))
    desk.world.accept(a_command(action=Action.WIPE_ACCOUNT))
    desk.world.order(a_command(action=Action.WIPE_ACCOUNT))
    return desk


def test_wipe_is_called_back_while_it_is_waited_for() -> None:
    """The operation then ends as called back."""
    desk = a_requested_wipe()
    desk.undo(OPERATION_ID)
    desk.work()
    assert not desk.world.exchange.states[GUID].account.is_pending
    desk.world.clock.advance(timedelta(minutes=5))
    desk.world.order(a_command(action=Action.WIPE_ACCOUNT))
    assert "called back" in desk.world.operation(OPERATION_ID).history[-1].note


@pytest.mark.parametrize(
    ("cycle", "why"),
    [
        (WipeCycle(requested_at=a_signal().occurred_at, sent_at=a_signal().occurred_at), "told"),
        (WipeCycle(), "stands as before already"),
    ],
)
def test_wipe_that_the_phone_was_told_of_is_not_called_back(cycle: WipeCycle, why: str) -> None:
    """Exchange says so at once."""
    desk = a_requested_wipe()
    desk.world.exchange.states[GUID] = never_wiped(account=cycle)
    with pytest.raises(Conflict, match=why):
        desk.undo(OPERATION_ID)


def test_wipe_that_is_confirmed_is_final() -> None:
    """And our records say so without asking Exchange."""
    desk = a_requested_wipe()
    desk.world.redeliver(lambda: desk.world.order(a_command(action=Action.WIPE_ACCOUNT)))
    standing = desk.undoing().standing(desk.world.operation(OPERATION_ID))
    assert standing.because == "cannot be undone, because the phone has confirmed the wipe"


def test_undo_survives_a_death_after_every_call() -> None:
    """Asked for again, it is ordered once, and noted once."""

    def undone(calls: int) -> Desk:
        desk = after(Action.BLOCK, allowed())
        desk.undo(OPERATION_ID, calls)
        return desk

    last = calls_in(undone)
    assert last >= 8
    for calls in range(1, last + 1):
        desk = after(Action.BLOCK, allowed())
        with pytest.raises(Died):
            desk.undo(OPERATION_ID, calls)
        desk.undo(OPERATION_ID)
        desk.work()
        assert desk.world.exchange.device.on_allowed_list, calls
        assert desk.world.exchange.applied == [Action.BLOCK, Action.ALLOW], calls
        notes = [step.note for step in desk.world.operation(OPERATION_ID).history]
        assert len([note for note in notes if note.startswith("undo ordered")]) == 1
        assert desk.world.operation(UNDO_ID).state is State.DONE


def test_undo_is_not_promised_while_it_cannot_be_queued() -> None:
    """Whoever asked has to ask again; then it is the same one."""
    desk = after(Action.BLOCK, allowed())
    desk.queue = FakeQueue(down=Retryable("Queue storage is busy"))
    with pytest.raises(Retryable):
        desk.undo(OPERATION_ID)
    desk.queue = FakeQueue()
    desk.undo(OPERATION_ID)
    desk.work()
    assert desk.world.exchange.device.on_allowed_list


def test_undo_takes_the_reason_along() -> None:
    """For whoever reads the device's story."""
    desk = after(Action.BLOCK, allowed())
    desk.undo(OPERATION_ID)
    (command,) = desk.queue.commands
    assert command.reason == f"undo of {OPERATION_ID}: by mistake"
    assert replace(command, plan_hash="").plan_hash != command.plan_hash
