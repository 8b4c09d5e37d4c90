"""A second person lets what is held go on, in order; nothing is lost, whoever dies when."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.caller import SYSTEM, Caller, Role
from shared.devices.guard import HoldReason
from shared.devices.model import Action, Posture
from shared.devices.operation import State
from shared.errors import Conflict, NotAllowed, Rejected, Retryable, Unfinished
from shared.flows.approval import Approvals
from tests.unit.builders import TENANT, a_command
from tests.unit.guarded_world import (
    ANN,
    BEN,
    FEW,
    Fleet,
    a_release,
    device_id,
    guarded,
    ordered,
    rogue,
    seconds,
)
from tests.unit.world import ETERNAL, Died, Life

HELD, DONE, ABANDONED = State.HELD, State.DONE, State.ABANDONED


def approvals(fleet: Fleet, calls: int = ETERNAL) -> Approvals:
    """Return what people decide by, at a worker that dies after so many calls."""
    return fleet.world.brake(Life(calls)).approvals()


def flooded(count: int = 10) -> Fleet:
    """Return a fleet of which all reports but three are held."""
    fleet = guarded(count)
    fleet.flood(count)
    return fleet


def test_an_approved_operation_goes_on_and_is_not_held_again() -> None:
    """Its budget is as empty as it was."""
    fleet = flooded()
    approved = approvals(fleet).approve(fleet.operation(5), ANN, "it was us")
    assert approved.approval is not None
    assert (approved.state, approved.decision) == (State.WAITING, None)
    assert (approved.approval.by, approved.approval.note) == ("ann", "it was us")
    assert fleet.deliver() == [rogue(5).signal_id]
    assert fleet.blocked() == [0, 1, 2, 5]
    assert fleet.operation(5).state is DONE
    assert len(fleet.world.records.words.rows) == 6


def test_what_was_approved_is_planned_anew() -> None:
    """The device has been blocked meanwhile, by somebody else."""
    fleet = flooded()
    approvals(fleet).approve(fleet.operation(5), ANN, "")
    device = fleet.world.exchange.devices[5]
    fleet.world.exchange.devices[5] = replace(device, on_blocked_list=True)
    fleet.deliver()
    decision = fleet.operation(5).decision
    assert decision is not None
    assert decision.action is None
    assert fleet.world.events.types[-1] == "operation.settled"


def test_a_newer_word_overrules_what_was_approved() -> None:
    """What the MDM says since stands."""
    fleet = flooded()
    fresh = replace(
        rogue(50),
        device_id=device_id(5),
        posture=Posture.COMPLIANT,
        occurred_at=fleet.world.clock(),
    )
    fleet.world.report(fresh)
    approvals(fleet).approve(fleet.operation(5), ANN, "")
    fleet.deliver()
    assert fleet.world.exchange.devices[5].on_allowed_list
    assert "since" in fleet.operation(5).history[-1].note


def test_whoever_ordered_it_cannot_approve_it() -> None:
    """Nor somebody of the name that the order carries; nor a system, nor without the role."""
    fleet = guarded()
    order = a_command(
        action=Action.WIPE_DEVICE,
        even_if_personal=True,
        device_id=device_id(0),
        requested_by="Cleo",
    )
    held = ordered(fleet, order, "person:ann")
    desk = approvals(fleet)
    operator = replace(BEN, roles=frozenset({Role.OPERATOR}))
    for caller in (ANN, replace(BEN, name="cleo"), SYSTEM, operator):
        with pytest.raises(NotAllowed):
            desk.approve(held, caller, "")
        with pytest.raises(NotAllowed):
            desk.refuse(held, caller, "")
    assert desk.approve(held, BEN, "").approval is not None
    fleet.deliver()
    assert len(fleet.world.exchange.wiped) == 1


def test_a_refused_operation_ends_and_is_in_force_no_more() -> None:
    """Nobody can approve it afterwards."""
    fleet = flooded()
    refused = approvals(fleet).refuse(fleet.operation(5), BEN, "a stolen secret")
    assert (refused.state, refused.lacks_approval) == (ABANDONED, True)
    assert refused.refusal is not None
    assert (refused.refusal.by, refused.history[-1].note) == (
        "ben",
        "refused by Ben: a stolen secret",
    )
    assert fleet.world.events.types[-2:] == ["operation.abandoned", "operation.settled"]
    with pytest.raises(Conflict, match="abandoned"):
        approvals(fleet).approve(refused, ANN, "")
    fleet.world.report(rogue(5))
    assert 5 not in fleet.blocked()
    assert len(fleet.world.records.words.rows) == 6


def test_an_approval_survives_a_death_at_any_call() -> None:
    """Whoever repeats it, or the clock, brings it to its end; the word goes on."""
    for calls in range(1, 8):
        fleet = flooded(5)
        held = fleet.operation(4)
        with suppress(Died):
            approvals(fleet, calls).approve(held, ANN, "")
        is_approved = fleet.operation(4).approval is not None
        fleet.world.brake().look()  # a quarter of an hour later
        fleet.deliver()
        assert (4 in fleet.blocked()) is is_approved, calls
        approvals(fleet).approve(fleet.operation(4), ANN, "")
        fleet.deliver()
        assert 4 in fleet.blocked()
        assert len(fleet.world.records.words.rows) == 1


def test_an_order_is_called_back_before_it_has_begun() -> None:
    """Held, or still on its queue; it then overrules nothing."""
    fleet = guarded()
    held = ordered(
        fleet, a_command(action=Action.WIPE_DEVICE, even_if_personal=True, device_id=device_id(0))
    )
    waiting = a_command(command_id=rogue(99).signal_id, device_id=device_id(1))
    fleet.world.accept(waiting)
    nobody = Caller(kind=SYSTEM.kind, id="", name="", roles=SYSTEM.roles)
    for operation in (held, fleet.world.operation(waiting.command_id)):
        ended = approvals(fleet).cancel(operation, nobody, "a mistake")
        assert (ended.state, ended.history[-1].note) == (
            ABANDONED,
            "called back by system: a mistake",
        )
    fleet.world.order(waiting)
    assert fleet.blocked() == []
    assert fleet.world.records.words.rows == {}
    assert fleet.world.orders.known(TENANT, waiting.mailbox, device_id=device_id(1)) == []


def test_what_has_begun_or_was_reported_is_not_called_back() -> None:
    """An order that is done is undone, and a report refused."""
    fleet = flooded()
    with pytest.raises(Rejected, match="only an order"):
        approvals(fleet).cancel(fleet.operation(5), ANN, "")
    done = ordered(fleet, a_command(action=Action.ALLOW, device_id=device_id(0)))
    with pytest.raises(Conflict, match="too late"):
        approvals(fleet).cancel(done, ANN, "")


def test_all_that_is_held_is_released_in_the_order_of_its_arrival() -> None:
    """Many at once, by one order."""
    fleet = flooded(60)
    release = a_release(fleet.world)
    approvals(fleet).release(release, ANN)
    assert fleet.world.records.queue.releases == [release]
    fleet.release(release)
    assert fleet.deliver() == [rogue(number).signal_id for number in range(3, 60)]
    assert fleet.blocked() == list(range(60))
    assert fleet.states(60) == [DONE] * 60
    operation = fleet.world.operation(release.release_id)
    assert operation.altered is not None
    assert operation.altered.after == {"released": 57}


def test_a_release_survives_every_death_and_loses_nothing() -> None:
    """Each word goes on at least once; twice does no harm."""
    for first in range(1, 60, 3):
        fleet = flooded(25)
        release = a_release(fleet.world)
        fleet.release(release, first, first // 2 + 1)
        came = fleet.deliver()
        assert set(came) == {rogue(number).signal_id for number in range(3, 25)}, first
        assert fleet.blocked() == list(range(25))
        assert fleet.world.operation(release.release_id).state is DONE
        assert fleet.world.records.words.rows == {}


def test_a_large_release_pauses_and_goes_on() -> None:
    """No single handling takes for ever."""
    fleet = flooded(60)
    release = a_release(fleet.world)
    releasing = replace(fleet.world.brake().releasing(TENANT), most=20)
    with pytest.raises(Unfinished, match="32 held operations"):
        releasing.handle(release)
    with pytest.raises(Unfinished):
        releasing.handle(release)
    releasing.handle(release)
    assert len(fleet.deliver()) == 57


def test_only_what_is_meant_is_released() -> None:
    """By its reason; nothing that came since, and nothing of the approver's own."""
    fleet = flooded(6)
    own = ordered(
        fleet, a_command(action=Action.WIPE_DEVICE, even_if_personal=True, device_id=device_id(0))
    )
    release = a_release(fleet.world, reason=HoldReason.BLOCKS)
    fleet.world.clock.advance(seconds(1))
    fleet.world.report(replace(rogue(9), device_id=device_id(5)))
    fleet.release(release)
    assert fleet.deliver() == [rogue(number).signal_id for number in (3, 4, 5)]
    fleet.release(a_release(fleet.world, number=78))
    assert fleet.deliver() == [rogue(9).signal_id]
    assert fleet.world.operation(own.operation_id).is_held_back


