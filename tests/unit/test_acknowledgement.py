"""A wipe that was requested waits for its device, which may take its time, or never answer."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.devices.model import Action, Posture, WipeCycle
from shared.devices.operation import Operation, State
from shared.errors import Rejected, Retryable
from shared.flows.acknowledgement import WAITS
from tests.unit.builders import (
    GUID,
    NOW,
    a_command,
    a_device,
    a_newer_command,
    a_newer_signal,
    a_signal,
    never_wiped,
)
from tests.unit.stand_ins import ids
from tests.unit.world import ETERNAL, PATIENCE, SETTLE, Died, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WIPE = a_command(action=Action.WIPE_ACCOUNT)
LOST = a_signal(posture=Posture.LOST)
CANCEL = a_newer_command(action=Action.CANCEL_WIPE)
LONG_AGO = WipeCycle(requested_at=NOW - timedelta(days=3), acknowledged_at=NOW - timedelta(days=2))
TOLD = WipeCycle(requested_at=NOW, sent_at=NOW)


def waiting() -> World:
    """Return how things stand when a wipe was requested, and its device is yet to answer."""
    world = World([a_device()])
    world.order(WIPE)
    return world


def later(world: World, by: timedelta = SETTLE) -> Operation:
    """Deliver the order again after a time, and return its operation."""
    world.clock.advance(by)
    world.order(WIPE)
    return world.operation(WIPE.command_id)


def test_wipe_that_was_requested_waits_for_the_device() -> None:
    """It is told at once, but not done."""
    world = waiting()
    operation = world.operation(WIPE.command_id)
    assert (operation.state, operation.history[-1].note) == (State.WAITING, WAITS)
    assert (operation.acted_at, operation.acknowledged_at) == (NOW, None)
    assert world.events.types == ["device.wipe_requested"]
    assert world.looks_again == timedelta(seconds=30)


def test_device_that_confirms_ends_the_wait() -> None:
    """With the time at which it did, told once."""
    world = waiting()
    world.clock.advance(timedelta(seconds=10))
    world.exchange.confirm()
    operation = later(world, timedelta(seconds=20))

    assert operation.state is State.DONE
    assert operation.acknowledged_at == NOW + timedelta(seconds=10)
    assert operation.history[-1].note == (
        "done: the device confirmed the wipe at 2026-05-04 10:00:10 UTC"
    )
    assert world.events.types == ["device.wipe_requested", "device.wipe_acknowledged"]
    assert world.events.sent[-1].data["acknowledged_at"] == operation.acknowledged_at
    assert world.looks_again is None


def test_report_that_led_to_a_wipe_waits_as_an_order_does() -> None:
    """Nobody ordered it, and yet somebody will ask what became of it."""
    world = World([a_device()])
    world.redeliver(lambda: world.report(LOST))
    assert world.operation(LOST.signal_id).acknowledged_at == NOW + timedelta(seconds=30)
    assert world.events.types == ["device.wipe_requested", "device.wipe_acknowledged"]


def silent() -> tuple[World, list[timedelta]]:
    """Return what became of a wipe that no device ever confirmed, and the pauses between looks."""
    world = waiting()
    pauses: list[timedelta] = []
    for _ in range(200):
        if world.looks_again is None:
            return world, pauses
        pauses.append(world.looks_again)
        later(world, world.looks_again)
    raise AssertionError("it is waited for for ever")


def test_device_that_never_answers_is_not_waited_for_for_ever() -> None:
    """The wipe stays requested; that nothing confirmed it is told, with what to do."""
    world, _ = silent()
    operation = world.operation(WIPE.command_id)
    assert operation.state is State.DONE
    assert PATIENCE <= world.clock() - NOW < PATIENCE + HOUR
    assert "done, but not confirmed: requested 72 hours ago" in operation.history[-1].note
    assert world.events.types == ["device.wipe_requested", "device.wipe_unconfirmed"]
    told = world.events.sent[-1].data
    assert (told["requested_at"], told["reason"]) == (NOW, operation.history[-1].note)
    assert "keep the device blocked" in str(told["remedy"])


def test_looks_become_rarer_and_never_request_another_wipe() -> None:
    """Soon after 30 seconds, then by the minute, at last by the hour."""
    world, pauses = silent()
    assert pauses[:2] == [timedelta(seconds=30), MINUTE]
    assert all(earlier <= after for earlier, after in pairwise(pauses[1:]))
    assert max(pauses) == HOUR
    assert len(pauses) < 120
    assert len(world.exchange.wiped) == 1


def test_long_wait_is_one_line_of_the_record() -> None:
    """Who asked and what was decided must not be crowded out, and a look writes nothing."""
    world = waiting()
    before = dict(world.journal_table.rows)
    for _ in range(50):
        later(world, MINUTE)
    assert world.journal_table.rows == before


def test_confirmation_of_an_older_wipe_is_not_taken_for_this_ones() -> None:
    """Exchange may show for a while how things stood before."""
    world = World([a_device()])
    older = never_wiped(account=LONG_AGO, last_sync_at=NOW - HOUR)
    world.exchange.states[GUID] = older
    world.order(WIPE)
    world.exchange.states[GUID] = older
    operation = later(world)
    assert (operation.state, operation.acknowledged_at) == (State.WAITING, None)


def test_confirmation_of_the_other_kind_of_wipe_does_not_count() -> None:
    """Somebody else may have requested that one."""
    world = waiting()
    now = world.exchange.states[GUID]
    whole = WipeCycle(requested_at=NOW, acknowledged_at=NOW)
    world.exchange.states[GUID] = never_wiped(device=whole, account=now.account)
    assert later(world).state is State.WAITING


def test_wipe_that_was_called_back_is_not_waited_for() -> None:
    """The order to cancel told what it did; this one says by whom it ended."""
    world = waiting()
    world.order(CANCEL)
    operation = later(world)
    assert operation.state is State.DONE
    assert operation.history[-1].note == (
        f"done, but the wipe was called back: cancel_wipe was ordered ({CANCEL.command_id}) since"
    )
    assert world.events.types == ["device.wipe_requested", "device.wipe_cancelled"]
    assert operation.repairs == ""


def test_order_to_cancel_is_left_to_its_own_message() -> None:
    """A look while it waits in the queue neither carries it out nor gives up waiting."""
    world = waiting()
    world.accept(CANCEL)
    assert later(world).state is State.WAITING
    assert world.exchange.applied == []
    world.order(CANCEL)
    assert "called back" in later(world).history[-1].note


def test_order_to_cancel_that_came_too_late_changes_nothing() -> None:
    """The device was told, and will confirm."""
    world = waiting()
    world.exchange.states[GUID] = never_wiped(account=TOLD)
    with pytest.raises(Rejected, match="too late"):
        world.order(CANCEL)
    assert later(world).state is State.WAITING
    world.exchange.confirm()
    assert later(world).acknowledged_at == world.clock() - SETTLE


def test_wipe_that_somebody_withdrew_in_exchange_is_told_as_such() -> None:
    """Whoever follows the events must not wait for a word that will never come."""
    world = waiting()
    world.exchange.states[GUID] = never_wiped()
    operation = later(world)
    assert operation.state is State.DONE
    assert "somebody withdrew the wipe in Exchange" in operation.history[-1].note
    assert world.events.types == ["device.wipe_requested", "device.wipe_unconfirmed"]


def test_newer_order_to_wipe_is_not_taken_for_the_one_who_withdrew_this() -> None:
    """Only an order to cancel calls back."""
    world = waiting()
    world.accept(a_newer_command(action=Action.WIPE_DEVICE))
    world.exchange.states[GUID] = never_wiped()
    assert "somebody withdrew" in later(world).history[-1].note
    assert world.events.types[-1] == "device.wipe_unconfirmed"


def test_device_that_left_exchange_is_told_as_such() -> None:
    """Its partnership was removed; whether it was wiped before, nobody can know."""
    world = waiting()
    world.exchange.devices = []
    operation = later(world)
    assert operation.state is State.DONE
    assert "Exchange no longer has this device" in operation.history[-1].note
    assert world.events.types[-1] == "device.wipe_unconfirmed"


@pytest.mark.parametrize("gone", [True, False])
def test_request_that_cannot_be_seen_yet_is_not_taken_for_withdrawn(*, gone: bool) -> None:
    """Reads may lag behind the request for a while."""
    world = waiting()
    devices, state = world.exchange.devices, world.exchange.states[GUID]
    world.exchange.devices = [] if gone else devices
    world.exchange.states[GUID] = never_wiped()
    assert later(world, SETTLE - timedelta(seconds=1)).state is State.WAITING
    world.exchange.devices, world.exchange.states[GUID] = devices, state
    world.exchange.confirm()
    assert later(world).acknowledged_at is not None


def test_newer_report_does_not_end_the_wait() -> None:
    """The phone was found, and is wiped all the same: its word still matters."""
    world = World([a_device()])
    world.report(LOST)
    world.clock.advance(MINUTE)
    world.report(a_newer_signal(posture=Posture.COMPLIANT))
    assert world.exchange.device.on_allowed_list
    world.exchange.confirm()
    world.report(LOST)
    assert world.operation(LOST.signal_id).acknowledged_at is not None


def test_report_that_came_while_the_wipe_was_requested_does_not_end_the_wait_either() -> None:
    """Carrying it out is its own message's business: a wipe undoes nothing of it."""
    newer = a_newer_signal(posture=Posture.COMPLIANT)
    world = World([a_device()])
    world.exchange.before_find = lambda: _kept(world, newer)
    world.report(LOST)
    assert world.operation(LOST.signal_id).state is State.WAITING
    assert world.exchange.applied == []


