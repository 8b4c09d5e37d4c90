"""
Which wipe a device gets, and whether it can work at all.

Outlook for iOS and Android erases only its own data, whatever it is told, so it is
never sent AccountOnly. A native mail app resets the whole device unless AccountOnly
is set, and understands that only from EAS 16.1.
"""

import re
from datetime import datetime, timedelta

from shared.devices.model import Action, Decision, Device, Ownership, WipeCycle, WipeState
from shared.errors import Rejected

ACCOUNT_ONLY_SINCE = (16, 1)
PROTOCOL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})*")


def is_outlook(device: Device) -> bool:
    """Whether the partnership is Outlook for iOS and Android (all of a user's share one)."""
    return device.device_type == "Outlook" or device.client_type in {"Outlook", "REST"}


def account_only(action: Action, device: Device) -> bool:
    """Return what Clear-MobileDevice is told for *action*; Rejected if it cannot work."""
    if is_outlook(device):
        return False
    if device.client_type != "EAS":
        raise Rejected(
            f"how a client of type {device.client_type or 'unknown'} obeys a wipe is not known: "
            "block the device instead"
        )
    if action is Action.WIPE_DEVICE:
        return False
    if not _knows_account_only(device):
        raise Rejected(
            f"the device speaks EAS {device.client_version or 'of unknown version'}; an "
            "account-only wipe needs 16.1: block it, or order wipe_device to reset the whole device"
        )
    return True


def resets(action: Action, device: Device) -> bool:
    """Whether the wipe takes more than mail: all that is on the device."""
    return action is Action.WIPE_DEVICE and not is_outlook(device)


def refuse_reset(device: Device, ownership: Ownership) -> None:
    """Reject resetting a device that is not known to be the company's, and name the ways out."""
    if ownership is Ownership.CORPORATE:
        return
    known = {
        Ownership.PERSONAL: "the device was reported as personal",
        Ownership.UNKNOWN: "no trusted report says whose device it is",
    }
    less = "order wipe_account" if _knows_account_only(device) else "order block"
    raise Rejected(
        f"{known[ownership]}, and wipe_device would erase all that is on it: {less}, have the MDM "
        "report it as corporate, or repeat with even_if_personal under a new command_id"
    )


def cycle(state: WipeState, *, only_account: bool) -> WipeCycle:
    """Return the cycle that a wipe of this kind goes through."""
    return state.account if only_account else state.device


def is_under_way(state: WipeState, *, only_account: bool) -> bool:
    """Whether such a wipe is pending, or done with no sync since: another would add nothing."""
    current = cycle(state, only_account=only_account)
    if current.acknowledged_at is None:
        return current.is_pending
    return state.last_sync_at is None or state.last_sync_at <= current.acknowledged_at


def can_be_cancelled(state: WipeState, *, only_account: bool) -> bool:
    """Whether a request of this kind stands that the device has not been told of."""
    current = cycle(state, only_account=only_account)
    return current.is_pending and current.sent_at is None


def has_landed(before: WipeState, now: WipeState, *, only_account: bool) -> bool:
    """Whether a request newer than *before* stands: how ours is told from an older one."""
    requested = cycle(now, only_account=only_account).requested_at
    return requested is not None and requested != (
        cycle(before, only_account=only_account).requested_at
    )


def confirmed_at(decision: Decision, now: WipeState) -> datetime | None:
    """Return when the device confirmed the wipe that was decided; not an older one."""
    before, only_account = decision.wipe_before, decision.account_only
    if before is None or not has_landed(before, now, only_account=only_account):
        return None
    return cycle(now, only_account=only_account).acknowledged_at


def is_withdrawn(decision: Decision, now: WipeState) -> bool:
    """Whether no request for the wipe that was decided stands any more."""
    return cycle(now, only_account=decision.account_only).requested_at is None


def next_look(requested_at: datetime, now: datetime, settle: timedelta) -> timedelta:
    """
    Return how long to leave a device alone that has not confirmed its wipe yet.

    A quarter of the time it has had so far, within limits that go with *settle*: 1 minute
    and 1 hour for one of 2 minutes. The first look comes sooner: many phones are online.
    """
    age = now - requested_at
    least = settle / 4 if age < settle / 4 else settle / 2
    longest = min(max(settle * 30, timedelta(minutes=1)), timedelta(hours=1))
    return min(max(least, age / 4, timedelta(seconds=1)), longest)


def _knows_account_only(device: Device) -> bool:
    return _protocol(device.client_version) >= ACCOUNT_ONLY_SINCE


def _protocol(version: str) -> tuple[int, ...]:
    if not PROTOCOL.fullmatch(version):
        return (0,)
    return tuple(int(part) for part in version.split("."))
