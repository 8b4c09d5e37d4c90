"""What cannot be carried out is recorded and announced, and touches no other order."""

from dataclasses import replace

import pytest

from shared.devices import decide
from shared.devices.model import Action
from shared.devices.operation import Operation, State, opened_by_command
from shared.errors import Contended, Retryable
from shared.events import catalogue
from shared.flows import abandoned
from shared.records.journal import Journal
from tests.unit.builders import NOW, a_command, a_device, never_wiped
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


def test_reason_is_saved_before_it_is_announced() -> None:
    """With the event topic down for good, whoever looks the operation up still finds it."""
    world = World([])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        give_up(world, opened_by_command(a_command(), NOW))
    assert world.operation(a_command().command_id).history[-1].note == "no such mailbox"


class Raced(Journal):
    """Another worker moves each operation right after it was opened here."""

    def open(self, operation: Operation) -> Operation:
        """Return what was stored before the other worker came."""
        opened = super().open(operation)
        self.save(opened.stepped(State.PLANNED, "somebody is on it", NOW))
        return opened


def test_operation_another_worker_is_on_is_not_given_up() -> None:
    """Nothing is announced: the other may well carry it out."""
    world = World([a_device()])
    world.journal = Raced(world.journal_table)
    with pytest.raises(Contended):
        give_up(world, opened_by_command(a_command(), NOW))
    assert world.events.sent == []
    assert world.operation(a_command().command_id).history[-1].note == "somebody is on it"


@pytest.mark.parametrize("action", [Action.BLOCK, Action.REMOVE, Action.WIPE_ACCOUNT])
def test_what_was_done_but_not_told_is_told_and_done(action: Action) -> None:
    """Only the telling failed, for a week: to call it given up would be a lie."""
    world = World([a_device()])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        world.order(a_command(action=action))
    world.events.down = None
    for _ in range(2):
        give_up(world, opened_by_command(a_command(action=action), NOW))

    event = world.events.sent[0]
    assert event == catalogue.device_changed(world.operation(a_command().command_id))
    assert "operation.abandoned" not in world.events.types
    assert world.operation(a_command().command_id).state is State.DONE


def attempted(*, acted: bool) -> Operation:
    """Return an operation that was about to wipe, or has wiped."""
    decision = decide.erase(
        Action.WIPE_ACCOUNT, device=a_device(), state=never_wiped(), why="ordered"
    )
    opened = opened_by_command(a_command(action=Action.WIPE_ACCOUNT), NOW)
    return replace(opened, decision=decision, attempted_at=NOW, acted_at=NOW if acted else None)


def test_wipe_of_unknown_outcome_is_given_up_as_such() -> None:
    """Whoever reads it must look at the device; in the journal and in the event."""
    world = World([a_device()])
    world.journal.open(attempted(acted=False))
    given_up = give_up(world, attempted(acted=False))
    told = "whether the wipe was requested is not known, look at the device; no such mailbox"
    assert given_up.state is State.ABANDONED
    assert given_up.history[-1].note == world.events.sent[0].data["reason"] == told


def test_wipe_that_was_requested_is_not_given_up() -> None:
    """It is told instead, and that its device was not seen to confirm it."""
    world = World([a_device()])
    world.journal.open(attempted(acted=True))
    closed = give_up(world, attempted(acted=True))
    assert world.events.types == ["device.wipe_requested", "device.wipe_unconfirmed"]
    told = "done, but the device was not seen to confirm the wipe: no such mailbox"
    assert (closed.state, closed.history[-1].note) == (State.DONE, told)
    assert world.events.sent[-1].data["reason"] == told


def test_wipe_that_was_confirmed_is_told_so_late() -> None:
    """Only the telling failed."""
    world = World([a_device()])
    world.journal.open(replace(attempted(acted=True), acknowledged_at=NOW))
    closed = give_up(world, attempted(acted=True))
    assert world.events.types == ["device.wipe_requested", "device.wipe_acknowledged"]
    assert "the device confirmed" in closed.history[-1].note


def test_warning_of_a_wipe_survives_a_long_reason() -> None:
    """Exchange's texts are long; ours matters more."""
    world = World([a_device()])
    asked = world.journal.open(attempted(acted=False))
    abandoned.give_up(
        asked, "x" * 400, journal=world.journal, events=world.events, clock=world.clock
    )
    assert "is not known" in str(world.events.sent[0].data["reason"])
