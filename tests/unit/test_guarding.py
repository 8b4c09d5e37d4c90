"""What goes beyond the budgets is held, whole, and told; nothing gets round the brake."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.guard import HoldReason
from shared.devices.model import Action, Concern, Posture
from shared.devices.operation import State
from shared.errors import Retryable
from tests.unit.brake_world import STRICT
from tests.unit.builders import NOW, TENANT, a_command, a_device, a_newer_signal, a_signal
from tests.unit.guarded_world import FEW, Fleet, device_id, guarded, ordered, rogue, seconds
from tests.unit.world import ETERNAL, Died, World

HELD, DONE = State.HELD, State.DONE


def test_a_flood_stops_at_the_budget() -> None:
    """Correctly signed, every single one; the devices after it are left alone."""
    fleet = guarded()
    fleet.flood(10)
    assert fleet.blocked() == [0, 1, 2]
    assert fleet.states(10) == [DONE] * 3 + [HELD] * 7
    hold = fleet.operation(3).hold
    assert hold is not None
    assert hold.reason is HoldReason.BLOCKS
    assert hold.says.startswith("3 blocks of this tenant an hour need no approval")
    assert fleet.world.events.types.count("operation.held") == 7
    assert fleet.world.events.sent[-1].data["hold"] == "budget.blocks"


def test_what_is_held_does_not_go_on_by_itself_when_the_hour_is_over() -> None:
    """Whoever comes next has room again."""
    fleet = guarded()
    fleet.flood(5)
    fleet.world.clock.advance(timedelta(hours=2))
    fleet.world.report(rogue(4))
    fleet.world.report(rogue(7))
    assert fleet.states(5) == [DONE] * 3 + [HELD] * 2
    assert fleet.blocked() == [0, 1, 2, 7]


def test_one_sender_has_a_share_of_the_fleet_and_another_one_its_own() -> None:
    """A stolen secret does not stop the other MDM; twenty devices are the least."""
    fleet = guarded(60, replace(STRICT, blocks=1000))
    fleet.flood(30)
    assert len(fleet.blocked()) == 20
    hold = fleet.operation(25).hold
    assert hold is not None
    assert hold.reason is HoldReason.SHARE
    fleet.world.report(replace(rogue(40), sender="other"))
    assert 40 in fleet.blocked()


def test_the_share_grows_with_the_devices_that_the_inventory_knows() -> None:
    """A tenth of 300."""
    fleet = guarded(60, replace(STRICT, blocks=1000))
    fleet.world.records.fleet = 600  # rows: each device, and its mailbox
    fleet.flood(40)
    assert len(fleet.blocked()) == 30


def test_what_changes_nothing_costs_nothing() -> None:
    """A device that is blocked already is reported again and again."""
    fleet = guarded()
    for number in range(6):
        fleet.world.report(replace(rogue(0), signal_id=rogue(number).signal_id))
    assert fleet.states(6) == [DONE] * 6
    assert fleet.world.events.types.count("operation.held") == 0


def test_a_wipe_waits_while_the_budget_cannot_be_read() -> None:
    """And is not done."""
    fleet = guarded()
    fleet.world.records.budgets.down = Retryable("storage is busy")
    with pytest.raises(Retryable, match="busy"):
        fleet.world.report(rogue(0, Posture.LOST))
    assert fleet.world.exchange.wiped == []
    fleet.world.records.budgets.down = None
    fleet.world.report(rogue(0, Posture.LOST))
    assert len(fleet.world.exchange.wiped) == 1


def test_without_a_budget_for_wipes_none_is_requested() -> None:
    """None at all, by whomever."""
    fleet = guarded(allowances=replace(FEW, wipes=0))
    fleet.world.report(rogue(0, Posture.LOST))
    assert (fleet.operation(0).state, fleet.world.exchange.wiped) == (HELD, [])


@pytest.mark.parametrize(
    ("action", "even_if_personal", "is_held"),
    [
        (Action.WIPE_DEVICE, True, True),
        (Action.WIPE_ACCOUNT, True, True),
        (Action.WIPE_ACCOUNT, False, False),
        (Action.BLOCK, False, False),
    ],
)
def test_the_gravest_orders_need_a_second_person(
    action: Action, *, even_if_personal: bool, is_held: bool
) -> None:
    """Whatever the budgets are; and no other order does."""
    fleet = guarded()
    command = a_command(action=action, device_id=device_id(0), even_if_personal=even_if_personal)
    operation = ordered(fleet, command)
    assert operation.is_held_back is is_held
    if operation.hold:
        assert operation.hold.reason is HoldReason.APPROVAL
        assert operation.decision is not None  # what would be done can be looked at


def test_a_held_order_overrules_nothing_meanwhile() -> None:
    """An older one that was waiting for it goes on."""
    fleet = guarded(allowances=replace(FEW, blocks=0))
    older = a_command(action=Action.ALLOW, device_id=device_id(0), command_id=rogue(98).signal_id)
    newer = a_command(device_id=device_id(0))
    fleet.world.accept(older)
    fleet.world.clock.advance(seconds(1))
    assert ordered(fleet, newer).is_held_back
    standing = fleet.world.orders.newest(
        TENANT, newer.mailbox, device_id=newer.device_id, concern=Concern.ACCESS
    )
    assert standing is not None
    assert standing.command_id == older.command_id
    fleet.world.order(older)
    assert fleet.world.exchange.devices[0].on_allowed_list


def test_an_older_report_does_not_carry_out_a_held_newer_one() -> None:
    """It would restore the newer word as its own second step: behind the approver's back."""
    world = World([a_device()], allowances=replace(FEW, blocks=0))
    compliant = a_signal(posture=Posture.COMPLIANT)
    world.exchange.before_apply = lambda: world.report(a_newer_signal(posture=Posture.RETIRED))
    world.report(compliant)
    assert world.exchange.device.on_allowed_list
    assert not world.exchange.device.on_blocked_list
    assert world.operation(a_newer_signal().signal_id).is_held_back


