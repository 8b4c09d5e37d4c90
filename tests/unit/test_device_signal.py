"""An MDM's report: what becomes of the device, once, twice, late and in a crowd."""

from datetime import timedelta

import pytest

from shared.devices import decide
from shared.devices.model import AccessState, Action, Posture, Signal, Trust
from shared.devices.operation import State, opened_by_signal
from shared.errors import Contended, NotFound, Retryable
from tests.unit.builders import (
    NOW,
    a_device,
    a_newer_signal,
    a_signal,
    allowed,
    blocked,
)
from tests.unit.world import World

COMPLIANT, LOST = Posture.COMPLIANT, Posture.LOST


def test_report_is_planned_carried_out_recorded_and_announced() -> None:
    """The journal tells the whole story, with the device before and after."""
    world = World([a_device()])
    world.report(a_signal())

    operation = world.operation(a_signal().signal_id)
    assert world.exchange.applied == [Action.BLOCK]
    assert world.events.types == ["device.access_changed"]
    assert operation.state is State.DONE
    assert operation.before == a_device()
    assert operation.after == world.exchange.device
    assert operation.acted_at == NOW
    assert [step.note for step in operation.history] == [
        "portal reports noncompliant",
        "block: reported noncompliant",
        "block done",
        "looked back",
        "done",
    ]


def test_second_delivery_is_silent() -> None:
    """A message delivered twice acts once and is announced once."""
    world = World([a_device()])
    for _ in range(2):
        world.report(a_signal())

    assert world.exchange.applied == [Action.BLOCK]
    assert len(world.events.sent) == 1


def test_device_already_in_line_is_left_alone_and_nothing_is_announced() -> None:
    """The journal says why nothing was done."""
    world = World([blocked()])
    world.report(a_signal())

    assert world.exchange.applied == []
    assert world.events.sent == []
    assert world.operation(a_signal().signal_id).state is State.DONE


def test_late_report_changes_nothing() -> None:
    """What the MDM said last stands, in whatever order its reports arrive."""
    world = World([blocked()])
    world.report(a_newer_signal(posture=COMPLIANT))
    world.report(a_signal())

    assert world.exchange.device.on_allowed_list
    assert world.events.types == ["device.access_changed"]
    late = world.operation(a_signal().signal_id)
    assert late.state is State.DONE
    assert late.history[-1].note == "nothing done: compliant was reported by portal since"


def test_of_two_reports_of_one_moment_every_worker_prefers_the_same() -> None:
    """Whatever their order, the device ends in one state."""
    first = a_signal(posture=COMPLIANT)
    second = a_newer_signal(occurred_at=first.occurred_at)
    ends = []
    for order in ((first, second), (second, first)):
        world = World([a_device()])
        for signal in order:
            world.report(signal)
        ends.append(world.exchange.device.access)
    assert ends == [AccessState.BLOCKED, AccessState.BLOCKED]


def crowd(first: Signal, second: Signal) -> World:
    """Return how things stand when *second* is handled while *first* is on its way to Exchange."""
    world = World([a_device()])
    world.exchange.before_apply = lambda: world.report(second)
    world.report(first)
    return world


@pytest.mark.parametrize(
    ("first", "second", "access"),
    [
        (a_signal(), a_newer_signal(posture=COMPLIANT), AccessState.ALLOWED),
        (a_signal(posture=COMPLIANT), a_newer_signal(), AccessState.BLOCKED),
        (
            a_signal(posture=COMPLIANT),
            a_newer_signal(posture=Posture.RETIRED),
            AccessState.BLOCKED,
        ),
    ],
)
def test_newer_report_handled_while_we_act_is_restored(
    first: Signal, second: Signal, access: AccessState
) -> None:
    """Our write came last but our word is old: the newer report's action is taken again."""
    world = crowd(first, second)

    assert world.exchange.device.access is access
    assert world.operation(first.signal_id).state is State.DONE
    assert world.operation(second.signal_id).state is State.DONE


def test_wipe_is_not_repeated_to_restore_a_newer_report() -> None:
    """The wipe stands whatever we wrote to the lists."""
    world = crowd(a_signal(posture=COMPLIANT), a_newer_signal(posture=LOST))
    assert len(world.exchange.wiped) == 1


def test_wipe_is_left_to_the_report_that_asks_for_it() -> None:
    """It is known, but its own message has not come to it yet."""
    lost = a_newer_signal(posture=LOST)
    world = World([a_device()])
    world.exchange.before_apply = lambda: _kept(world, lost)
    world.report(a_signal(posture=COMPLIANT))
    assert world.exchange.wiped == []

    world.report(lost)
    assert len(world.exchange.wiped) == 1


def _kept(world: World, signal: Signal) -> None:
    world.postures.keep(signal)


