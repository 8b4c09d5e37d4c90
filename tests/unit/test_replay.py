"""Somebody has what was given up tried again: the same operation, once, and nothing twice."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared import messages, sender_messages
from shared.devices.guard import Approval, Hold, HoldReason
from shared.devices.kept_word import Which
from shared.devices.model import AccessLevel, Action, Command, Posture, Signal
from shared.devices.operation import State
from shared.devices.tenant_change import SetDefaultAccess
from shared.errors import Conflict, Retryable
from tests.unit.builders import (
    GUID,
    NOW,
    TENANT,
    a_command,
    a_device,
    a_newer_command,
    a_signal,
    allowed,
    never_wiped,
)
from tests.unit.second_thoughts import Desk, calls_in
from tests.unit.stand_ins import ids
from tests.unit.world import SETTLE, Died, World

BLOCK = a_command()
WIPE = a_command(action=Action.WIPE_ACCOUNT)
OPERATION_ID = BLOCK.command_id


def after_giving_up(word: Command | Signal = BLOCK) -> Desk:
    """Return a desk at which a word was given up before anything was done."""
    desk = Desk(World([allowed()]))
    if isinstance(word, Command):
        desk.world.accept(word)
    desk.give_up(word)
    return desk


def test_abandoned_order_is_carried_out_after_all() -> None:
    """Under its own id, with the line in its story that says who wanted that."""
    desk = after_giving_up()
    assert desk.replaying().standing(desk.world.operation(OPERATION_ID)).possible
    assert desk.replay(OPERATION_ID).state is State.WAITING
    desk.work()
    operation = desk.world.operation(OPERATION_ID)
    assert (operation.state, operation.replays) == (State.DONE, 1)
    assert "replayed by helpdesk:sam: mended" in [step.note for step in operation.history]
    assert desk.world.exchange.device.on_blocked_list
    assert desk.kept.find(TENANT, OPERATION_ID) is None


def test_word_goes_back_on_its_queue_as_it_was_sent() -> None:
    """Also a report's."""
    desk = after_giving_up(a_signal())
    desk.replay(a_signal().signal_id)
    ((queue, body, after),) = desk.queue.back
    assert (queue, sender_messages.read_word(body), after) == (messages.SIGNALS, a_signal(), None)


def test_twice_in_a_row_is_once() -> None:
    """And once more when it is done."""
    desk = after_giving_up()
    desk.replay(OPERATION_ID)
    assert desk.replay(OPERATION_ID).state is State.WAITING
    assert len(desk.queue.back) == 1
    desk.work()
    assert desk.replay(OPERATION_ID).state is State.DONE
    assert desk.queue.back == []


def test_what_is_given_up_again_is_tried_again_and_told_apart() -> None:
    """Each end is announced."""
    desk = after_giving_up()
    for _ in range(2):
        desk.replay(OPERATION_ID)
        desk.queue.back.clear()
        desk.give_up(BLOCK)
    assert desk.world.operation(OPERATION_ID).replays == 2
    assert len(set(ids(desk.world.events.sent))) == 3


def planned_and_not_attempted() -> Desk:
    """Return a desk at which an order was given up once it was decided what to do."""
    for calls in range(1, 30):
        desk = Desk(World([a_device()]))
        with suppress(Died):
            desk.world.order(BLOCK, calls)
        operation = desk.world.operation(OPERATION_ID)
        if operation.decision is not None:
            assert operation.attempted_at is None
            held = Hold(reason=HoldReason.BLOCKS, says="", since=NOW)
            desk.world.journal.save(replace(operation, hold=held))
            desk.give_up(BLOCK)
            return desk
    raise AssertionError("nothing was decided")


def test_it_is_planned_anew_and_asked_for_anew() -> None:
    """What was decided days ago may be wrong by now; and what was held then may pass."""
    desk = planned_and_not_attempted()
    desk.world.exchange.devices[0] = allowed()
    replayed = desk.replay(OPERATION_ID)
    assert (replayed.decision, replayed.hold) == (None, None)
    desk.work()
    assert desk.world.operation(OPERATION_ID).before == allowed()


