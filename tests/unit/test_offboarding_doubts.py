"""What nobody can see at the moment is not taken for over: the phone may yet hear of its wipe."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.devices.model import Action, Device, WipeCycle, WipeState
from shared.devices.offboarding_words import NOT_CONFIRMED, WIPE_STANDS, WIPE_UNKNOWN
from shared.devices.tenant_change import TenantCommand
from shared.errors import Failure, HeldBack, Misconfigured, NotPermitted, Rejected, Retryable
from shared.flows import device_command
from tests.unit.builders import DEVICE_ID, GUID, NOW, a_command, never_wiped
from tests.unit.guarded_world import ANN
from tests.unit.offboarding_world import Case, leaves, lost
from tests.unit.test_offboarding_guarded import approve, strict

TROUBLES = [NotPermitted("a cmdlet is missing"), Rejected("Exchange says no")]
NAMES = ["not permitted", "refused"]
SHORT = {"acknowledgement_hours": 2, "disable_sign_in": True}


def fails(failure: Failure) -> Callable[..., WipeState]:
    """Return a call that does nothing else."""

    def call(*_: object) -> WipeState:
        raise failure

    return call


def deliver_once(case: Case, command: TenantCommand) -> None:
    """Deliver the message, and leave it at that."""
    try:
        case.steps().handle(command)
    except (Retryable, Misconfigured):
        case.clock.advance(timedelta(minutes=5))


@pytest.mark.parametrize("failure", TROUBLES, ids=NAMES)
def test_the_sign_in_stays_while_nobody_can_see_whether_the_wipe_is_confirmed(
    failure: Failure,
) -> None:
    """Not even trouble that lasts shortens the time that the phone has."""
    case, command = Case(), lost(**SHORT)
    deliver_once(case, command)
    sees, case.exchange.wipe_state = case.exchange.wipe_state, fails(failure)  # type: ignore[method-assign]  # a stand-in's
    for _ in range(6):
        deliver_once(case, command)
    assert (case.directory.revoked, case.directory.person.is_enabled) == (0, True)

    case.exchange.wipe_state = sees  # type: ignore[method-assign]  # as before
    case.deliver(command)
    assert case.outcomes(command)["acknowledgement"] == "done"


@pytest.mark.parametrize("failure", TROUBLES, ids=NAMES)
def test_what_nobody_could_see_is_timed_out_once_the_time_is_over(failure: Failure) -> None:
    case, command = Case(), lost(**SHORT)
    deliver_once(case, command)
    case.exchange.wipe_state = fails(failure)  # type: ignore[method-assign]  # a stand-in's
    case.deliver(command, confirms=False)
    assert case.outcomes(command)["acknowledgement"] == "timed out"
    assert case.outcomes(command)["sign_in"] == "done"
    assert case.clock() - NOW >= timedelta(hours=2)


def test_a_wipe_whose_answer_was_lost_is_not_said_never_to_have_been_requested() -> None:
    case, command = Case(), lost(**SHORT)
    wipes = case.exchange.wipe

    def wipe(decision: object) -> None:
        wipes(decision)  # type: ignore[arg-type]  # as it came
        raise Retryable("the answer was lost")

    case.exchange.wipe = wipe  # type: ignore[method-assign]  # a stand-in's
    deliver_once(case, command)
    case.exchange.wipe_state = fails(NotPermitted("missing"))  # type: ignore[method-assign]  # likewise
    for _ in range(6):
        deliver_once(case, command)
    assert (case.directory.revoked, case.directory.person.is_enabled) == (0, True)

    case.deliver(command, confirms=False)
    steps = case.report(command)["devices"][0]["steps"]
    assert steps["acknowledgement"]["outcome"] == "timed out"
    assert steps["acknowledgement"]["says"] == WIPE_UNKNOWN
    assert case.exchange.devices != [], "with the partnership the wipe would be gone"
    assert NOT_CONFIRMED in case.report(command)["uncertain"]


def test_a_wipe_that_somebody_has_called_back_is_not_said_to_stand() -> None:
    case, command = Case(), lost(acknowledgement_hours=3)
    deliver_once(case, command)
    case.exchange.states[GUID] = never_wiped()
    case.deliver(command, confirms=False)
    removal = case.report(command)["devices"][0]["steps"]["removal"]
    assert removal["says"] != WIPE_STANDS
    assert (removal["outcome"], case.exchange.devices) == ("done", [])


def test_a_wipe_of_either_kind_keeps_the_partnership() -> None:
    """Somebody else has asked for the whole phone meanwhile."""
    case, command = Case(), lost(acknowledgement_hours=3)
    deliver_once(case, command)
    case.exchange.states[GUID] = never_wiped(device=WipeCycle(requested_at=case.clock()))
    case.deliver(command, confirms=False)
    assert case.report(command)["devices"][0]["steps"]["removal"]["says"] == WIPE_STANDS


def test_nobody_can_take_the_id_of_a_step_beforehand() -> None:
    """Held there as an order of its own, it would keep the phone from being wiped."""
    case = strict()
    command = lost(wipe="device", even_if_personal=True, disable_sign_in=True)
    case.deliver(command)
    told = f"{command.command_id}|{DEVICE_ID.casefold()}|{Action.WIPE_DEVICE}"
    taken = a_command(
        command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told)),
        action=Action.WIPE_DEVICE,
        even_if_personal=True,
    )
    world = case.world
    with pytest.raises(HeldBack):
        device_command.handle(
            taken, orders=world.orders, postures=world.postures, steps=world.steps()
        )
    approve(case, command)
    assert len(case.exchange.wiped) == 1


def test_trouble_from_before_the_approval_does_not_use_up_the_patience() -> None:
    case, command = strict(blocks=0), lost(**SHORT)
    finds = case.exchange.find

    def find(mailbox: str, device_id: str) -> Device:
        del mailbox, device_id
        raise Retryable("Exchange is busy")

    case.exchange.find = find  # type: ignore[method-assign]  # a stand-in's
    deliver_once(case, command)
    case.exchange.find = finds  # type: ignore[method-assign]  # as before
    case.deliver(command)
    case.clock.advance(timedelta(hours=30))
    case.world.brake().approvals().approve(case.operation(command), ANN, "seen")

    case.exchange.find = find  # type: ignore[method-assign]  # busy once more, for a moment
    deliver_once(case, command)
    case.exchange.find = finds  # type: ignore[method-assign]  # as before
    case.deliver(command)
    assert case.outcomes(command)["block"] == "done"
    assert len(case.exchange.wiped) == 1


def test_a_mailbox_that_turns_up_is_no_longer_said_to_be_unknown() -> None:
    case = strict()
    case.mailbox.is_there = False
    case.deliver(leaves())
    case.mailbox.is_there = True
    approve(case, leaves())
    assert not any("no mailbox" in each for each in case.report(leaves())["uncertain"])
