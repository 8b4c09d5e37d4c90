"""Of two words about one device the newer one stands, whoever comes to it first."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessState,
    Action,
    Command,
    Posture,
    Signal,
    Trust,
    WipeCycle,
)
from shared.devices.operation import State
from shared.errors import Conflict, Misconfigured, Rejected, Retryable
from tests.unit.builders import (
    GUID,
    NOW,
    a_command,
    a_device,
    a_newer_command,
    a_signal,
    blocked,
    never_wiped,
)
from tests.unit.stand_ins import ids
from tests.unit.world import World

MINUTE = timedelta(minutes=1)
COMPLIANT, LOST = Posture.COMPLIANT, Posture.LOST
OLD, NEW = a_command(), a_newer_command()
WIPE = a_command(action=Action.WIPE_DEVICE, even_if_personal=True)
CANCEL = a_newer_command(action=Action.CANCEL_WIPE)


def accepted(world: World, *commands: Command) -> World:
    """Take orders in, one a minute."""
    for command in commands:
        world.accept(command)
        world.clock.advance(MINUTE)
    return world


def last_note(world: World, operation_id: str) -> str:
    """Return the last line of an operation's history."""
    return world.operation(operation_id).history[-1].note


def test_older_order_that_waited_does_nothing() -> None:
    """It lets the newer one go first, and then has nothing to do."""
    world = accepted(World([a_device()]), OLD, NEW)
    with pytest.raises(Retryable, match="goes first"):
        world.order(OLD)
    assert (world.exchange.applied, world.events.sent) == ([], [])
    world.settle(NEW, OLD)
    assert world.operation(OLD.command_id).state is State.DONE
    assert last_note(world, OLD.command_id) == (
        f"nothing done: allow was ordered ({NEW.command_id}) since"
    )
    assert world.exchange.device.on_allowed_list
    assert world.events.types == ["device.access_changed"]


def test_order_on_the_queue_alone_counts_from_when_it_is_first_seen() -> None:
    """Others may write to the queue without asking us; the last one there stands."""
    world = World([a_device()])
    world.order(OLD)
    world.clock.advance(MINUTE)
    world.order(NEW)
    assert world.exchange.device.on_allowed_list
    world.clock.advance(MINUTE)
    world.order(OLD)
    assert world.exchange.device.on_allowed_list


def test_order_sent_again_does_not_become_newer() -> None:
    """What counts is when it was stored first."""
    world = accepted(World([a_device()]), OLD, NEW, OLD)
    for command in (NEW, OLD):
        world.order(command)
    assert world.exchange.applied == [Action.ALLOW]


def test_of_two_orders_of_one_moment_every_worker_prefers_the_same() -> None:
    """Whatever their order, the device ends in one state."""
    for order in ((OLD, NEW), (NEW, OLD)):
        world = World([a_device()])
        for command in (OLD, NEW):
            world.accept(command)
        world.settle(*order)
        assert world.exchange.device.on_allowed_list


def test_wipe_that_was_called_back_while_it_waited_is_not_sent() -> None:
    """The phone was found before its mailbox could be reached."""
    world = accepted(World([a_device()]), WIPE)
    world.exchange.down = Misconfigured("no role group")
    with pytest.raises(Misconfigured):
        world.order(WIPE)
    world.exchange.down = None
    accepted(world, CANCEL)
    world.settle(WIPE, CANCEL)
    assert (world.exchange.wiped, world.events.sent) == ([], [])
    assert "cancel_wipe was ordered" in last_note(world, WIPE.command_id)
    assert world.operation(CANCEL.command_id).state is State.DONE


ACCESS = [Action.ALLOW, Action.BLOCK, Action.QUARANTINE, Action.CLEAR]
CONCERNS = [ACCESS, [Action.WIPE_DEVICE, Action.WIPE_ACCOUNT, Action.CANCEL_WIPE], [Action.REMOVE]]
PAIRS = [
    (older, newer, ours is others)
    for ours in CONCERNS
    for others in CONCERNS
    for older in ours
    for newer in others
    if older is not Action.CANCEL_WIPE  # with nothing to cancel it would do nothing anyway
]


@pytest.mark.parametrize(("older", "newer", "is_overruled"), PAIRS)
def test_order_is_overruled_by_one_of_its_own_concern_only(
    older: Action, newer: Action, *, is_overruled: bool
) -> None:
    """A wipe does not lift a block, nor the other way round."""
    device = blocked(on_allowed_list=True)  # on both lists: every order has something to do
    old = a_command(action=older, even_if_personal=True)
    world = accepted(World([device]), old, a_newer_command(action=newer))
    with suppress(Retryable):
        world.order(old)  # it lets the newer one go first
    did_nothing = not world.exchange.applied and not world.exchange.wiped
    assert did_nothing is is_overruled


