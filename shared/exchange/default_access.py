"""The default access level, and every device that a change of it could shut out."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from shared.devices.coverage import Standing
from shared.devices.model import AccessLevel, AccessPolicy
from shared.errors import NotFound
from shared.exchange import rows
from shared.exchange.looking_back import Sleep, look_back
from shared.exchange.mailboxes import named, read_mailbox
from shared.exchange.paging import by_mailbox, by_prefix, complete, rows_of
from shared.exchange.rules import AccessRules
from shared.exchange.transport import Transport, list_change

DEVICES, MAILBOXES = "Get-MobileDevice", "Get-CASMailbox"
BELOW_MAILBOX = ",CN=ExchangeActiveSyncDevices,"
MAILBOX_PROPERTIES = (
    "DistinguishedName",
    "PrimarySmtpAddress",
    "ActiveSyncAllowedDeviceIDs",
    "ActiveSyncBlockedDeviceIDs",
)


class _Mailbox(rows.CasMailbox, kw_only=True):
    place: str = msgspec.field(name="DistinguishedName")
    address: str = msgspec.field(name="PrimarySmtpAddress")


class _Device(rows.MobileDevice, rename="pascal", kw_only=True):
    distinguished_name: str


class DefaultAccess:
    """One tenant's default access level; repeating any order does no harm."""

    def __init__(self, transport: Transport, sleep: Sleep = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep
        self._rules = AccessRules(transport, sleep)

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        return self._rules.policy()

    def everything(self) -> tuple[Standing, ...]:
        """
        Return every device of the tenant; a Failure if Exchange does not show all of them.

        The lists are read first: a device that comes meanwhile shows as on none of them.
        """
        mailboxes = {each.place.casefold(): each for each in self._mailboxes()}
        addresses = [each.address for each in mailboxes.values()]
        # A listing that was started again brings rows twice.
        devices = {each.guid: each for each in self._devices(addresses)}
        return tuple(self._standings(devices.values(), mailboxes))

    def of_mailbox(self, mailbox: str) -> tuple[Standing, ...]:
        """Return every device of one mailbox; NotFound if there is no such mailbox."""
        lists = self._mailbox(mailbox)
        whole = partial(self._transport.pages_of, _Device, DEVICES, {"Mailbox": mailbox})
        found = {each.guid: each for each in rows_of(complete(whole))}
        return tuple(_standing(mailbox, each, lists) for each in found.values())

    def cover(self, mailbox: str, device_ids: Sequence[str]) -> None:
        """
        Put all these ids on the mailbox's allowed list, in one write; blocked ones stay blocked.

        Whatever is on both lists is blocked. Exchange is reported to take it off the blocked
        one when the other is written, which would let it in: so it leaves the allowed one.
        """
        lists = self._mailbox(mailbox)
        added = [each for each in device_ids if not rows.holds(lists.blocked, each)]
        if added:
            allowed = list_change(add=added, remove=rows.on_both(lists))
            self._transport.invoke(
                "Set-CASMailbox",
                {"Identity": mailbox, "ActiveSyncAllowedDeviceIDs": allowed, "Confirm": False},
            )

    def set_default(self, level: AccessLevel) -> AccessLevel:
        """Set the level and return the one that Exchange then shows: it may be late."""
        change = {"DefaultAccessLevel": level, "Confirm": False}
        self._transport.invoke("Set-ActiveSyncOrganizationSettings", change)
        return look_back(
            lambda: self.access_policy().default, lambda shown: shown is level, self._sleep
        )

    def _mailboxes(self) -> Iterator[_Mailbox]:
        read = partial(self._transport.pages_of, _Mailbox, select=MAILBOX_PROPERTIES)
        whole = partial(read, MAILBOXES, {})
        # Of what it can be filtered by, the name alone is all of a mailbox's own.
        sliced = partial(by_prefix, read, MAILBOXES, "Name")
        return rows_of(complete(whole, sliced))

    def _devices(self, mailboxes: Sequence[str]) -> Iterator[_Device]:
        read = partial(self._transport.pages_of, _Device)
        singly = partial(by_mailbox, read, DEVICES, mailboxes)
        return rows_of(complete(partial(read, DEVICES, {}), singly))

    def _standings(
        self, devices: Iterable[_Device], mailboxes: dict[str, _Mailbox]
    ) -> Iterator[Standing]:
        gone: set[str] = set()
        for device in devices:
            place = named(device.distinguished_name.rpartition(BELOW_MAILBOX)[2])
            key = place.casefold()
            if key not in mailboxes and key not in gone:
                self._look_up(place, mailboxes, gone)
            if key in mailboxes:
                yield _standing(mailboxes[key].address, device, mailboxes[key])

    def _look_up(self, place: str, mailboxes: dict[str, _Mailbox], gone: set[str]) -> None:
        """Read a mailbox that the listing lacks: it is new, or is gone and gets no mail."""
        try:
            mailboxes[place.casefold()] = self._mailbox(place)
        except NotFound:
            gone.add(place.casefold())

    def _mailbox(self, identity: str) -> _Mailbox:
        return rows.read(read_mailbox(self._transport, identity), _Mailbox)


def _standing(mailbox: str, row: _Device, lists: _Mailbox) -> Standing:
    return Standing(
        device=rows.device(mailbox, row, lists), first_sync_at=_moment(row.first_sync_time)
    )


def _moment(text: str | None) -> datetime | None:
    """Return an aware time: Exchange's times are UTC, also where they do not say so."""
    if not text:
        return None
    moment = msgspec.convert(text, datetime, strict=False)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