def test_newer_order_still_overrules_it() -> None:
    """It comes at its old place among the words on its device."""
    desk = after_giving_up()
    desk.world.clock.advance(timedelta(minutes=1))
    desk.world.accept(a_newer_command())
    desk.world.order(a_newer_command())
    desk.replay(OPERATION_ID)
    desk.work()
    assert "was ordered" in desk.world.operation(OPERATION_ID).history[-1].note
    assert desk.world.exchange.device.on_allowed_list


@pytest.mark.parametrize("state", sorted(set(State) - {State.ABANDONED}))
def test_only_what_was_given_up_is_replayed(state: State) -> None:
    """The rest goes on by itself, or is done."""
    desk = Desk(World([allowed()]))
    operation = desk.world.accept(BLOCK)
    desk.world.journal.save(operation.stepped(state, "", NOW))
    with pytest.raises(Conflict, match=f"is {state}"):
        desk.replay(OPERATION_ID)


def test_what_cannot_be_replayed_says_why() -> None:
    """Nothing to read, nothing kept, refused by a person, or ended in steps of its own."""
    desk = after_giving_up()
    operation = desk.world.operation(OPERATION_ID)
    somebody = Approval(by="oid", name="Ida", at=NOW, note="no")
    unreadable = messages.asked(b"?", NOW).stepped(State.ABANDONED, "", NOW)
    level = SetDefaultAccess(level=AccessLevel.BLOCK)
    reasons = {
        "could not be read": unreadable,
        "not kept": replace(operation, operation_id="another"),
        "Ida has refused it": replace(operation, refusal=somebody),
        "order it anew": replace(operation, change=level),
    }
    for why, abandoned in reasons.items():
        assert why in desk.replaying().standing(abandoned).because
        with pytest.raises(Conflict, match=why):
            desk.replaying().replay(abandoned, requested_by="jo", reason="")


def after_a_wipe_of_unknown_outcome(*, landed: bool, four_eyes: bool) -> Desk:
    """Return a desk at which a wipe was given up after it may have been requested."""
    desk = Desk(World([a_device()]), four_eyes=four_eyes)
    for calls in range(1, 30):
        desk = Desk(World([a_device()]), four_eyes=four_eyes)
        with suppress(Died):
            desk.world.order(WIPE, calls)
        if desk.world.exchange.wiped:
            break
    if not landed:
        desk.world.exchange.states[GUID] = never_wiped()
    somebody = Approval(by="oid", name="Ida", at=NOW, note="the first attempt")
    desk.world.journal.save(replace(desk.world.operation(OPERATION_ID), approval=somebody))
    desk.give_up(WIPE)
    desk.world.clock.advance(SETTLE)
    return desk


@pytest.mark.parametrize("landed", [True, False])
def test_wipe_that_may_have_been_requested_waits_for_approval(*, landed: bool) -> None:
    """Its message waits where an approval finds it; then it is looked for before it is sent."""
    desk = after_a_wipe_of_unknown_outcome(landed=landed, four_eyes=True)
    for _ in range(2):
        held = desk.replay(OPERATION_ID)
        assert (held.is_held_back, desk.queue.back) == (True, [])
    word = desk.held.find(held)
    assert word is not None
    assert messages.read_command(word.body) == WIPE
    assert desk.world.events.types.count("operation.held") >= 1

    approval = Approval(by="oid", name="Ida", at=NOW, note="")
    desk.world.journal.save(replace(held, approval=approval).stepped(State.WAITING, "", NOW))
    desk.world.redeliver(lambda: desk.world.order(WIPE))
    assert len(desk.world.exchange.wiped) == (1 if landed else 2)
    assert desk.world.operation(OPERATION_ID).state is State.DONE


def test_wipe_that_was_requested_is_not_requested_again_where_nobody_approves() -> None:
    """The look back finds it."""
    desk = after_a_wipe_of_unknown_outcome(landed=True, four_eyes=False)
    assert desk.replay(OPERATION_ID).state is State.WAITING
    desk.work()
    assert len(desk.world.exchange.wiped) == 1


