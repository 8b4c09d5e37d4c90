"""A worker may die after any of its calls: the next delivery brings the story to its end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Action, Device, Posture, WipeCycle
from shared.devices.operation import State
from shared.errors import Retryable
from tests.unit.builders import (
    GUID,
    NOW,
    a_command,
    a_device,
    a_newer_command,
    a_newer_signal,
    a_signal,
    allowed,
    never_wiped,
)
from tests.unit.stand_ins import ids
from tests.unit.world import ETERNAL, SETTLE, Died, World

WIPE = a_command(action=Action.WIPE_ACCOUNT)
LOST = a_signal(posture=Posture.LOST)


def report(world: World, calls: int) -> None:
    """Handle a report that leads to a block."""
    world.report(a_signal(), calls)


def report_lost(world: World, calls: int) -> None:
    """Handle a report that leads to a wipe."""
    world.report(LOST, calls)


def order_block(world: World, calls: int) -> None:
    """Handle an order to block."""
    world.order(a_command(), calls)


def order_wipe(world: World, calls: int) -> None:
    """Handle an order to wipe."""
    world.order(WIPE, calls)


Story = Callable[[World, int], None]
BLOCKS = [(report, a_signal().signal_id), (order_block, a_command().command_id)]
WIPES = [(report_lost, LOST.signal_id), (order_wipe, WIPE.command_id)]
OLD_WIPE = WipeCycle(requested_at=NOW - timedelta(days=3), acknowledged_at=NOW - timedelta(days=2))
WIPED_LONG_AGO = never_wiped(account=OLD_WIPE, last_sync_at=NOW - timedelta(days=1))


def calls_in(story: Story, device: Device) -> int:
    """Return how many calls an undisturbed run makes."""
    for calls in range(1, 100):
        try:
            story(World([device]), calls)
        except Died:
            continue
        return calls - 1
    raise AssertionError("the story does not come to an end")


def run_through_deaths(world: World, story: Story, *deaths: int) -> None:
    """Let one worker after another die, then deliver until the story ends."""
    for calls in deaths:
        try:
            story(world, calls)
        except (Died, Retryable):
            continue
    world.redeliver(lambda: story(world, ETERNAL))


@pytest.mark.parametrize(("story", "operation_id"), BLOCKS)
def test_a_block_survives_every_pair_of_deaths(story: Story, operation_id: str) -> None:
    """The device is blocked, the event was sent under one id, the journal says done."""
    last = calls_in(story, allowed())
    assert last >= 7
    for first in range(1, last + 1):
        for second in range(1, last + 1):
            world = World([allowed()])
            run_through_deaths(world, story, first, second)

            assert world.exchange.device.on_blocked_list
            assert not world.exchange.device.on_allowed_list
            assert set(world.events.types) == {"device.access_changed"}
            assert len(set(ids(world.events.sent))) == 1
            assert world.operation(operation_id).state is State.DONE


@pytest.mark.parametrize("read_lag", [timedelta(), SETTLE - timedelta(seconds=1)])
@pytest.mark.parametrize("before", [never_wiped(), WIPED_LONG_AGO])
@pytest.mark.parametrize(("story", "operation_id"), WIPES)
def test_a_wipe_survives_every_pair_of_deaths_and_is_requested_once(
    story: Story, operation_id: str, before: object, read_lag: timedelta
) -> None:
    """Even where reads lag behind writes, Exchange gets exactly one request."""
    last = calls_in(story, a_device())
    assert last >= 9
    for first in range(1, last + 1):
        for second in range(1, last + 1):
            world = World([a_device()])
            assert isinstance(before, type(never_wiped()))
            world.exchange.states[GUID] = before
            world.exchange.read_lag = read_lag
            run_through_deaths(world, story, first, second)

            assert len(world.exchange.wiped) == 1, (first, second)
            assert set(world.events.types) == {"device.wipe_requested", "device.wipe_acknowledged"}
            assert len(set(ids(world.events.sent))) == 2
            operation = world.operation(operation_id)
            assert operation.history[-1].note.startswith("done: the device confirmed the wipe")


def test_a_death_after_acting_is_still_announced() -> None:
    """The device is already right when the message comes again, and yet the event is sent."""
    for calls in range(1, calls_in(report, a_device()) + 1):
        world = World([a_device()])
        with pytest.raises(Died):
            report(world, calls)
        acted = bool(world.exchange.applied)
        world.redeliver(lambda world=world: report(world, ETERNAL))  # type: ignore[misc]
        if acted:
            assert world.events.types[:1] == ["device.access_changed"]
            return
    raise AssertionError("no run died after acting")


def test_wipe_of_unknown_outcome_waits_before_it_looks_back() -> None:
    """Right after the attempt a look back proves nothing, so nothing is sent."""
    world = World([a_device()])
    with pytest.raises(Died):
        world.order(WIPE, _calls_until_wiped())
    world.exchange.states.clear()  # the request is not to be seen
    world.clock.advance(timedelta(seconds=30))

    with pytest.raises(Retryable) as raised:
        world.order(WIPE)

    assert raised.value.after == SETTLE - timedelta(seconds=30)
    assert len(world.exchange.wiped) == 1


def test_wipe_that_never_landed_is_sent_again_after_the_wait() -> None:
    """A request that died on its way is not lost either."""
    world = World([a_device()])
    with pytest.raises(Died):
        world.order(WIPE, _calls_until_wiped())
    world.exchange.states.clear()  # it was never taken
    world.clock.advance(SETTLE)

    world.redeliver(lambda: world.order(WIPE))

    assert len(world.exchange.wiped) == 2
    assert world.operation(WIPE.command_id).state is State.DONE


def _calls_until_wiped() -> int:
    """Return after how many calls the wipe has just been requested."""
    for calls in range(1, 100):
        world = World([a_device()])
        with pytest.raises(Died):
            world.order(WIPE, calls)
        if world.exchange.wiped:
            return calls
    raise AssertionError("nothing was wiped")


def test_old_block_written_by_a_dying_worker_does_not_outlive_a_newer_report() -> None:
    """Handled meanwhile, then overwritten, then forgotten: the newer report must stand."""
    for calls in range(1, calls_in(report, a_device()) + 1):
        world = World([a_device()])
        world.exchange.before_apply = lambda world=world: world.report(  # type: ignore[misc]
            a_newer_signal(posture=Posture.COMPLIANT)
        )
        run_through_deaths(world, report, calls)
        assert world.exchange.device.on_allowed_list, calls


def test_wipe_requested_by_a_dying_worker_is_announced_although_a_newer_report_came() -> None:
    """What was requested at Exchange is told, whatever the MDM says since."""
    for calls in range(1, calls_in(report_lost, a_device()) + 1):
        world = World([a_device()])
        with pytest.raises(Died):
            report_lost(world, calls)
        world.report(a_newer_signal(posture=Posture.COMPLIANT))
        world.redeliver(lambda world=world: world.report(LOST))  # type: ignore[misc]

        told = "device.wipe_requested" in world.events.types
        assert told == bool(world.exchange.wiped), calls


def test_old_order_written_by_a_dying_worker_does_not_outlive_a_newer_order() -> None:
    """Two deaths in a row, at any calls: the newer order stands, and both are closed."""
    newer = a_newer_command()
    last = calls_in(order_block, a_device())
    for first in range(1, last + 1):
        for second in range(1, last + 1):
            world = World([a_device()])
            world.exchange.before_apply = lambda world=world: world.order(newer)  # type: ignore[misc]
            world.accept(a_command())
            run_through_deaths(world, order_block, first, second)
            world.order(newer)

            assert world.exchange.device.on_allowed_list, (first, second)
            for command in (a_command(), newer):
                assert world.operation(command.command_id).state is State.DONE


def test_wipe_of_a_dying_worker_that_was_called_back_is_not_pending() -> None:
    """Wherever it died, and although its message comes again after it was called back."""
    cancel = a_newer_command(action=Action.CANCEL_WIPE)
    for calls in range(1, calls_in(order_wipe, a_device()) + 1):
        world = World([a_device()])
        world.accept(WIPE)
        with pytest.raises(Died):
            order_wipe(world, calls)
        world.clock.advance(timedelta(seconds=1))
        world.accept(cancel)
        world.order(cancel)
        world.redeliver(lambda world=world: world.order(WIPE))  # type: ignore[misc]

        assert not world.exchange.states.get(GUID, never_wiped()).account.is_pending, calls
        assert len(world.exchange.wiped) <= 1
        assert world.operation(WIPE.command_id).state is State.DONE


@pytest.mark.parametrize("action", [Action.WIPE_ACCOUNT, Action.WIPE_DEVICE])
def test_wipe_is_known_to_be_requested_before_anything_else_can_fail(action: Action) -> None:
    """The device cannot be read back: what was done is on record all the same, and is told."""
    world = World([a_device()])
    command = a_command(action=action, even_if_personal=True)
    world.exchange.down_after_wipe = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        world.order(command)
    operation = world.operation(command.command_id)
    assert (operation.acted_at, operation.after) == (NOW, None)
    assert any(step.note.endswith(" done") for step in operation.history)

    world.exchange.down = None
    world.exchange.states.clear()  # a look back would prove nothing; it is not needed
    world.order(command)
    operation = world.operation(command.command_id)
    assert len(world.exchange.wiped) == 1
    assert (operation.state, operation.after) == (State.WAITING, world.exchange.device)
    assert world.events.types == ["device.wipe_requested"]
    assert world.events.sent[0].data["after"] is not None


def test_builders_do_not_share_state() -> None:
    """Two worlds are two worlds."""
    one, other = World([a_device()]), World([a_device()])
    one.report(a_signal())
    assert other.exchange.device == replace(a_device())
