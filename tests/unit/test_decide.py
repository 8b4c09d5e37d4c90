"""Which action a report or an order leads to."""

from datetime import timedelta

import pytest

from shared.devices import decide
from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessRule,
    Action,
    Device,
    Posture,
    Trust,
    WipeCycle,
    WipeState,
)
from shared.errors import Rejected
from tests.unit.builders import (
    ALLOW_BY_DEFAULT,
    NOW,
    QUARANTINE_BY_DEFAULT,
    a_device,
    allowed,
    blocked,
    never_wiped,
)

PENDING = WipeCycle(requested_at=NOW)
SENT = WipeCycle(requested_at=NOW, sent_at=NOW)
ON_BOTH = a_device(on_allowed_list=True, on_blocked_list=True)
QUARANTINE_IPHONES = AccessRule(
    name="iPhone (DeviceType)",
    characteristic="DeviceType",
    query="iPhone",
    level=AccessLevel.QUARANTINE,
)
FULL, TIGHTEN = Trust.FULL, Trust.TIGHTEN
ALLOW, BLOCK, WIPE = Action.ALLOW, Action.BLOCK, Action.WIPE_ACCOUNT

# What follows for a device on: neither list, the allowed, the blocked, both.
TABLE: dict[tuple[Posture, Trust], tuple[Action | None, ...]] = {
    (Posture.COMPLIANT, FULL): (ALLOW, None, ALLOW, ALLOW),
    (Posture.COMPLIANT, TIGHTEN): (None, None, None, None),
    (Posture.NONCOMPLIANT, FULL): (BLOCK, BLOCK, None, BLOCK),
    (Posture.NONCOMPLIANT, TIGHTEN): (BLOCK, BLOCK, None, BLOCK),
    (Posture.RETIRED, FULL): (BLOCK, BLOCK, None, BLOCK),
    (Posture.RETIRED, TIGHTEN): (BLOCK, BLOCK, None, BLOCK),
    (Posture.LOST, FULL): (WIPE, WIPE, WIPE, WIPE),
    (Posture.LOST, TIGHTEN): (BLOCK, BLOCK, None, BLOCK),
}
PLACES = (a_device(), allowed(), blocked(), ON_BOTH)
CASES = [
    (posture, trust, device, action)
    for (posture, trust), actions in TABLE.items()
    for device, action in zip(PLACES, actions, strict=True)
]


def test_the_table_leaves_nothing_out() -> None:
    """A posture or a trust added one day has to be given its rows here."""
    assert set(TABLE) == {(posture, trust) for posture in Posture for trust in Trust}


@pytest.mark.parametrize(("posture", "trust", "device", "action"), CASES)
def test_posture_and_trust_decide(
    posture: Posture, trust: Trust, device: Device, action: Action | None
) -> None:
    """Every posture, trust and place on the lists leads to one known action."""
    decision = decide.for_posture(posture, trust, device=device, wipe_state=never_wiped())

    assert decision.action is action
    assert decision.device == device
    assert decision.reason.startswith(f"reported {posture}")


def test_lost_device_of_unknown_wipe_state_is_blocked() -> None:
    """Without a look at the wipes there is no wipe."""
    decision = decide.for_posture(Posture.LOST, FULL, device=a_device(), wipe_state=None)
    assert decision.action is BLOCK


def test_lost_device_that_cannot_be_wiped_is_blocked() -> None:
    """A block is the second best; the reason says why it was not a wipe."""
    old = a_device(client_version="14.1")
    decision = decide.for_posture(Posture.LOST, FULL, device=old, wipe_state=never_wiped())
    assert decision.action is BLOCK
    assert "not wiped: the device speaks EAS 14.1" in decision.reason


def test_lost_device_already_being_wiped_is_left_alone() -> None:
    """A second request would restart the cycle."""
    state = never_wiped(account=PENDING)
    decision = decide.for_posture(Posture.LOST, FULL, device=a_device(), wipe_state=state)
    assert decision.action is None


def test_quarantine_that_rules_and_default_do_not_hold_is_refused() -> None:
    """There is no personal quarantine list: an order that would let a device in is not taken."""
    with pytest.raises(Rejected, match=r"quarantine would not hold.*default access level says All"):
        decide.quarantine(blocked(), ALLOW_BY_DEFAULT, "ordered")


