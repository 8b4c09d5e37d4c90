"""What cannot be carried out is recorded and announced, and touches no other order."""

import pytest

from shared.devices.model import Action
from shared.devices.operation import Operation, State, opened_by_command
from shared.errors import Retryable
from shared.flows import abandoned
from tests.unit.builders import NOW, a_command, a_device
from tests.unit.stand_ins import ids
from tests.unit.world import World


def give_up(world: World, asked: Operation) -> Operation:
    """Give an operation up."""
    return abandoned.give_up(
        asked, "no such mailbox", journal=world.journal, events=world.events, clock=world.clock
    )


def test_given_up_operation_is_recorded_and_announced_with_its_reason() -> None:
    """Nothing dies silently."""
    world = World([])
    give_up(world, opened_by_command(a_command(), NOW))

    operation = world.operation(a_command().command_id)
    assert (operation.state, operation.history[-1].note) == (State.ABANDONED, "no such mailbox")
    assert world.events.types == ["operation.abandoned"]
    assert world.events.sent[0].data["reason"] == "no such mailbox"


def test_giving_up_twice_is_told_once() -> None:
    """A message delivered again finds its end."""
    world = World([])
    for _ in range(2):
        give_up(world, opened_by_command(a_command(), NOW))
    assert len(world.events.sent) == 1


def test_conflicting_order_does_not_close_the_other_one() -> None:
    """The order whose id was used first goes on; the second is given up under an id of its own."""
    world = World([a_device()])
    other = a_command(action=Action.WIPE_DEVICE)
    world.journal.open(opened_by_command(a_command(), NOW))

    given_up = give_up(world, opened_by_command(other, NOW))

    assert world.operation(a_command().command_id).state is State.WAITING
    assert given_up.operation_id != a_command().command_id
    assert world.operation(given_up.operation_id).asked == "wipe_device"
    assert world.events.sent[0].data["operation_id"] == given_up.operation_id
    world.order(a_command())
    assert world.exchange.device.on_blocked_list


def test_conflicting_order_given_up_twice_is_told_once() -> None:
    """Its own id is the same every time."""
    world = World([a_device()])
    world.journal.open(opened_by_command(a_command(), NOW))
    for _ in range(2):
        give_up(world, opened_by_command(a_command(action=Action.REMOVE), NOW))
    assert len(world.events.sent) == 1


def test_finished_operation_is_not_given_up() -> None:
    """What is done stays done."""
    world = World([a_device()])
    world.order(a_command())
    give_up(world, opened_by_command(a_command(), NOW))
    assert world.operation(a_command().command_id).state is State.DONE
    assert world.events.types == ["device.access_changed"]


def test_operation_is_not_closed_before_it_is_announced() -> None:
    """With the event topic down it stays open, and the next attempt announces it."""
    world = World([])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        give_up(world, opened_by_command(a_command(), NOW))
    assert not world.operation(a_command().command_id).is_finished

    world.events.down = None
    give_up(world, opened_by_command(a_command(), NOW))
    assert world.events.types == ["operation.abandoned"]


def test_announcement_lost_with_the_journal_is_repeated_under_one_id() -> None:
    """Announced, then storage failed: the repeat is a duplicate."""
    world = World([])
    asked = world.journal.open(opened_by_command(a_command(), NOW))
    world.events.operation_abandoned(asked.stepped(State.ABANDONED, "no such mailbox", NOW))
    give_up(world, asked)
    assert len(world.events.sent) == 2
    assert len(set(ids(world.events.sent))) == 1
