"""Whether a device is in line with the newest word about it, over all states it can be in."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from shared.devices.drift import Line, Ordered, Reported, Verdict, verdict
from shared.devices.groups import Seen
from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessState,
    Action,
    Posture,
    Trust,
    WipeCycle,
    WipeState,
)
from tests.unit.builders import ALLOW_BY_DEFAULT, NOW, QUARANTINE_BY_DEFAULT, never_wiped
from tests.unit.seen_builders import a_mailbox, a_row, seen

EARLY, LATE = NOW - timedelta(days=2), NOW - timedelta(days=1)
ON_ALLOWED, ON_BLOCKED, ON_NEITHER = (True, False), (False, True), (False, False)
LISTS = ((True, True), ON_ALLOWED, ON_BLOCKED, ON_NEITHER)
SHUT_OUT = (Posture.NONCOMPLIANT, Posture.RETIRED)
WANTED = {
    (Posture.COMPLIANT, Trust.FULL): (Action.ALLOW, ON_ALLOWED),
    **dict.fromkeys(product(SHUT_OUT, Trust), (Action.BLOCK, ON_BLOCKED)),
    (Posture.LOST, Trust.TIGHTEN): (Action.BLOCK, ON_BLOCKED),
}
VOID = (Posture.COMPLIANT, Trust.TIGHTEN)
WORDS = [*WANTED, VOID, None]
ORDERS = {
    Action.ALLOW: (Action.ALLOW, ON_ALLOWED),
    Action.BLOCK: (Action.BLOCK, ON_BLOCKED),
    Action.CLEAR: (Action.CLEAR, ON_NEITHER),
    Action.QUARANTINE: (Action.QUARANTINE, ON_NEITHER),
}
LOST = Reported(posture=Posture.LOST, trust=Trust.FULL, at=LATE)
COMPLIANT = Reported(posture=Posture.COMPLIANT, trust=Trust.FULL, at=EARLY)
NONCOMPLIANT = Reported(posture=Posture.NONCOMPLIANT, trust=Trust.FULL, at=EARLY)
PENDING = WipeCycle(requested_at=LATE)
CONFIRMED = WipeCycle(requested_at=EARLY, acknowledged_at=EARLY)


def judged(
    device: Seen,
    reported: Reported | None,
    *orders: Ordered,
    policy: AccessPolicy = QUARANTINE_BY_DEFAULT,
    wipe_state: WipeState | None = None,
) -> Verdict:
    """Return the verdict as of now."""
    return verdict(
        device, policy, reported=reported, orders=orders, as_of=NOW, wipe_state=wipe_state
    )


def newest_word(
    word: tuple[Posture, Trust] | None, ordered: Action | None, order_at: datetime
) -> tuple[Action, tuple[bool, bool]] | None:
    """Return what the newest word wants; reports are all from EARLY, orders from then or later."""
    report = WANTED.get(word) if word else None
    if ordered and (report is None or order_at > EARLY):
        return ORDERS[ordered]
    return report


@pytest.mark.parametrize("order_at", [EARLY, LATE])
@pytest.mark.parametrize("ordered", [None, *ORDERS])
@pytest.mark.parametrize("word", WORDS)
def test_a_device_is_in_line_exactly_where_the_newest_word_puts_it(
    word: tuple[Posture, Trust] | None, ordered: Action | None, order_at: datetime
) -> None:
    """Whatever its lists and its state are; of a report and an order at once, the report stands."""
    reported = Reported(posture=word[0], trust=word[1], at=EARLY) if word else None
    orders = [Ordered(action=ordered, at=order_at)] if ordered else []
    wanted = newest_word(word, ordered, order_at)
    for lists, access in product(LISTS, AccessState):
        found = judged(seen(lists, access=access), reported, *orders)
        if wanted is None:
            assert (found.line, found.wanted) == (Line.UNKNOWN, None)
        elif lists == wanted[1]:
            assert (found.line, found.wanted) == (Line.IN_LINE, None)
        else:
            assert (found.line, found.wanted) == (Line.DRIFTED, wanted[0])


@pytest.mark.parametrize("level", [AccessLevel.ALLOW, AccessLevel.BLOCK])
def test_quarantine_that_no_longer_holds_is_for_a_person(level: AccessLevel) -> None:
    """The default has changed since: neither list quarantines, and a block was not ordered."""
    for lists, access in product(LISTS, AccessState):
        if lists == ON_NEITHER and access is AccessState.QUARANTINED:
            continue
        found = judged(
            seen(lists, access=access),
            None,
            Ordered(action=Action.QUARANTINE, at=LATE),
            policy=AccessPolicy(default=level),
        )
        assert (found.line, found.wanted) == (Line.DRIFTED, None)
        assert "quarantine would not hold" in found.why


def test_quarantine_by_what_we_do_not_see_is_quarantine() -> None:
    """Some rules look at what Exchange does not show; that it quarantines the device is enough."""
    found = judged(
        seen(), None, Ordered(action=Action.QUARANTINE, at=LATE), policy=ALLOW_BY_DEFAULT
    )
    assert found.line is Line.IN_LINE


@pytest.mark.parametrize("ending", [Action.WIPE_ACCOUNT, Action.WIPE_DEVICE, Action.REMOVE])
@pytest.mark.parametrize("letting_in", [Action.ALLOW, Action.CLEAR, None])
def test_nothing_is_let_in_that_was_wiped_or_removed_since(
    ending: Action, letting_in: Action | None
) -> None:
    """Only a newer word may do that; what the word before it closes stays closed."""
    ended = Ordered(action=ending, at=LATE)
    word = [Ordered(action=letting_in, at=EARLY)] if letting_in else []
    reported = None if letting_in else COMPLIANT

    found = judged(seen(ON_BLOCKED), reported, *word, ended)
    assert (found.line, found.wanted) == (Line.UNKNOWN, None)
    assert judged(seen(), NONCOMPLIANT, ended).wanted is Action.BLOCK

    at_once = Ordered(action=ending, at=EARLY)
    assert judged(seen(ON_BLOCKED), reported, *word, at_once).line is Line.UNKNOWN
    before = Ordered(action=ending, at=EARLY - timedelta(days=1))
    assert judged(seen(ON_BLOCKED), reported, *word, before).line is Line.DRIFTED


def test_newest_of_several_orders_stands() -> None:
    """In whatever order they come."""
    allow = Ordered(action=Action.ALLOW, at=EARLY)
    block = Ordered(action=Action.BLOCK, at=LATE)
    for orders in ((allow, block), (block, allow)):
        assert judged(seen(ON_ALLOWED), None, *orders).wanted is Action.BLOCK


@pytest.mark.parametrize("order", [Action.WIPE_ACCOUNT, Action.CANCEL_WIPE, Action.REMOVE])
def test_orders_about_something_else_say_nothing_of_access(order: Action) -> None:
    """A wipe, its recall and a removal alone leave both lists to whoever keeps them."""
    for lists in LISTS:
        assert judged(seen(lists), None, Ordered(action=order, at=LATE)).line is Line.UNKNOWN


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (None, Line.UNKNOWN),
        (never_wiped(), Line.DRIFTED),
        (never_wiped(device=PENDING), Line.IN_LINE),
        (never_wiped(account=PENDING), Line.IN_LINE),
        (never_wiped(account=CONFIRMED, last_sync_at=EARLY), Line.IN_LINE),
        (never_wiped(account=CONFIRMED, last_sync_at=LATE), Line.DRIFTED),
    ],
)
def test_lost_device_is_blocked_unless_a_wipe_stands(state: WipeState | None, line: Line) -> None:
    """No inventory wipes: of a device that should be, it says at most that it is to be blocked."""
    for lists, access in product(LISTS, AccessState):
        found = judged(seen(lists, access=access), LOST, wipe_state=state)
        expected = Line.IN_LINE if lists == ON_BLOCKED else line
        assert found.line is expected
        assert found.wanted is (Action.BLOCK if expected is Line.DRIFTED else None)


def test_lost_device_whose_wipe_was_called_back_is_not_judged() -> None:
    """The order withdraws what the report asked for, and says nothing else of access."""
    after = Ordered(action=Action.CANCEL_WIPE, at=LATE + timedelta(hours=1))
    before = Ordered(action=Action.CANCEL_WIPE, at=EARLY)

    assert judged(seen(), LOST, after, wipe_state=never_wiped()).line is Line.UNKNOWN
    assert judged(seen(), LOST, before, wipe_state=never_wiped()).line is Line.DRIFTED


@pytest.mark.parametrize("reported", [None, COMPLIANT])
def test_word_that_may_be_on_its_way_is_not_judged(reported: Reported | None) -> None:
    """Exchange may have been read before the word was carried out."""
    late = Ordered(action=Action.BLOCK, at=NOW + timedelta(seconds=1))
    just = Ordered(action=Action.BLOCK, at=NOW)
    report = Reported(posture=Posture.COMPLIANT, trust=Trust.FULL, at=late.at)

    assert judged(seen(), reported, late).line is Line.UNKNOWN
    assert judged(seen(), report).line is Line.UNKNOWN
    assert judged(seen(), reported, just).line is Line.DRIFTED


def test_device_of_a_mailbox_that_was_not_listed_is_not_judged() -> None:
    """What is on its lists is not known; that is not the same as nothing."""
    stray = Seen(device=a_row(), mailbox=a_mailbox(guid="", address=""))
    assert judged(stray, NONCOMPLIANT).line is Line.UNKNOWN


def test_verdict_says_what_exchange_makes_of_it() -> None:
    """A person who reads it sees where the device is, what follows, what Exchange shows."""
    drifted = judged(seen(), COMPLIANT)
    assert drifted.why == (
        "reported compliant, but on neither list, and the organisation's default access level "
        "says Quarantine; Exchange shows Quarantined (Global)"
    )
    policy_blocks = seen(ON_ALLOWED, access=AccessState.BLOCKED, access_reason="Policy")
    assert judged(policy_blocks, COMPLIANT).why == (
        "reported compliant; already on the allowed list; yet Exchange shows Blocked (Policy)"
    )
    held = seen(ON_BLOCKED, access=AccessState.BLOCKED, access_reason="Individual")
    assert judged(held, NONCOMPLIANT).why == "reported noncompliant; already on the blocked list"
