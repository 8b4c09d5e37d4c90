"""The two personal lists of a mailbox: they exclude each other, and partnerships follow them."""

from infra.local.simulators.exchange import errors
from infra.local.simulators.exchange.access import (
    ALLOWED_BY_NAME,
    BLOCKED_BY_NAME,
    NOT_EVALUATED,
)
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.mailboxes import Mailbox


def changed(mailbox: Mailbox, arguments: Arguments) -> tuple[list[str], list[str]]:
    """Return the allowed and the blocked ids as one command would leave them."""
    to_allowed = arguments.change("ActiveSyncAllowedDeviceIDs")
    to_blocked = arguments.change("ActiveSyncBlockedDeviceIDs")
    allowed = to_allowed.applied_to(mailbox.allowed_ids) if to_allowed else mailbox.allowed_ids
    blocked = to_blocked.applied_to(mailbox.blocked_ids) if to_blocked else mailbox.blocked_ids
    if to_allowed and to_blocked and _folded(allowed) & _folded(blocked):
        raise errors.invalid(
            "The same device ID can't be in both ActiveSyncAllowedDeviceIDs and"
            " ActiveSyncBlockedDeviceIDs."
        )
    # A change of one list takes what it added off the other, where the service does that.
    if mailbox.organization.lists_exclude_each_other:
        if to_allowed and not to_blocked:
            blocked = [one for one in blocked if one.casefold() not in _folded(allowed)]
        if to_blocked and not to_allowed:
            allowed = [one for one in allowed if one.casefold() not in _folded(blocked)]
    return allowed, blocked


def move(mailbox: Mailbox, allowed: list[str], blocked: list[str]) -> None:
    """Write the lists; existing partnerships follow at once."""
    was = _folded(mailbox.allowed_ids), _folded(mailbox.blocked_ids)
    mailbox.allowed_ids, mailbox.blocked_ids = allowed, blocked
    for device in mailbox.devices.values():
        before = [device.device_id.casefold() in ids for ids in was]
        now = [mailbox.lists(device.device_id, ids) for ids in (allowed, blocked)]
        if before == now:
            continue
        on_allowed, on_blocked = now
        if on_blocked:
            device.access = BLOCKED_BY_NAME
        else:
            device.access = ALLOWED_BY_NAME if on_allowed else NOT_EVALUATED


def _folded(ids: list[str]) -> set[str]:
    return {one.casefold() for one in ids}
