"""What we do in Exchange Online, in the words of mobile device access."""

import time
from collections.abc import Callable
from datetime import timedelta

from shared.devices import wipe
from shared.devices.model import AccessPolicy, Action, Decision, Device, WipeState
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.transport import Repeat, Transport, list_change

# A write may be read back from a server that has not seen it yet.
LOOKS_BACK = (timedelta(), timedelta(seconds=1), timedelta(seconds=3))
NOT_YET_VISIBLE = timedelta(seconds=30)


class ExchangeAdmin:
    """One tenant's mailboxes and devices."""

    def __init__(self, transport: Transport, sleep: Callable[[float], None] = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the partnership; NotFound if Exchange knows no such mailbox or device."""
        lists = self._lists(mailbox)
        found = self._transport.invoke("Get-MobileDevice", {"Mailbox": _named(mailbox)}).rows
        # Read only these: another device's odd row must not stand in the way.
        matching = [
            rows.read(row, rows.MobileDevice)
            for row in found
            if rows.holds([device_id], str(row.get("DeviceId")))
        ]
        if not matching:
            raise NotFound(
                f"mailbox {mailbox} has no device {device_id}: a device appears with its first "
                "sync; check the EAS DeviceID"
            )
        # One id can stand twice, under two device types: the partnership made last is in use.
        latest = max(matching, key=lambda each: each.first_sync_time or "")
        return rows.device(mailbox, latest, lists)

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        settings = self._transport.invoke("Get-ActiveSyncOrganizationSettings", {}).rows
        if not settings:
            raise Retryable("Exchange returned no organisation settings")
        rules = self._transport.invoke("Get-ActiveSyncDeviceAccessRule", {}).rows
        return AccessPolicy(
            default=rows.read(settings[0], rows.OrganizationSettings).default_access_level,
            rules=tuple(rows.rule(rows.read(row, rows.DeviceAccessRule)) for row in rules),
        )

    def wipe_state(self, device: Device) -> WipeState:
        """Return how far wipes of the device have come."""
        found = self._transport.invoke(
            "Get-MobileDeviceStatistics", {"Identity": _named(device.guid)}
        ).rows
        if not found:
            raise NotFound(f"Exchange has no statistics of device {device.device_id}")
        return rows.wipe_state(rows.read(found[0], rows.Statistics))

    def apply(self, decision: Decision) -> None:
        """Carry out any action but a wipe; repeating it does no harm."""
        device = decision.device
        match decision.action:
            case Action.ALLOW:
                self._exempt(device, allowed=True, blocked=False)
            case Action.BLOCK:
                self._exempt(device, allowed=False, blocked=True)
            case Action.QUARANTINE | Action.CLEAR:
                self._exempt(device, allowed=False, blocked=False)
            case Action.REMOVE:
                self._remove(device)
            case Action.CANCEL_WIPE:
                self._cancel_wipe(device, decision.wipe_before)
            case Action.WIPE_ACCOUNT | Action.WIPE_DEVICE | None:
                raise ValueError(f"{decision.action} is not to be applied")

    def wipe(self, decision: Decision) -> None:
        """Request a wipe; never repeat this without reading wipe_state first."""
        parameters = _wipe_of(decision.device, account_only=decision.account_only)
        self._transport.invoke("Clear-MobileDevice", parameters, Repeat.NEVER)

    def ping(self) -> None:
        """Raise a Failure unless Exchange answers a cheap read."""
        self._transport.invoke("Get-ActiveSyncOrganizationSettings", {})

    def _exempt(self, device: Device, *, allowed: bool, blocked: bool) -> None:
        """Put the device on exactly these of its mailbox's two lists, in one write."""
        name = device.device_id
        change = {
            "Identity": _named(device.mailbox),
            "ActiveSyncAllowedDeviceIDs": _put(name, onto=allowed),
            "ActiveSyncBlockedDeviceIDs": _put(name, onto=blocked),
            "Confirm": False,
        }
        self._transport.invoke("Set-CASMailbox", change)
        for wait in LOOKS_BACK:
            self._sleep(wait.total_seconds())
            lists = self._lists(device.mailbox)
            if (rows.holds(lists.allowed, name), rows.holds(lists.blocked, name)) == (
                allowed,
                blocked,
            ):
                return
        raise Retryable(
            "Exchange took the change to the mailbox's lists but does not show it yet",
            after=NOT_YET_VISIBLE,
        )

    def _remove(self, device: Device) -> None:
        parameters = {"Identity": _named(device.guid), "Confirm": False}
        try:
            self._transport.invoke("Remove-MobileDevice", parameters)
        except NotFound:
            return  # gone is what was asked for; an earlier attempt may have done it

    def _cancel_wipe(self, device: Device, before: WipeState | None) -> None:
        """Call back every kind of wipe that the device has not been told of yet."""
        for account_only in (False, True):
            if before is None or not wipe.can_be_cancelled(before, only_account=account_only):
                continue
            parameters = _wipe_of(device, account_only=account_only) | {"Cancel": True}
            reply = self._transport.invoke("Clear-MobileDevice", parameters)
            if wipe.cycle(self.wipe_state(device), only_account=account_only).is_pending:
                told = "; ".join(reply.warnings) or "Exchange gives no reason"
                raise Rejected(f"the wipe could not be cancelled, it still stands: {told}")

    def _lists(self, mailbox: str) -> rows.CasMailbox:
        try:
            found = self._transport.invoke("Get-CASMailbox", {"Identity": _named(mailbox)}).rows
        except NotFound as error:
            raise NotFound(f"Exchange knows no mailbox {mailbox}: check its address") from error
        if len(found) != 1:
            raise NotFound(f"Exchange knows {len(found)} mailboxes by the name {mailbox}")
        return rows.read(found[0], rows.CasMailbox)


def _wipe_of(device: Device, *, account_only: bool) -> dict[str, object]:
    """Return what Clear-MobileDevice is told; without AccountOnly it means the whole device."""
    parameters: dict[str, object] = {"Identity": _named(device.guid), "Confirm": False}
    return parameters | {"AccountOnly": True} if account_only else parameters


def _put(device_id: str, *, onto: bool) -> dict[str, object]:
    return list_change(add=device_id) if onto else list_change(remove=device_id)


def _named(identity: str) -> str:
    """Return the identity; Exchange answers an empty one with all objects there are."""
    if not identity.strip():
        raise Rejected("a mailbox or device must be named")
    return identity