def _kept(world: World, signal: object) -> None:
    world.postures.keep(signal)  # type: ignore[arg-type]  # the report of the caller


def test_newer_wipe_of_the_other_kind_does_not_end_the_wait() -> None:
    """Each waits for its own confirmation."""
    whole = a_newer_command(action=Action.WIPE_DEVICE, even_if_personal=True)
    world = waiting()
    world.clock.advance(MINUTE)
    world.order(whole)
    world.exchange.confirm()
    later(world, MINUTE)
    world.order(whole)
    for command in (WIPE, whole):
        assert world.operation(command.command_id).acknowledged_at is not None
    assert world.events.types.count("device.wipe_acknowledged") == 2


def test_wipe_that_was_under_way_is_not_waited_for_twice() -> None:
    """The second order found nothing to do."""
    again = a_newer_command(action=Action.WIPE_ACCOUNT)
    world = waiting()
    world.order(again)
    assert world.operation(again.command_id).state is State.DONE
    assert len(world.exchange.wiped) == 1


def test_exchange_that_is_down_while_we_wait_is_waited_out() -> None:
    """The record says so, and then waits for the device again."""
    world = waiting()
    world.exchange.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        later(world)
    world.exchange.down = None
    notes = [step.note for step in later(world).history]
    assert notes[-3:] == [WAITS, "Exchange is busy", WAITS]


