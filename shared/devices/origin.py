"""Who is behind a change of a device's access between two readings of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.decide import is_reached
from shared.devices.drift import LISTS
from shared.devices.groups import Seen
from shared.devices.layers import AUTOMATIC, EXTERNAL
from shared.devices.model import Action, Decision

REASONS = {
    "Global": "the organisation's default access level decides",
    "Upgrade": "Exchange lets it in for a while after an upgrade",
    "Unknown": "Exchange names no reason",
    "": "Exchange names no reason",
    **dict.fromkeys(AUTOMATIC, "Exchange has blocked it for a while, for how it behaved"),
    **dict.fromkeys(EXTERNAL, "a management outside Exchange decides"),
}


class Cause(StrEnum):
    """Who changed a device's access."""

    OURS = "ours"
    EXCHANGE = "exchange"  # by a rule, the default level, a policy, or by itself
    PERSON = "person"  # by a personal list, with something else than this app


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """The last operation of ours that changed a device's access; REMOVE and wipes do not."""

    operation_id: str
    action: Action
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who changed a device's access, and how that is known."""

    cause: Cause
    reason: str


def origin(
    before: Seen | None, after: Seen, *, acted: Acted | None, since: datetime
) -> Origin | None:
    """
    Return who is behind the change; None if nothing changed that access depends on.

    Without *before*, the device has synced for the first time. *since* is when that was
    read, less the time in which Exchange may not show yet what was written.
    """
    if before is None:
        return _shown(after, acted, "first sync")
    if before.lists != after.lists:
        return _listed(before, after, acted=acted, since=since)
    if _access(before) != _access(after):
        was = f"{before.device.access} ({before.device.access_reason or 'no reason'}) before"
        return _shown(after, acted, was)
    return None


def _listed(before: Seen, after: Seen, *, acted: Acted | None, since: datetime) -> Origin:
    how = f"{LISTS[before.lists]} before, {LISTS[after.lists]} now"
    if acted is None or acted.at <= since:
        return Origin(cause=Cause.PERSON, reason=f"{how}; no operation of ours did it")
    ours = f"{acted.operation_id} ({acted.action})"
    if _brought_about(acted, after):
        return Origin(cause=Cause.OURS, reason=f"{how}; by operation {ours}")
    return Origin(cause=Cause.PERSON, reason=f"{how}; operation {ours} did something else")


def _shown(after: Seen, acted: Acted | None, context: str) -> Origin:
    """Return who is behind the state that Exchange shows, whoever changed it when."""
    device = after.device
    shows = f"{context}; {device.access}: "
    match device.access_reason:
        case "Individual" if acted and _brought_about(acted, after):
            reason = f"{LISTS[after.lists]} since operation {acted.operation_id} ({acted.action})"
            return Origin(cause=Cause.OURS, reason=shows + reason)
        case "Individual":
            reason = f"{LISTS[after.lists]}; no operation of ours did it"
            return Origin(cause=Cause.PERSON, reason=shows + reason)
        case "DeviceRule":
            reason = f"the device access rule {device.rule or '(not named)'} decides"
        case "Policy":
            policy = after.mailbox.policy or "(not named)"
            reason = f"the mailbox policy {policy} is not enforced on it"
        case other:
            reason = REASONS.get(other, f"Exchange says {other}")
    return Origin(cause=Cause.EXCHANGE, reason=shows + reason)


def _brought_about(acted: Acted, after: Seen) -> bool:
    device = after.as_device()
    return is_reached(Decision(action=acted.action, reason="", device=device), device)


def _access(seen: Seen) -> tuple[str, str, str]:
    return seen.device.access, seen.device.access_reason, seen.device.rule
