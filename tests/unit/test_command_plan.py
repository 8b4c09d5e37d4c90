"""Plan first: what an order would do is told, and nothing else is done with that plan in hand."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.guard import Hold, HoldReason
from shared.devices.model import Action, Posture
from shared.devices.operation import State
from shared.errors import Conflict, Misconfigured, Retryable
from tests.unit.builders import (
    ALLOW_BY_DEFAULT,
    NOW,
    a_command,
    a_device,
    a_newer_command,
    a_newer_signal,
    a_signal,
    allowed,
    blocked,
)
from tests.unit.second_thoughts import Desk
from tests.unit.world import Died, World

BLOCK = a_command()
ACTS = tuple(action for action in Action if action is not Action.CANCEL_WIPE)


@pytest.fixture
def desk() -> Desk:
    return Desk(World([allowed()]))


@pytest.mark.parametrize("action", ACTS)
def test_plan_is_what_the_order_then_does(action: Action) -> None:
    """One decision, taken in the same way; the plan itself changes and stores nothing."""
    desk = Desk(World([allowed()]))
    command = a_command(action=action, even_if_personal=True)
    plan = desk.planning().plan(command)
    assert (desk.world.exchange.applied, desk.world.exchange.wiped) == ([], [])
    assert desk.world.journal_table.rows == {}
    assert desk.queue.commands == []

    desk.world.redeliver(lambda: desk.world.order(replace(command, plan_hash=plan.plan_hash)))

    (would,) = plan.would
    decision = desk.world.operation(command.command_id).decision
    assert decision is not None
    assert (would.action, would.reason) == (decision.action, decision.reason)
    assert (would.before, would.mailbox) == (decision.device, decision.device.mailbox)
    assert (plan.cannot, plan.needs_approval, plan.over_budget) == ("", False, None)


def test_plan_says_why_nothing_would_be_done(desk: Desk) -> None:
    """It stands so already."""
    (would,) = desk.planning().plan(a_command(action=Action.ALLOW)).would
    assert would.action is None
    assert would.reason.endswith("already on the allowed list")


@pytest.mark.parametrize(
    ("spoil", "command", "why"),
    [
        (lambda world: world.exchange.devices.clear(), BLOCK, "has no device"),
        (
            lambda world: setattr(world.exchange, "policy", ALLOW_BY_DEFAULT),
            a_command(action=Action.QUARANTINE),
            "would not hold",
        ),
        (
            lambda world: world.exchange.lacks.update(block="Set-CASMailbox"),
            BLOCK,
            "Set-CASMailbox",
        ),
    ],
)
def test_plan_says_what_cannot_be_done(
    desk: Desk, spoil: Callable[[World], None], command: object, why: str
) -> None:
    """That is an answer, too."""
    spoil(desk.world)
    assert isinstance(command, type(BLOCK))
    plan = desk.planning().plan(command)
    assert plan.would == ()
    assert why in plan.cannot


def test_plan_that_cannot_be_made_now_is_no_plan(desk: Desk) -> None:
    """Nobody is told that it cannot be done because Exchange is busy."""
    desk.world.exchange.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        desk.planning().plan(BLOCK)


@pytest.mark.parametrize(
    ("reason", "budget"),
    [(HoldReason.APPROVAL, None), (HoldReason.BLOCKS, HoldReason.BLOCKS)],
)
def test_plan_tells_what_the_order_would_wait_for(
    desk: Desk, reason: HoldReason, budget: HoldReason | None
) -> None:
    """Unless it comes to nothing."""
    desk.would_hold = Hold(reason=reason, says="ask somebody", since=NOW)
    plan = desk.planning().plan(BLOCK)
    assert (plan.needs_approval, plan.over_budget) == (True, budget)
    assert desk.planning().plan(a_command(action=Action.ALLOW)).hold is None


def order_allow(world: World) -> None:
    """Let somebody else's order come in between."""
    world.order(a_newer_command(action=Action.CLEAR))


def report_lost(world: World) -> None:
    """Let an MDM report something, which is not carried out yet."""
    world.postures.keep(a_signal(posture=Posture.LOST))


SPOILS: list[tuple[str, Callable[[World], None]]] = [
    ("lists", lambda world: world.exchange.devices.__setitem__(0, a_device())),
    ("the device", lambda world: world.exchange.devices.__setitem__(0, allowed(guid="new"))),
    ("ordered for it", order_allow),
    ("reported", report_lost),
]


