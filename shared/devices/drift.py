"""Whether a device is as it was last said to be: what the MDM reported, what was ordered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices import decide, wipe
from shared.devices.access import level_without_exemption
from shared.devices.groups import Seen, is_known
from shared.devices.layers import STATES
from shared.devices.model import (
    CONCERNS,
    AccessPolicy,
    AccessState,
    Action,
    Concern,
    Decision,
    Posture,
    Trust,
    WipeState,
)
from shared.errors import Rejected

LOOSENING = frozenset({Action.ALLOW, Action.CLEAR})
ENDINGS = frozenset({Action.WIPE_ACCOUNT, Action.WIPE_DEVICE, Action.REMOVE})
LISTS = {
    (True, True): "on both lists",
    (True, False): "on the allowed list",
    (False, True): "on the blocked list",
    (False, False): "on neither list",
}


class Line(StrEnum):
    """Whether a device is in line with the newest word about it."""

    IN_LINE = "in_line"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"  # nothing was said, or what was said cannot be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The newest posture report about a device."""

    posture: Posture
    trust: Trust
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The newest order of one concern for a device."""

    action: Action
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the device is in line, why, and what would bring it there."""

    line: Line
    why: str
    wanted: Action | None = None  # never a wipe; of a drifted device, None: a person has to act


def verdict(
    seen: Seen,
    policy: AccessPolicy,
    *,
    reported: Reported | None,
    orders: Sequence[Ordered] = (),
    as_of: datetime,
    wipe_state: WipeState | None = None,
) -> Verdict:
    """
    Compare how a device stands on its mailbox's lists with the newest word about it.

    A word given after *as_of* may still be on its way: nothing is compared then. Of a lost
    device, *wipe_state* tells whether a wipe stands; no row does.
    """
    if not is_known(seen.mailbox):
        return _unknown("its mailbox was not listed: whether it is on its lists is not known")
    if reported and decide.says_nothing(reported.posture, reported.trust):
        reported = None
    if any(word.at > as_of for word in (reported, *orders) if word):
        return _unknown("something was said of it so lately that it may not be carried out yet")
    order = _newest(orders, Concern.ACCESS)
    if order and (reported is None or order.at > reported.at):
        found = _by_order(seen, policy, order.action)
        return _unless_ended(found, order.at, orders)
    if reported is None:
        return _unknown("nobody has said whether it may have mail")
    if reported.posture is Posture.LOST and reported.trust is Trust.FULL:
        return _lost(seen, policy, at=reported.at, orders=orders, wipe_state=wipe_state)
    decision = decide.for_posture(
        reported.posture, reported.trust, device=seen.as_device(), wipe_state=None
    )
    return _unless_ended(_compared(seen, policy, decision), reported.at, orders)


def _by_order(seen: Seen, policy: AccessPolicy, action: Action) -> Verdict:
    why = f"ordered {action}"
    device = seen.as_device()
    match action:
        case Action.ALLOW:
            return _compared(seen, policy, decide.allow(device, why))
        case Action.BLOCK:
            return _compared(seen, policy, decide.block(device, why))
        case Action.CLEAR:
            return _compared(seen, policy, decide.clear(device, policy, why))
        case Action.QUARANTINE:
            return _quarantined(seen, policy, why)
        case Action.WIPE_ACCOUNT | Action.WIPE_DEVICE | Action.CANCEL_WIPE | Action.REMOVE:
            raise AssertionError(f"{action} says nothing about access")


def _quarantined(seen: Seen, policy: AccessPolicy, why: str) -> Verdict:
    try:
        return _compared(seen, policy, decide.quarantine(seen.as_device(), policy, why))
    except Rejected as refusal:
        if not any(seen.lists) and seen.device.access is AccessState.QUARANTINED:
            return Verdict(line=Line.IN_LINE, why=f"{why}; Exchange shows it as quarantined")
        return Verdict(line=Line.DRIFTED, why=f"{why}, but {LISTS[seen.lists]}; {refusal}")


def _lost(
    seen: Seen,
    policy: AccessPolicy,
    *,
    at: datetime,
    orders: Iterable[Ordered],
    wipe_state: WipeState | None,
) -> Verdict:
    """Judge a device that should have been wiped, or blocked where no wipe would do."""
    order = _newest(orders, Concern.WIPE)
    if order and order.at > at and order.action is Action.CANCEL_WIPE:
        return _unknown("reported lost, but its wipe was called back since")
    decision = decide.block(seen.as_device(), "reported lost")
    if decision.action is None:
        return _compared(seen, policy, decision)
    if wipe_state is None:
        return _unknown("reported lost; only its statistics show whether a wipe stands")
    if any(wipe.is_under_way(wipe_state, only_account=kind) for kind in (True, False)):
        return Verdict(line=Line.IN_LINE, why="reported lost; a wipe is requested or done")
    # A wipe is for the story of the report itself: no inventory erases anything.
    return _compared(seen, policy, decision)


def _compared(seen: Seen, policy: AccessPolicy, decision: Decision) -> Verdict:
    level, layer = level_without_exemption(decision.device, policy)
    if decision.action is not None:
        where = LISTS[seen.lists]
        if not any(seen.lists):
            where = f"{where}, and {layer} says {level}"
        why = f"{decision.reason}, but {where}; Exchange shows {_shown(seen)}"
        return Verdict(line=Line.DRIFTED, why=why, wanted=decision.action)
    expected = STATES[level]
    if any(seen.lists):
        expected = AccessState.BLOCKED if seen.on_blocked_list else AccessState.ALLOWED
    is_as_expected = seen.device.access in {expected, AccessState.UNKNOWN}
    but = "" if is_as_expected else f"; yet Exchange shows {_shown(seen)}"
    return Verdict(line=Line.IN_LINE, why=f"{decision.reason}{but}")


def _unless_ended(found: Verdict, at: datetime, orders: Iterable[Ordered]) -> Verdict:
    """Want nothing that lets a device in which was ordered to be wiped or removed since."""
    since = [order for order in orders if order.action in ENDINGS and order.at >= at]
    if since and found.wanted in LOOSENING:
        return _unknown(f"{found.why}; but {since[0].action} was ordered since")
    return found


def _newest(orders: Iterable[Ordered], concern: Concern) -> Ordered | None:
    about = [order for order in orders if CONCERNS[order.action] is concern]
    return max(about, key=lambda order: order.at, default=None)


def _shown(seen: Seen) -> str:
    return f"{seen.device.access} ({seen.device.access_reason or 'no reason'})"


def _unknown(why: str) -> Verdict:
    return Verdict(line=Line.UNKNOWN, why=why)