def test_what_nobody_approves_expires_with_a_report() -> None:
    """After a week, not before; each is abandoned and told."""
    fleet = flooded(5)
    fleet.world.clock.advance(timedelta(days=6, hours=23))
    fleet.world.brake().look()
    assert fleet.states(5) == [DONE] * 3 + [HELD] * 2
    fleet.world.clock.advance(timedelta(hours=2))
    fleet.world.brake().look()
    assert fleet.states(5) == [DONE] * 3 + [ABANDONED] * 2
    told = fleet.world.events.sent[-1]
    assert told.type == "easgate.operation.abandoned.v1"
    assert str(told.data["reason"]).startswith("nobody approved it in 7 days")
    assert fleet.world.records.words.rows == {}


def test_expiry_survives_a_death_at_any_call() -> None:
    """The next look goes on."""
    for calls in range(1, 12):
        fleet = flooded(5)
        fleet.world.clock.advance(timedelta(days=8))
        with suppress(Died, Retryable):
            fleet.world.brake(Life(calls)).look()
        fleet.world.brake().look()
        fleet.world.brake().look()
        assert fleet.states(5) == [DONE] * 3 + [ABANDONED] * 2, calls
        assert fleet.world.records.words.rows == {}


def test_the_brake_is_as_tight_as_it_was_after_a_release() -> None:
    """What was approved did not count, and gives nobody else room."""
    fleet = guarded(20, FEW)
    fleet.flood(8)
    release = a_release(fleet.world)
    fleet.release(release)
    fleet.deliver()
    fleet.world.report(rogue(15))
    assert fleet.operation(15).is_held_back