def test_a_held_report_does_not_hide_what_came_between() -> None:
    """An order, or a report, that is newer than ours and was carried out."""
    world = World([a_device()], allowances=replace(FEW, blocks=0))
    first = a_signal(posture=Posture.NONCOMPLIANT, occurred_at=NOW - timedelta(hours=3))
    between = a_newer_signal(posture=Posture.COMPLIANT, occurred_at=NOW - timedelta(hours=2))
    rogue_one = a_signal(signal_id=rogue(1).signal_id, posture=Posture.RETIRED, occurred_at=NOW)
    for signal in (between, rogue_one):
        world.report(signal)
    assert world.operation(rogue_one.signal_id).is_held_back
    world.allowances = FEW
    world.report(first)
    assert world.exchange.device.on_allowed_list
    assert (
        "compliant was reported by portal since"
        in world.operation(first.signal_id).history[-1].note
    )


def test_what_an_older_report_restores_counts_as_the_newer_ones_own() -> None:
    """Once, and only while there is room."""
    world = World([a_device()], allowances=replace(FEW, blocks=1))
    newer = a_newer_signal(posture=Posture.RETIRED)

    def meanwhile() -> None:
        with pytest.raises(Died):
            world.report(newer, 5)  # known as the newest, and no further

    world.exchange.before_apply = meanwhile
    world.report(a_signal(posture=Posture.COMPLIANT))
    world.report(newer)
    assert world.exchange.device.on_blocked_list
    spent = next(
        str(row["spent"]) for key, row in world.records.budgets.rows.items() if "spent" in key[1]
    )
    assert spent.endswith(":1}")


def run_flood(fleet: Fleet, calls: int) -> None:
    """Handle the report that is one too many; the worker dies after so many calls."""
    fleet.world.report(rogue(3), calls)


def test_a_report_that_is_held_survives_every_pair_of_deaths() -> None:
    """It is held, its message is kept, and it was told under one id; nothing was done."""
    calls = 0
    for first in range(1, 40):
        for second in (1, 2, 3, 5, 8, first):
            fleet = guarded()
            fleet.flood(3)
            died = 0
            for lived in (first, second):
                try:
                    run_flood(fleet, lived)
                except Died:
                    died += 1
            run_flood(fleet, ETERNAL)
            calls = max(calls, first * died // 2)
            assert fleet.operation(3).is_held_back
            assert fleet.blocked() == [0, 1, 2]
            assert len(fleet.world.records.words.rows) == 1
            held = [each for each in fleet.world.events.sent if each.type.endswith("held.v1")]
            assert len({each.id for each in held}) == 1
    assert calls > 8


def test_a_report_within_the_budget_is_charged_once_however_often_workers_die() -> None:
    """At any call: the others find exactly the room that is left."""
    for calls in range(1, 30):
        fleet = guarded(4)
        with suppress(Died):
            fleet.world.report(rogue(0), calls)
        fleet.world.redeliver(lambda fleet=fleet: fleet.world.report(rogue(0)))  # type: ignore[misc]
        for number in (1, 2, 3):
            fleet.world.report(rogue(number))
        assert fleet.blocked() == [0, 1, 2], calls


def test_looking_ahead_tells_what_would_be_held_and_counts_nothing() -> None:
    """As often as a plan is looked at."""
    fleet = guarded()
    fleet.flood(3)
    guard = fleet.world.brake().guard(TENANT)
    done = fleet.operation(2)
    new = replace(done, operation_id=rogue(9).signal_id)
    foreseen = guard.foresee(new)
    assert foreseen is not None
    assert foreseen.reason is HoldReason.BLOCKS
    assert guard.foresee(done) is None  # it is counted already
