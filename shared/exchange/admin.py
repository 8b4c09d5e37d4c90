"""What we do in Exchange Online, in the words of mobile device access."""

import time

from shared.devices import wipe
from shared.devices.model import AccessPolicy, Action, Decision, Device, WipeState
from shared.errors import Misconfigured, NotFound, Rejected
from shared.exchange import management_roles, rows
from shared.exchange.batch import reply_of
from shared.exchange.looking_back import Sleep
from shared.exchange.mailboxes import asking, named, only_mailbox
from shared.exchange.personal_lists import PersonalLists, Place
from shared.exchange.probe import Probe
from shared.exchange.rules import SETTINGS, AccessRules
from shared.exchange.transport import Call, Repeat, Transport


class ExchangeAdmin:
    """One tenant's mailboxes and devices."""

    def __init__(self, transport: Transport, probe: Probe, sleep: Sleep = time.sleep) -> None:
        self._transport = transport
        self._probe = probe
        self._lists = PersonalLists(transport, sleep)
        self._rules = AccessRules(transport, sleep)

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the partnership; NotFound if Exchange knows no such mailbox or device."""
        known, listed = self._transport.batch(
            [asking(mailbox), Call("Get-MobileDevice", {"Mailbox": named(mailbox)})]
        )
        lists = rows.read(only_mailbox(mailbox, known), rows.CasMailbox)
        # Read only these: another device's odd row must not stand in the way.
        matching = [
            rows.read(row, rows.MobileDevice)
            for row in reply_of(listed).rows
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

    def require(self, action: str) -> None:
        """Raise Misconfigured if the app is known to lack a cmdlet that the action needs."""
        lacks = sorted(self._probe.known_to_lack(action))
        if lacks:
            raise Misconfigured(
                f"{action} needs {', '.join(lacks)}, which Exchange does not let the app run: "
                f"{management_roles.remedy(lacks)}; it goes on by itself once that is in effect"
            )

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        return self._rules.policy()

    def wipe_state(self, device: Device) -> WipeState:
        """Return how far wipes of the device have come."""
        found = self._transport.invoke(
            "Get-MobileDeviceStatistics", {"Identity": named(device.guid)}
        ).rows
        if not found:
            raise NotFound(f"Exchange has no statistics of device {device.device_id}")
        return rows.wipe_state(rows.read(found[0], rows.Statistics))

    def apply(self, decision: Decision) -> None:
        """Carry out any action but a wipe; repeating it does no harm."""
        device = decision.device
        match decision.action:
            case Action.ALLOW:
                self._put(device, Place.ALLOWED)
            case Action.BLOCK:
                self._put(device, Place.BLOCKED)
            case Action.QUARANTINE | Action.CLEAR:
                self._put(device, Place.NEITHER)
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
        self._transport.invoke(SETTINGS, {})

    def _put(self, device: Device, place: Place) -> None:
        self._lists.put(device.mailbox, device.device_id, place)

    def _remove(self, device: Device) -> None:
        parameters = {"Identity": named(device.guid), "Confirm": False}
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


def _wipe_of(device: Device, *, account_only: bool) -> dict[str, object]:
    """Return what Clear-MobileDevice is told; without AccountOnly it means the whole device."""
    parameters: dict[str, object] = {"Identity": named(device.guid), "Confirm": False}
    return parameters | {"AccountOnly": True} if account_only else parameters
