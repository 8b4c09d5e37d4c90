"""What is held goes on by an approver's word alone, whoever writes what on our queue."""

from dataclasses import replace

import pytest

from shared import messages
from shared.devices.guard import HoldReason, spender
from shared.devices.model import Action, Command
from shared.devices.operation import State, opened_by_command
from shared.errors import Conflict, NotAllowed
from tests.unit.brake_world import STRICT
from tests.unit.builders import a_command
from tests.unit.guarded_world import (
    ANN,
    BEN,
    Fleet,
    a_release,
    device_id,
    guarded,
    ordered,
    rogue,
    seconds,
)
from tests.unit.second_thoughts import Desk

WIPE = a_command(action=Action.WIPE_DEVICE, even_if_personal=True, device_id=device_id(7))


def flooded() -> Fleet:
    """Return a fleet of which the reports about the last devices are held."""
    fleet = guarded()
    fleet.flood(5)
    return fleet


def test_a_release_that_nobody_ordered_lets_nothing_go() -> None:
    """Other systems may write to the queue, and name any approver there."""
    fleet = flooded()
    forged = replace(a_release(fleet.world), release_id=rogue(50).signal_id)
    with pytest.raises(Conflict, match="no approver has ordered"):
        fleet.release(forged)
    assert fleet.deliver() == []


@pytest.mark.parametrize(
    "change", [{"reason": None}, {"asked_by": "helpdesk:jo"}, {"approval": "ben"}]
)
def test_a_release_is_what_was_ordered(change: dict[str, str | None]) -> None:
    """Its id alone says nothing."""
    fleet = flooded()
    release = a_release(fleet.world, reason=HoldReason.BLOCKS)
    altered = {"approval": replace(release.approval, by=BEN.id)} if "approval" in change else change
    with pytest.raises(Conflict, match="no approver has ordered"):
        fleet.release(replace(release, **altered))
    assert fleet.deliver() == []


def test_a_release_does_not_close_another_operation() -> None:
    """It was given that one's id."""
    fleet = flooded()
    held = fleet.operation(4)
    release = replace(a_release(fleet.world), release_id=held.operation_id)
    with pytest.raises(Conflict, match="stands for something else"):
        fleet.world.brake().approvals().release(release, ANN)
    with pytest.raises(Conflict, match="no approver has ordered"):
        fleet.release(release)
    assert fleet.operation(4).state is State.HELD


def test_the_same_release_again_is_the_same_operation() -> None:
    """Said twice, a moment apart: what was held between the two is not meant."""
    fleet = flooded()
    release = a_release(fleet.world)
    fleet.world.clock.advance(seconds(5))
    fleet.world.report(rogue(6))
    again = replace(release, approval=replace(release.approval, at=fleet.world.clock()))
    fleet.world.brake().approvals().release(again, ANN)
    fleet.release(again)
    assert fleet.deliver() == [rogue(number).signal_id for number in (3, 4)]


def test_what_was_held_after_the_release_is_not_meant() -> None:
    """It was ordered before, and nobody had seen it among the held."""
    fleet = guarded(allowances=STRICT)
    fleet.world.journal.open(opened_by_command(WIPE, fleet.world.clock(), "person:otto"))
    fleet.world.clock.advance(seconds(5))
    release = a_release(fleet.world)
    fleet.world.clock.advance(seconds(5))
    held = ordered(fleet, WIPE, "person:otto")
    fleet.release(release)
    assert fleet.deliver() == []
    assert fleet.world.operation(held.operation_id).is_held_back


def test_what_died_restoring_another_word_meets_the_brake_when_replayed() -> None:
    """The newer word is gone by then: it is its own turn, and nobody has approved that."""
    fleet = guarded(allowances=STRICT)
    desk = Desk(fleet.world)
    _died_restoring(fleet, WIPE)
    desk.give_up(WIPE)
    desk.replay(WIPE.command_id)
    fleet.world.order(WIPE)
    held = fleet.world.operation(WIPE.command_id)
    assert (held.is_held_back, held.attempted_at) == (True, None)


def test_nobody_approves_what_they_have_had_replayed() -> None:
    """It was somebody else's order, and is theirs by now as well."""
    fleet = guarded(allowances=STRICT)
    desk = Desk(fleet.world)
    held = ordered(fleet, WIPE, "person:otto")
    fleet.world.brake().approvals().end(held, "nobody approved it")
    desk.keep(held, messages.COMMANDS, messages.write_command(WIPE))
    desk.replaying().replay(
        fleet.world.operation(held.operation_id), requested_by=ANN.name, reason="after all"
    )
    fleet.world.order(WIPE)
    approvals, held = fleet.world.brake().approvals(), fleet.world.operation(held.operation_id)
    with pytest.raises(NotAllowed, match="second person"):
        approvals.approve(held, ANN, "")
    assert approvals.approve(held, BEN, "").approval is not None


def test_an_order_in_a_senders_name_has_a_share_of_its_own() -> None:
    """Otherwise a key could use up what the MDM may do."""
    names = [("mdm:portal", ""), ("mdm:portal", "system"), ("mdm:portal", "person:ann")]
    assert len({spender(*each) for each in names}) == len(names)


def _died_restoring(fleet: Fleet, command: Command) -> None:
    clock, journal = fleet.world.clock, fleet.world.journal
    opened = journal.open(opened_by_command(command, clock(), "system"))
    restoring = replace(opened, repairs=rogue(1).signal_id)
    journal.save(restoring.stepped(State.PLANNED, "the newer one is restored", clock()))