def test_block_of_a_lost_device_is_restored_too() -> None:
    """A lost device that could only be blocked must not end up allowed."""
    lost = a_newer_signal(posture=LOST, trust=Trust.TIGHTEN)
    world = crowd(a_signal(posture=COMPLIANT), lost)
    assert world.exchange.device.access is AccessState.BLOCKED


@pytest.mark.parametrize("first", [a_signal(), a_signal(trust=Trust.TIGHTEN)])
def test_tighten_only_sender_cannot_call_off_a_block(first: Signal) -> None:
    """Its 'compliant' says nothing, so it must not make an earlier report old either."""
    world = World([a_device()])
    world.exchange.down = Retryable("Exchange is down")
    with pytest.raises(Retryable):
        world.report(first)
    world.exchange.down = None
    world.report(a_newer_signal(posture=COMPLIANT, trust=Trust.TIGHTEN, sender="unsigned"))
    world.report(first)

    assert world.exchange.device.access is AccessState.BLOCKED


def test_report_that_waits_is_announced_though_an_older_one_came_in_between() -> None:
    """The older report must not do the newer one's work in silence."""
    world = World([a_device()])
    newer = a_newer_signal()
    world.exchange.down = Retryable("Exchange is down")
    with pytest.raises(Retryable):
        world.report(newer)
    world.exchange.down = None
    world.report(a_signal(posture=COMPLIANT))
    world.report(newer)

    assert world.exchange.device.access is AccessState.BLOCKED
    assert world.events.types == ["device.access_changed"]


def test_signed_report_makes_an_unsigned_one_old_and_not_the_other_way_round() -> None:
    """What an unsigned sender says later still tightens; what it said before is old."""
    unsigned = {"trust": Trust.TIGHTEN, "sender": "unsigned"}
    world = World([a_device()])
    world.report(a_newer_signal(posture=COMPLIANT))
    world.report(a_signal(**unsigned))
    assert world.exchange.device.access is AccessState.ALLOWED
    assert world.exchange.applied == [Action.ALLOW]

    world = World([a_device()])
    world.report(a_newer_signal(**unsigned))
    world.report(a_signal(posture=COMPLIANT))
    assert world.exchange.device.access is AccessState.BLOCKED


def test_last_event_tells_how_the_device_stands() -> None:
    """Whoever follows the events must not believe what was undone right after."""
    world = crowd(a_signal(), a_newer_signal(posture=COMPLIANT))
    assert world.exchange.device.on_allowed_list
    after = world.events.sent[-1].data["after"]
    assert isinstance(after, dict)
    assert after["on_allowed_list"] is True


def test_exchange_down_leaves_the_report_waiting_with_the_reason() -> None:
    """The failure goes on to the queue; the journal says what it waits for."""
    world = World([a_device()])
    world.exchange.down = Retryable("Exchange is busy", after=timedelta(minutes=7))
    with pytest.raises(Retryable) as raised:
        world.report(a_signal())

    assert raised.value.after == timedelta(minutes=7)
    operation = world.operation(a_signal().signal_id)
    assert (operation.state, operation.history[-1].note) == (State.WAITING, "Exchange is busy")

    world.exchange.down = None
    world.report(a_signal())
    assert world.exchange.device.on_blocked_list


def test_event_topic_down_does_not_repeat_what_was_done() -> None:
    """The change is recorded as done; only the announcement is left for the next delivery."""
    world = World([a_device()])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        world.report(a_signal())
    world.events.down = None
    world.report(a_signal())

    assert world.exchange.applied == [Action.BLOCK]
    assert world.events.types == ["device.access_changed"]
    assert world.operation(a_signal().signal_id).state is State.DONE


def test_operation_another_worker_moved_is_left_to_it() -> None:
    """Two workers on one message: the second goes back to the queue and writes nothing."""
    world = World([a_device()])

    def duplicate() -> None:
        with pytest.raises(Contended):
            world.report(a_signal())

    world.exchange.before_apply = duplicate
    world.report(a_signal())

    assert world.operation(a_signal().signal_id).state is State.DONE
    assert world.exchange.applied == [Action.BLOCK]
    assert len(world.events.sent) == 1


def test_unknown_device_is_told_as_such() -> None:
    """Giving up is the trigger's business; the story only says why."""
    world = World([])
    with pytest.raises(NotFound):
        world.report(a_signal())
    assert world.operation(a_signal().signal_id).decision is None


def test_device_gone_after_we_acted_is_no_failure() -> None:
    """What we did is done; there is only no 'after' to show."""
    world = World([allowed()])
    steps = world.steps()
    opened = world.journal.open(opened_by_signal(a_signal(), NOW))
    planned = steps.plan(opened, decide.block(allowed(), "reported noncompliant"))
    world.exchange.devices = []

    steps.finish(planned, lambda: None)

    acted = world.operation(a_signal().signal_id)
    assert (acted.acted_at, acted.after) == (NOW, None)
