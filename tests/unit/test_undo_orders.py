"""Which order takes an operation on a device back: every action, in every state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices import undo
from shared.devices.model import Action, Decision, Device, Order, Posture, Trust, Word
from shared.devices.operation import Operation, State, opened_by_command, opened_by_report
from shared.devices.subject import Link, Report, Subject
from shared.errors import Conflict
from tests.unit.builders import (
    NOW,
    TENANT,
    a_command,
    a_device,
    a_signal,
    allowed,
    blocked,
    never_wiped,
)

ACCESS = (Action.ALLOW, Action.BLOCK, Action.QUARANTINE, Action.CLEAR)
WIPES = (Action.WIPE_ACCOUNT, Action.WIPE_DEVICE)
BEFORE = {Action.ALLOW: allowed(), Action.BLOCK: blocked(), Action.CLEAR: a_device()}
ON_BOTH = allowed(on_blocked_list=True)


def done(action: Action, before: Device | None = None, **fields: object) -> Operation:
    """Return an order that was carried out."""
    decision = Decision(
        action=action, reason="", device=before or a_device(), wipe_before=never_wiped()
    )
    opened = opened_by_command(a_command(action=action), NOW)
    acted = replace(opened, decision=decision, acted_at=NOW + timedelta(seconds=1))
    finished = acted.stepped(State.DONE, "done", NOW + timedelta(seconds=1))
    return replace(finished, **fields)  # type: ignore[arg-type]  # named fields only, by convention


def refusal(operation: Operation) -> str:
    """Return why an operation cannot be undone."""
    with pytest.raises(Conflict, match=r"^cannot be undone, because ") as raised:
        undo.inverse(operation)
    return str(raised.value)


@pytest.mark.parametrize("restoring", BEFORE)
@pytest.mark.parametrize("action", ACCESS)
def test_lists_are_restored_as_they_were(action: Action, restoring: Action) -> None:
    """Whatever was done to them."""
    assert undo.inverse(done(action, BEFORE[restoring])) is restoring


@pytest.mark.parametrize("action", ACCESS)
def test_both_lists_at_once_are_not_restored(action: Action) -> None:
    """No order puts a device there."""
    assert "both of the mailbox's lists" in refusal(done(action, ON_BOTH))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", WIPES)
def test_wipe_is_called_back_until_the_phone_has_confirmed_it(action: Action, state: State) -> None:
    """While it is waited for, and after that was given up."""
    wiped = done(action, state=state)
    assert undo.inverse(wiped) is Action.CANCEL_WIPE
    confirmed = refusal(replace(wiped, acknowledged_at=NOW))
    assert confirmed == "cannot be undone, because the phone has confirmed the wipe"


@pytest.mark.parametrize(
    ("action", "why"), [(Action.REMOVE, "must sync again"), (Action.CANCEL_WIPE, "erases")]
)
def test_what_is_final_says_why(action: Action, why: str) -> None:
    """Nothing brings it back."""
    assert why in refusal(done(action))


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.WAITING, "cancel it"),
        (State.PLANNED, "cancel it"),
        (State.HELD, "cancel it"),
        (State.DONE, "nothing was done"),
        (State.ABANDONED, "given up"),
    ],
)
@pytest.mark.parametrize("action", Action)
def test_what_was_not_done_is_not_undone(action: Action, state: State, why: str) -> None:
    """Each state has its own reason."""
    assert why in refusal(done(action, acted_at=None, state=state))


@pytest.mark.parametrize("state", sorted(set(State) - {State.DONE}))
@pytest.mark.parametrize("action", ACCESS)
def test_what_is_done_and_not_told_yet_has_to_end_first(action: Action, state: State) -> None:
    """Its worker is still on it."""
    assert "not finished" in refusal(done(action, state=state))


def test_what_gave_way_is_not_undone() -> None:
    """What it did was another's word."""
    assert "gave way to 44" in refusal(done(Action.BLOCK, repairs="44"))


def test_report_that_was_passed_on_names_what_to_undo() -> None:
    """It did nothing itself."""
    report = Report(
        report_id="r",
        tenant_id=TENANT,
        sender="jamf",
        trust=Trust.FULL,
        posture=Posture.LOST,
        subject=Subject(serial="F2LX"),
        occurred_at=NOW,
    )
    link = Link(mailbox="a@contoso.com", device_id="X")
    passed_on = replace(opened_by_report(report, NOW), matched=(link,), state=State.DONE)
    assert report.of(link).signal_id in refusal(passed_on)


def an_order(action: Action, **fields: object) -> Order:
    """Return an order given a minute after the operation."""
    order = Order(
        command_id="another",
        tenant_id=TENANT,
        action=action,
        mailbox="",
        device_id="",
        given_at=NOW + timedelta(minutes=1),
        why="",
    )
    return replace(order, **fields)  # type: ignore[arg-type]  # named fields only, by convention


LATER = NOW + timedelta(minutes=1)
OWN = a_command().command_id
NEWER: list[tuple[Action, Word, bool]] = [
    (Action.BLOCK, an_order(Action.ALLOW), True),
    (Action.BLOCK, an_order(Action.ALLOW, given_at=NOW), False),
    (Action.BLOCK, an_order(Action.ALLOW, command_id=OWN), False),
    (Action.BLOCK, an_order(Action.ALLOW, command_id="the undo"), False),
    (Action.BLOCK, an_order(Action.WIPE_ACCOUNT), False),
    (Action.WIPE_ACCOUNT, an_order(Action.CANCEL_WIPE), True),
    (Action.WIPE_ACCOUNT, an_order(Action.BLOCK), False),
    (Action.BLOCK, a_signal(occurred_at=LATER), True),
    (Action.BLOCK, a_signal(), False),
    (Action.BLOCK, a_signal(occurred_at=LATER, signal_id=OWN), False),
    (
        Action.BLOCK,
        a_signal(occurred_at=LATER, posture=Posture.COMPLIANT, trust=Trust.TIGHTEN),
        False,
    ),
    (Action.WIPE_ACCOUNT, a_signal(occurred_at=LATER), False),
    (Action.WIPE_ACCOUNT, a_signal(occurred_at=LATER, posture=Posture.LOST), True),
]


@pytest.mark.parametrize(("action", "word", "expected"), NEWER)
def test_newer_word_is_one_said_since_about_the_same(
    action: Action, word: Word, *, expected: bool
) -> None:
    """An operation's own word, its undo's, and void ones do not count."""
    assert undo.is_newer(word, done(action, undone_by="the undo")) is expected