def test_replay_survives_a_death_after_every_call() -> None:
    """Asked for again, the word is on its queue, and what it asks for is done once."""

    def replayed(calls: int) -> None:
        after_giving_up().replay(OPERATION_ID, calls)

    last = calls_in(replayed)
    assert last >= 4
    for calls in range(1, last + 1):
        desk = after_giving_up()
        with pytest.raises(Died):
            desk.replay(OPERATION_ID, calls)
        desk.replay(OPERATION_ID)
        assert desk.queue.back, calls
        desk.work()
        assert desk.world.exchange.applied == [Action.BLOCK]
        assert desk.world.operation(OPERATION_ID).replays == 1
        assert desk.replay(OPERATION_ID).state is State.DONE
        assert desk.kept.find(TENANT, OPERATION_ID) is None


def test_held_replay_survives_a_death_after_every_call() -> None:
    """Asked for again, it waits once, and its word with it."""

    def replayed(calls: int) -> None:
        desk = after_a_wipe_of_unknown_outcome(landed=True, four_eyes=True)
        desk.replay(OPERATION_ID, calls)

    for calls in range(1, calls_in(replayed) + 1):
        desk = after_a_wipe_of_unknown_outcome(landed=True, four_eyes=True)
        with pytest.raises(Died):
            desk.replay(OPERATION_ID, calls)
        held = desk.replay(OPERATION_ID)
        assert held.is_held_back, calls
        assert desk.held.find(held) is not None
        assert (desk.queue.back, desk.kept.find(TENANT, OPERATION_ID)) == ([], None)
        assert "operation.held" in desk.world.events.types


def several() -> Desk:
    """Return a desk at which an order, then two reports were given up, each an hour apart."""
    desk = after_giving_up()
    for number, posture in ((5, Posture.LOST), (6, Posture.NONCOMPLIANT)):
        desk.world.clock.advance(timedelta(hours=1))
        word = a_signal(signal_id=f"{number}" * 8 + "-0000-4000-8000-000000000000", posture=posture)
        desk.give_up(word)
    return desk


FILTERS: list[tuple[Which, int, list[str], int]] = [
    (Which(), 100, [OPERATION_ID[0], "5", "6"], 0),
    (Which(), 1, [OPERATION_ID[0]], 2),
    (Which(sender="portal"), 100, ["5", "6"], 0),
    (Which(asked="lost"), 100, ["5"], 0),
    (Which(asked_by="helpdesk:jo"), 100, [OPERATION_ID[0]], 0),
    (Which(since=NOW + timedelta(minutes=90)), 100, ["6"], 0),
    (Which(sender="jamf"), 100, [], 0),
]


@pytest.mark.parametrize(("which", "at_most", "expected", "left"), FILTERS)
def test_several_are_replayed_by_what_they_have_in_common(
    which: Which, at_most: int, expected: list[str], left: int
) -> None:
    """Those first that were given up first; the rest can be had by the same call again."""
    desk = several()
    done = desk.replaying().replay_each(
        TENANT, which, at_most=at_most, requested_by="jo", reason=""
    )
    assert [operation_id[0] for operation_id in done.replayed] == expected
    assert (done.refused, done.left, len(desk.queue.back)) == ({}, left, len(expected))


def test_one_that_is_refused_does_not_keep_the_others() -> None:
    """It is told apart, with the reason."""
    desk = several()
    somebody = Approval(by="oid", name="Ida", at=NOW, note="no")
    desk.world.journal.save(replace(desk.world.operation(OPERATION_ID), refusal=somebody))
    done = desk.replaying().replay_each(TENANT, Which(), at_most=100, requested_by="jo", reason="")
    assert len(done.replayed) == 2
    assert "Ida has refused it" in done.refused[OPERATION_ID]


def test_trouble_with_storage_is_no_refusal() -> None:
    """Whoever asked asks again, and the rest is done then."""
    desk = several()
    desk.queue.down = Retryable("Queue storage is busy")

    def everything() -> None:
        replaying = desk.replaying()
        replaying.replay_each(TENANT, Which(), at_most=100, requested_by="jo", reason="")

    with pytest.raises(Retryable):
        everything()
    desk.queue.down = None
    everything()
    assert len(desk.queue.back) == 3