@pytest.mark.parametrize("elsewhere", [{"mailbox": "eve@contoso.com"}, {"device_id": "OTHER"}])
def test_order_about_another_device_does_not_count(elsewhere: dict[str, object]) -> None:
    """One phone, two mailboxes; one mailbox, two phones."""
    world = accepted(World([a_device()]), OLD, a_newer_command(**elsewhere))
    world.order(OLD)
    assert world.exchange.device.on_blocked_list


def test_device_of_an_order_is_known_without_regard_to_case() -> None:
    """Exchange does not regard it either."""
    shouted = a_newer_command(mailbox=OLD.mailbox.upper(), device_id=OLD.device_id.lower())
    world = accepted(World([a_device()]), OLD, shouted)
    with pytest.raises(Retryable, match="goes first"):
        world.order(OLD)
    assert world.exchange.applied == []


@pytest.mark.parametrize(
    ("older", "newer", "access"),
    [
        (Action.BLOCK, Action.ALLOW, AccessState.ALLOWED),
        (Action.ALLOW, Action.BLOCK, AccessState.BLOCKED),
        (Action.ALLOW, Action.QUARANTINE, AccessState.QUARANTINED),
        (Action.BLOCK, Action.CLEAR, AccessState.QUARANTINED),
    ],
)
@pytest.mark.parametrize("is_carried_out", [True, False])
def test_newer_order_given_while_we_act_is_restored(
    older: Action, newer: Action, access: AccessState, *, is_carried_out: bool
) -> None:
    """Our write came last but our word is old; the last event tells how the device stands."""
    old, new = a_command(action=older), a_newer_command(action=newer)
    world = accepted(World([a_device()]), old)

    def meanwhile() -> None:
        accepted(world, new)
        if is_carried_out:
            world.order(new)

    world.exchange.before_apply = meanwhile
    world.order(old)
    assert world.exchange.device.access is access
    assert world.operation(old.command_id).repairs == new.command_id
    after = world.events.sent[-1].data["after"]
    assert isinstance(after, dict)
    assert after["access_state"] is access
    # Two changes by one operation are two events: a consumer must not drop the second.
    assert len(set(ids(world.events.sent))) == len(world.events.sent)
    world.order(new)
    assert world.exchange.device.access is access
    assert {world.operation(each.command_id).state for each in (old, new)} == {State.DONE}


def called_back_on_its_way() -> World:
    """Return how things stand when a wipe was called back just before it was requested."""
    world = accepted(World([a_device()]), WIPE)
    # It was found to be the newest order already: only a look after the deed can find the next.
    world.exchange.before_find = lambda: _carried_out(world, CANCEL)
    world.order(WIPE)
    return world


def _given(world: World, command: Command) -> None:
    accepted(world, command)


def _carried_out(world: World, command: Command) -> None:
    accepted(world, command)
    world.order(command)


def test_wipe_requested_after_it_was_called_back_is_called_back() -> None:
    """The order to cancel found nothing to cancel, and is done; so we have to look."""
    world = called_back_on_its_way()
    assert len(world.exchange.wiped) == 1
    assert world.exchange.states[GUID] == never_wiped()
    assert world.operation(WIPE.command_id).state is State.DONE


def test_wipe_called_back_in_another_orders_place_is_announced_as_called_back() -> None:
    """Whoever follows the events must not wait for a wipe that will never come."""
    assert called_back_on_its_way().events.types[-1] == "device.wipe_cancelled"


def test_newer_wipe_is_not_repeated_in_its_place() -> None:
    """It is its own order's to request, once."""
    newer = a_newer_command(action=Action.WIPE_DEVICE, even_if_personal=True)
    world = World([a_device()])
    world.exchange.states[GUID] = never_wiped(device=WipeCycle(requested_at=NOW))
    cancel = a_command(action=Action.CANCEL_WIPE)
    accepted(world, cancel)
    world.exchange.before_apply = lambda: _given(world, newer)
    world.order(cancel)
    assert world.exchange.wiped == []
    world.order(newer)
    assert len(world.exchange.wiped) == 1


