"""An overruled operation leaves the device alone, unless an attempt of its own may have acted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Action, Device
from shared.devices.operation import State, opened_by_command
from shared.errors import Contended, Rejected, Retryable
from shared.flows import abandoned
from tests.unit.builders import (
    ALLOW_BY_DEFAULT,
    NOW,
    a_command,
    a_device,
    a_newer_command,
    a_newer_signal,
    a_signal,
    blocked,
)
from tests.unit.stand_ins import raising
from tests.unit.world import ETERNAL, Died, World

OLD, NEW = a_command(), a_newer_command()


def dying_over_it(calls: int) -> World:
    """Let a newer order be carried out while the old one's worker writes, and then dies."""
    world = World([a_device()])
    world.exchange.before_apply = lambda: world.order(NEW)
    world.accept(OLD)
    try:
        world.order(OLD, calls)
    except Died:
        return world
    raise AssertionError("the worker outlived it")


def written_and_forgotten() -> tuple[World, int]:
    """Return how things stand when the old word was written last and nothing tells of it."""
    for calls in range(1, 20):
        world = dying_over_it(calls)
        if world.exchange.applied == [Action.ALLOW, Action.BLOCK]:
            return world, calls
    raise AssertionError("nothing was written")


def test_repair_is_recorded_and_announced_as_its_own() -> None:
    """Whoever follows the events, or the journal, must learn of it."""
    world, _ = written_and_forgotten()
    assert world.operation(OLD.command_id).acted_at is None
    assert world.exchange.device.on_blocked_list

    world.order(OLD)

    assert world.exchange.device.on_allowed_list
    operation = world.operation(OLD.command_id)
    assert operation.state is State.DONE
    assert operation.decision is not None
    assert operation.decision.action is Action.ALLOW
    event = world.events.sent[-1]
    assert (event.data["operation_id"], event.data["action"]) == (OLD.command_id, "allow")
    before, after = event.data["before"], event.data["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["on_blocked_list"], after["on_blocked_list"]) == (True, False)


@pytest.mark.parametrize("down", [Retryable("the event topic is busy")])
def test_repair_that_could_not_be_told_is_told_later(down: Retryable) -> None:
    """It is recorded as done; only the announcement is left."""
    world, _ = written_and_forgotten()
    world.events.down = down
    with pytest.raises(Retryable):
        world.order(OLD)
    world.events.down = None
    world.order(OLD)
    assert world.events.sent[-1].data["operation_id"] == OLD.command_id
    assert world.exchange.applied == [Action.ALLOW, Action.BLOCK, Action.ALLOW]
    assert world.operation(OLD.command_id).state is State.DONE


def test_repair_survives_every_death() -> None:
    """Decided once, written down: a worker that dies over the repair does not silence it."""
    for calls in range(1, 20):
        world, _ = written_and_forgotten()
        try:
            world.order(OLD, calls)
        except (Died, Retryable):
            world.redeliver(lambda world=world: world.order(OLD))  # type: ignore[misc]
        assert world.exchange.device.on_allowed_list
        assert world.events.sent[-1].data["operation_id"] == OLD.command_id, calls


@pytest.mark.parametrize("device", [a_device(), blocked()])
def test_order_that_never_came_to_act_repairs_nothing(device: Device) -> None:
    """The newer order is its own message's business."""
    world = World([device])
    world.exchange.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        world.order(OLD)
    world.exchange.down = None
    world.accept(NEW)
    world.settle(NEW, OLD)
    newer = [each.data["operation_id"] for each in world.events.sent]
    assert newer == [NEW.command_id]


def test_report_that_never_came_to_act_repairs_nothing() -> None:
    """As above."""
    world = World([blocked()])
    world.postures.keep(a_newer_signal(posture=NEW_POSTURE))
    world.report(a_signal())
    assert (world.exchange.applied, world.events.sent) == ([], [])


NEW_POSTURE = a_newer_signal().posture


def test_order_that_decided_to_do_nothing_repairs_nothing() -> None:
    """It cannot have written."""
    world = World([blocked()])
    with pytest.raises(Died):
        world.order(OLD, 4)
    operation = world.operation(OLD.command_id)
    assert operation.decision is not None
    assert operation.decision.action is None
    assert not operation.is_finished
    world.accept(NEW)
    world.settle(NEW, OLD)
    assert [each.data["operation_id"] for each in world.events.sent] == [NEW.command_id]
    assert world.operation(OLD.command_id).history[-1].note.startswith("nothing done: allow")


def test_overruled_order_with_nothing_to_repair_is_closed_in_silence() -> None:
    """The newer order came last after all."""
    world, _ = written_and_forgotten()
    world.exchange.devices = [replace(world.exchange.device, on_allowed_list=True)]
    world.exchange.devices = [replace(world.exchange.device, on_blocked_list=False)]
    told = len(world.events.sent)
    world.redeliver(lambda: world.order(OLD))
    assert len(world.events.sent) == told
    assert world.operation(OLD.command_id).history[-1].note.startswith("nothing done: allow")


def test_newer_order_that_is_refused_does_not_give_up_the_older_one_in_its_place() -> None:
    """Whoever ordered a block must not read that a quarantine would not hold."""
    world, _ = written_and_forgotten()
    world.exchange.policy = ALLOW_BY_DEFAULT
    newest = a_newer_command(
        command_id="55555555-0000-4000-8000-000000000005", action=Action.QUARANTINE
    )
    world.accept(newest)
    with pytest.raises(Rejected):
        world.order(newest)
    world.order(OLD)


def test_failure_does_not_reopen_what_another_worker_has_finished() -> None:
    """Done stays done, given up stays given up, whatever a slower worker runs into."""
    world = World([a_device()])

    def meanwhile() -> None:
        world.report(a_signal(), ETERNAL)
        raise Retryable("Exchange is busy")

    world.exchange.before_find = meanwhile
    with pytest.raises(Retryable):
        world.report(a_signal())
    assert world.operation(a_signal().signal_id).state is State.DONE


STORIES: list[Callable[[World], None]] = [
    lambda world: world.order(OLD),
    lambda world: world.report(a_signal()),
]


@pytest.mark.parametrize("story", STORIES)
def test_what_was_done_is_told_although_a_newer_order_came_before_it_could_be(
    story: Callable[[World], None],
) -> None:
    """An order's late telling, and a report's: neither becomes 'nothing done'."""
    world = World([a_device()])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        story(world)
    world.events.down = None
    world.clock.advance(timedelta(minutes=1))
    world.order(NEW)
    story(world)
    assert [event.data["action"] for event in world.events.sent] == ["allow", "block"]
    assert world.exchange.device.on_allowed_list


def test_worker_that_is_overtaken_leaves_the_others_record_as_it_is() -> None:
    """Also while the other is still on it."""
    world = World([a_device()])

    def planned_meanwhile() -> None:
        with pytest.raises(Died):
            world.order(OLD, 5)

    world.exchange.before_find = planned_meanwhile
    with pytest.raises(Contended):
        world.order(OLD)
    operation = world.operation(OLD.command_id)
    assert operation.state is State.PLANNED
    assert operation.history[-1].note.startswith("block: ")


def test_repair_that_is_given_up_says_nothing_of_the_wipe_before_it() -> None:
    """Of that it is known that it was requested."""
    wipe = a_command(action=Action.WIPE_ACCOUNT)
    cancel = a_newer_command(action=Action.CANCEL_WIPE)
    world = World([a_device()])
    world.accept(wipe)
    world.exchange.before_find = lambda: world.order(cancel)
    world.exchange.before_apply = raising(Retryable("Exchange is busy"))  # type: ignore[assignment]
    with pytest.raises(Retryable):
        world.order(wipe)
    abandoned.give_up(
        opened_by_command(wipe, NOW),
        "given up",
        journal=world.journal,
        events=world.events,
        clock=world.clock,
    )
    assert world.events.types == ["device.wipe_requested", "operation.abandoned"]
    assert world.events.sent[-1].data["reason"] == "given up"