@pytest.mark.parametrize(("named", "spoil"), SPOILS)
def test_order_is_refused_where_its_plan_no_longer_holds(
    desk: Desk, named: str, spoil: Callable[[World], None]
) -> None:
    """At once; and if it is on its way already, right before anything is done."""
    command = desk.planned(BLOCK)
    desk.planning().require(command)
    desk.world.accept(command)
    spoil(desk.world)
    applied = list(desk.world.exchange.applied)

    with pytest.raises(Conflict, match=f"no longer holds.*{named}"):
        desk.planning().require(
            replace(command, command_id=a_newer_command().command_id[:-1] + "9")
        )
    if named == "ordered for it":
        return  # the newer order overrules it anyway
    with pytest.raises(Conflict, match=f"no longer holds.*{named}"):
        desk.world.order(command)
    assert desk.world.exchange.applied == applied


def test_plan_is_checked_again_after_a_wait(desk: Desk) -> None:
    """What is written down is done only if it still holds."""
    command = desk.planned(BLOCK)
    desk.world.exchange.before_apply = lambda: setattr(
        desk.world.exchange, "down", Retryable("busy")
    )
    with pytest.raises(Died):
        desk.world.order(command, 6)
    desk.world.exchange.devices[0] = a_device()
    desk.world.exchange.down = None
    desk.world.clock.advance(timedelta(minutes=5))
    with pytest.raises(Conflict, match="lists"):
        desk.world.order(command)


@pytest.mark.parametrize("moment", ["before it is sent", "on its way"])
def test_state_that_is_reached_already_is_fine(desk: Desk, moment: str) -> None:
    """Somebody else has done it: there is nothing left to do."""
    command = desk.planned(BLOCK)
    if moment == "on its way":
        desk.world.accept(command)
    desk.world.exchange.devices[0] = blocked()
    desk.planning().require(command)
    desk.world.order(command)
    assert desk.world.operation(BLOCK.command_id).state is State.DONE
    assert desk.world.exchange.applied == []


def test_order_that_is_stored_is_not_held_against_what_it_did_itself(desk: Desk) -> None:
    """Sent twice, it is one order."""
    command = desk.planned(BLOCK)
    desk.world.accept(command)
    desk.world.order(command)
    desk.world.exchange.devices[0] = a_device()
    desk.planning().require(command)
    assert desk.world.accept(command).state is State.DONE


def test_order_with_another_hash_is_another_order(desk: Desk) -> None:
    """Under one id only one of them stands."""
    desk.world.accept(desk.planned(BLOCK))
    with pytest.raises(Conflict, match="already stands"):
        desk.world.accept(BLOCK)


def test_wipe_with_a_plan_survives_every_death_and_is_requested_once() -> None:
    """What it changed itself does not void its plan."""
    for calls in range(1, 30):
        desk = Desk(World([a_device()]))
        command = desk.planned(a_command(action=Action.WIPE_ACCOUNT))
        with suppress(Died, Retryable):
            desk.world.order(command, calls)
        desk.world.redeliver(lambda desk=desk, command=command: desk.world.order(command))  # type: ignore[misc]
        assert len(desk.world.exchange.wiped) == 1, calls
        assert desk.world.operation(command.command_id).state is State.DONE


def test_missing_cmdlet_stops_the_order_too(desk: Desk) -> None:
    """At once; one that is on its way waits until that is mended."""
    command = desk.planned(BLOCK)
    desk.world.exchange.lacks["block"] = "Set-CASMailbox"
    with pytest.raises(Conflict, match=r"no longer holds.*Set-CASMailbox"):
        desk.planning().require(command)
    with pytest.raises(Misconfigured):
        desk.world.order(command)


def test_device_that_has_gone_voids_the_plan(desk: Desk) -> None:
    """It is not merely unknown: it was there when somebody looked."""
    command = desk.planned(BLOCK)
    desk.world.exchange.devices.clear()
    with pytest.raises(Conflict, match=r"no longer holds.*has no device"):
        desk.planning().require(command)


def test_reports_that_repeat_themselves_do_not_void_a_plan(desk: Desk) -> None:
    """MDMs report every few minutes."""
    desk.world.postures.keep(a_signal())
    command = desk.planned(BLOCK)
    desk.world.postures.keep(a_newer_signal())
    desk.planning().require(command)