@pytest.mark.parametrize("device", [allowed(), blocked(), ON_BOTH])
def test_quarantine_takes_the_device_off_its_lists(device: Device) -> None:
    """Off both lists, the default holds it."""
    decision = decide.quarantine(device, QUARANTINE_BY_DEFAULT, "ordered")
    assert decision.action is Action.QUARANTINE
    assert "held by the organisation's default" in decision.reason


def test_quarantine_by_a_rule_holds_too() -> None:
    """A rule for the device's type comes before the default."""
    policy = AccessPolicy(default=AccessLevel.ALLOW, rules=(QUARANTINE_IPHONES,))
    decision = decide.quarantine(allowed(), policy, "ordered")
    assert decision.action is Action.QUARANTINE
    assert "held by device access rule iPhone (DeviceType)" in decision.reason


def test_quarantined_device_is_left_alone() -> None:
    """On neither list and held by the default, there is nothing to do."""
    decision = decide.quarantine(a_device(), QUARANTINE_BY_DEFAULT, "ordered")
    assert decision.action is None


@pytest.mark.parametrize("device", [allowed(), blocked(), ON_BOTH])
def test_clear_says_what_will_hold_then(device: Device) -> None:
    """Whoever clears learns which layer decides next, and how."""
    decision = decide.clear(device, ALLOW_BY_DEFAULT, "ordered")
    assert decision.action is Action.CLEAR
    assert "the organisation's default access level then says Allow" in decision.reason


def test_clear_of_a_device_on_neither_list_does_nothing() -> None:
    """It is clear already."""
    assert decide.clear(a_device(), ALLOW_BY_DEFAULT, "ordered").action is None


def test_wipe_keeps_the_state_it_was_decided_on() -> None:
    """Only the state before tells our request from an older one."""
    state = never_wiped(last_sync_at=NOW)
    decision = decide.erase(WIPE, device=a_device(), state=state, why="ordered")
    assert (decision.action, decision.account_only, decision.wipe_before) == (WIPE, True, state)


def test_wipe_of_a_device_without_remote_wipe_is_refused() -> None:
    """Exchange would take the request and nothing would happen."""
    with pytest.raises(Rejected, match="does not support remote wipe"):
        decide.erase(WIPE, device=a_device(), state=never_wiped(is_supported=False), why="x")


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (never_wiped(), None),
        (never_wiped(device=PENDING), Action.CANCEL_WIPE),
        (never_wiped(account=PENDING), Action.CANCEL_WIPE),
        (never_wiped(device=WipeCycle(requested_at=NOW, acknowledged_at=NOW)), None),
    ],
)
def test_only_a_pending_wipe_is_cancelled(state: WipeState, action: Action | None) -> None:
    """Nothing pending means nothing to call back."""
    assert decide.cancel_wipe(a_device(), state, "ordered").action is action


def test_cancellation_says_that_the_device_has_confirmed_already() -> None:
    """Nothing is pending, and nothing was called back."""
    done = WipeCycle(requested_at=NOW, acknowledged_at=NOW)
    decision = decide.cancel_wipe(a_device(), never_wiped(account=done), "ordered")
    assert decision.action is None
    assert "no wipe is pending: the device has confirmed the last one" in decision.reason


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (never_wiped(device=SENT, account=PENDING), "whole-device"),
        (never_wiped(device=PENDING, account=SENT), "account-only"),
    ],
)
def test_cancellation_of_one_wipe_of_two_says_which_still_comes(
    state: WipeState, kind: str
) -> None:
    """Whoever called it back must not believe that nothing will happen."""
    decision = decide.cancel_wipe(a_device(), state, "ordered")
    assert decision.action is Action.CANCEL_WIPE
    assert f"the device has already been told of the {kind} one" in decision.reason


@pytest.mark.parametrize("state", [never_wiped(device=SENT), never_wiped(account=SENT)])
def test_wipe_the_device_knows_of_cannot_be_cancelled(state: WipeState) -> None:
    """Once the device has been told, Exchange only warns and changes nothing."""
    with pytest.raises(Rejected, match="too late to cancel"):
        decide.cancel_wipe(a_device(), state, "ordered")


def test_wipe_done_before_the_last_sync_is_asked_for_again() -> None:
    """A device that synced after it was wiped has data again."""
    done = WipeCycle(requested_at=NOW, acknowledged_at=NOW)
    state = never_wiped(account=done, last_sync_at=NOW + timedelta(seconds=1))
    assert decide.erase(WIPE, device=a_device(), state=state, why="x").action is WIPE