REPORTS = [
    (a_signal(), NEW, True),
    (a_signal(posture=COMPLIANT), a_newer_command(action=Action.BLOCK), True),
    (a_signal(posture=LOST), a_newer_command(action=Action.WIPE_DEVICE), True),
    (a_signal(posture=LOST), CANCEL, True),
    (a_signal(), CANCEL, False),
    (a_signal(posture=LOST), NEW, False),
    # Of a sender that may only tighten access, this too is no more than a block.
    (a_signal(posture=LOST, trust=Trust.TIGHTEN), NEW, True),
    (a_signal(posture=LOST, trust=Trust.TIGHTEN), CANCEL, False),
    (a_signal(), a_newer_command(action=Action.REMOVE), False),
]


@pytest.mark.parametrize(("signal", "command", "is_about_it"), REPORTS)
@pytest.mark.parametrize("later", [-MINUTE, timedelta(), MINUTE])
def test_report_older_than_an_order_does_nothing(
    signal: Signal, command: Command, later: timedelta, *, is_about_it: bool
) -> None:
    """What was seen before somebody gave an order; a newer report acts."""
    world = World([blocked(on_allowed_list=True)])
    command = replace(command, even_if_personal=True)
    world.accept(command)
    world.clock.advance(2 * MINUTE)
    dated = replace(signal, occurred_at=NOW + later)
    is_overruled = is_about_it and later < timedelta()
    if is_overruled:
        with pytest.raises(Retryable, match="goes first"):
            world.report(dated)
        world.order(command)
    before = len(world.exchange.applied) + len(world.exchange.wiped)
    world.report(dated)

    acted = len(world.exchange.applied) + len(world.exchange.wiped) > before
    assert acted is not is_overruled
    waits = bool(world.exchange.wiped) and not is_overruled
    assert world.operation(dated.signal_id).state is (State.WAITING if waits else State.DONE)
    if is_overruled:
        assert last_note(world, dated.signal_id) == f"nothing done: {said(command)} since"


def said(command: Command) -> str:
    """Return what the journal calls an order."""
    return f"{command.action} was ordered ({command.command_id})"


def test_report_newer_than_an_order_is_not_undone_by_looking_back() -> None:
    """The order stays the newest order, but not the newest word."""
    world = World([a_device()])
    world.order(NEW)
    world.clock.advance(2 * MINUTE)
    world.report(a_signal(occurred_at=NOW + MINUTE))
    assert world.exchange.device.on_blocked_list


def test_order_given_while_a_report_is_carried_out_is_restored() -> None:
    """The report was seen before; whoever acts last looks last."""
    world = World([a_device()])
    world.exchange.before_apply = lambda: _carried_out(world, NEW)
    world.report(a_signal())
    assert world.exchange.device.on_allowed_list


def test_report_from_the_future_counts_from_when_it_came() -> None:
    """Also one that somebody put on the queue: it must not outrank all that are to come."""
    future = a_signal(occurred_at=NOW + timedelta(days=3650))
    for later in (NEW, None):
        world = World([a_device()])
        world.exchange.down = Retryable("Exchange is busy")
        with pytest.raises(Retryable):
            world.report(future)
        world.exchange.down = None
        world.clock.advance(MINUTE)
        if later:
            world.order(later)
        else:
            world.report(
                a_signal(
                    signal_id="22222222-0000-4000-8000-000000000002",
                    posture=COMPLIANT,
                    occurred_at=NOW + MINUTE,
                )
            )
        world.clock.advance(MINUTE)
        world.report(future)
        assert world.exchange.applied == [Action.ALLOW]


@pytest.mark.parametrize(
    "changes", [{"posture": COMPLIANT}, {"mailbox": "eve@contoso.com"}, {"device_id": "OTHER"}]
)
def test_signal_id_of_another_report_is_refused(changes: dict[str, object]) -> None:
    """An id stands for one report; the first one stands as it was."""
    world = World([a_device(), a_device(mailbox="eve@contoso.com", guid="2")])
    world.report(a_signal())
    before = world.operation(a_signal().signal_id)
    with pytest.raises(Conflict, match="already stands for something else"):
        world.report(a_signal(**changes))
    assert world.operation(a_signal().signal_id) == before
    assert world.exchange.applied == [Action.BLOCK]


def test_older_order_is_not_swallowed_by_a_newer_one_that_cannot_be_carried_out() -> None:
    """Quarantine would not hold here: then the block that came before it does."""
    block = a_command(action=Action.BLOCK)
    hopeless = a_newer_command(action=Action.QUARANTINE)
    world = accepted(World([a_device()]), block, hopeless)
    world.exchange.policy = AccessPolicy(default=AccessLevel.ALLOW)
    with pytest.raises(Retryable, match="goes first"):
        world.order(block)
    with pytest.raises(Rejected, match="would not hold"):
        world.order(hopeless)
    world.order(block)
    assert world.exchange.device.on_blocked_list