def test_look_comes_before_patience_is_called_ended() -> None:
    """Exchange was out of reach for days, and the device confirmed long ago."""
    world = waiting()
    world.exchange.confirm()
    assert later(world, 2 * PATIENCE).acknowledged_at == NOW


def test_word_that_could_not_be_told_is_told_later_without_another_look() -> None:
    """It is on record: Exchange may have forgotten it meanwhile."""
    world = waiting()
    world.exchange.confirm()
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        later(world)
    assert world.operation(WIPE.command_id).acknowledged_at == NOW
    world.events.down = None
    world.exchange.down = Retryable("Exchange is busy")
    assert later(world).state is State.DONE
    assert world.events.types == ["device.wipe_requested", "device.wipe_acknowledged"]


def confirmed(world: World) -> None:
    """Let the device confirm."""
    world.exchange.confirm()


def withdrawn(world: World) -> None:
    """Let somebody withdraw the wipe."""
    world.exchange.states[GUID] = never_wiped()


@pytest.mark.parametrize("meanwhile", [confirmed, withdrawn])
def test_end_of_the_wait_survives_every_death(meanwhile: Callable[[World], None]) -> None:
    """It is told under one id, and closed."""
    for calls in range(1, 20):
        world = waiting()
        meanwhile(world)
        world.clock.advance(SETTLE)
        try:
            world.order(WIPE, calls)
        except Died:
            world.order(WIPE, ETERNAL)
        else:
            return
        assert world.operation(WIPE.command_id).state is State.DONE
        assert len(set(ids(world.events.sent))) == 2, calls
        assert len(world.exchange.wiped) == 1
    raise AssertionError("the story does not come to an end")
