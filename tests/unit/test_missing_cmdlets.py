"""An action that the app may not carry out in Exchange waits before anything is done about it."""

from collections.abc import Callable

import pytest

from shared.devices.model import Action, Posture
from shared.devices.operation import State
from shared.errors import Misconfigured
from tests.unit.builders import a_command, a_device, a_newer_signal, a_signal, blocked
from tests.unit.world import World

WIPE = a_command(action=Action.WIPE_ACCOUNT)
LOST = a_signal(posture=Posture.LOST)
STORIES: list[tuple[Callable[[World], None], str]] = [
    (lambda world: world.order(WIPE), WIPE.command_id),
    (lambda world: world.report(LOST), LOST.signal_id),
]


@pytest.mark.parametrize(("story", "operation_id"), STORIES)
def test_action_without_its_cmdlet_waits_and_then_goes_on_by_itself(
    story: Callable[[World], None], operation_id: str
) -> None:
    """Nothing is decided for good meanwhile, and the record says what to do."""
    world = World([a_device()])
    world.exchange.lacks = {"wipe_account": "Clear-MobileDevice"}
    with pytest.raises(Misconfigured):
        story(world)
    waiting = world.operation(operation_id)
    assert (waiting.state, waiting.decision, waiting.attempted_at) == (State.WAITING, None, None)
    assert waiting.history[-1].note == "wipe_account needs Clear-MobileDevice"
    assert world.exchange.wiped == []

    world.exchange.lacks = {}
    story(world)
    assert [each.action for each in world.exchange.wiped] == [Action.WIPE_ACCOUNT]


def test_what_is_so_already_needs_no_cmdlet() -> None:
    """There is nothing to carry out."""
    world = World([blocked()])
    world.exchange.lacks = {"block": "Set-CASMailbox"}
    world.order(a_command())
    assert world.operation(a_command().command_id).state is State.DONE


def test_newer_word_that_is_not_ours_to_repeat_keeps_nobody_waiting() -> None:
    """Its own message waits, and says what is missing."""
    world = World([a_device()])
    world.exchange.lacks = {"wipe_account": "Clear-MobileDevice"}
    newer = a_newer_signal(posture=Posture.LOST)

    def kept_meanwhile() -> None:
        world.postures.keep(newer)

    world.exchange.before_apply = kept_meanwhile
    world.report(a_signal())
    assert world.operation(a_signal().signal_id).state is State.DONE
    assert world.exchange.applied == [Action.BLOCK]
