"""Somebody asks for devices, or for one: the answer is what the inventory last saw."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.devices import position
from shared.devices.device_sort import Sort
from shared.devices.groups import Seen, name_of
from shared.devices.inventory import Mailbox, MobileDevice, key_of
from shared.devices.inventory_run import Picture
from shared.devices.model import AccessState, Order, Signal
from shared.devices.packed_keys import Keys
from shared.devices.position import Position
from shared.errors import NotFound
from shared.flows.inventory_ports import KnownOrders, KnownPostures
from shared.flows.inventory_reading import Pictures, taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which devices are asked for: all, where nothing is said."""

    access: AccessState | None = None
    mailbox: str = ""  # its address, UPN or GUID
    text: str = ""  # part of what the device, or its mailbox, is called
    sort: Sort | None = None  # None: as the inventory has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some devices, and behind which position there are more; "": there are none."""

    picture: Picture
    seen: tuple[Seen, ...]
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One device, and the newest of what was said about it."""

    picture: Picture
    seen: Seen
    reported: Signal | None
    ordered: Order | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceList:
    """
    Finds devices among rows that stream past.

    With a mailbox, a text or an order, each page takes a pass through all rows: some seconds,
    where there are hundreds of thousands.
    """

    pictures: Pictures
    postures: KnownPostures
    orders: KnownOrders

    def page(self, tenant_id: str, wanted: Wanted, *, after: str, limit: int) -> Page:
        """Return devices behind a position, a whole page if there are so many."""
        picture = taken(tenant_id, self.pictures)
        if wanted.sort is not None:
            devices, next_after = self._sorted(
                tenant_id, wanted, wanted.sort, after=after, limit=limit
            )
            seen = self._seen(tenant_id, devices)
            return Page(picture=picture, seen=seen, after=next_after)
        found: list[tuple[Position, MobileDevice]] = []
        start = position.read(after) if after else None
        for at, device in self._matching(tenant_id, wanted, start):
            found.append((at, device))
            if len(found) > limit:
                break
        is_last = len(found) <= limit
        return Page(
            picture=picture,
            seen=self._seen(tenant_id, [device for _, device in found[:limit]]),
            after="" if is_last else found[limit - 1][0].text,
        )

    def _sorted(
        self, tenant_id: str, wanted: Wanted, sort: Sort, *, after: str, limit: int
    ) -> tuple[list[MobileDevice], str]:
        """Return the devices that come next in an order; no more than them are kept in memory."""
        behind = sort.read(after) if after else None
        devices = (device for _, device in self._matching(tenant_id, wanted, None))
        left = (
            device
            for device in devices
            if behind is None or (sort.rank(device) < behind) is sort.backwards
            if sort.rank(device) != behind
        )
        pick = heapq.nlargest if sort.backwards else heapq.nsmallest
        found = pick(limit + 1, left, key=sort.rank)
        if len(found) <= limit:
            return found, ""
        return found[:limit], sort.cursor(sort.rank(found[limit - 1]))

    def one(self, tenant_id: str, guid: str) -> Known:
        """Return one device; NotFound if the picture does not have it."""
        picture = taken(tenant_id, self.pictures)
        found = self.pictures.find_device(tenant_id, guid)
        if found is None:
            raise NotFound(f"the inventory of {picture.made_at} has no device {guid}")
        device, mailbox = found
        seen = Seen(device=device, mailbox=mailbox or _unlisted(device))
        name, device_id = name_of(seen.mailbox), device.device_id
        reported = self.postures.known(tenant_id, name, device_id=device_id)
        ordered = self.orders.known(tenant_id, name, device_id=device_id)
        return Known(
            picture=picture,
            seen=seen,
            reported=reported[0] if reported else None,
            ordered=ordered[0] if ordered else None,
        )

    def _matching(
        self, tenant_id: str, wanted: Wanted, start: Position | None
    ) -> Iterator[tuple[Position, MobileDevice]]:
        theirs, called = self._owners(tenant_id, wanted)
        text = wanted.text.casefold()
        for at, row in self.pictures.rows_after(tenant_id, start):
            if not isinstance(row, MobileDevice):
                continue
            is_theirs = not wanted.mailbox or key_of(row.place) in theirs
            is_called = not text or _has(text, _names(row)) or key_of(row.place) in called
            if is_theirs and is_called and wanted.access in {None, row.access}:
                yield at, row

    def _owners(self, tenant_id: str, wanted: Wanted) -> tuple[Keys, Keys]:
        """Return the mailbox that is asked for, and those whose names have the text."""
        # By its place, too: a mailbox that was not listed is shown so.
        theirs, called = Keys(key_of(wanted.mailbox)), Keys()
        if not (wanted.mailbox or wanted.text):
            return theirs, called
        name, text = wanted.mailbox.casefold(), wanted.text.casefold()
        for row in self.pictures.rows(tenant_id):
            if isinstance(row, Mailbox):
                if name in {row.address.casefold(), row.upn.casefold(), row.guid.casefold()}:
                    theirs.add(row.key)
                if text and _has(text, (row.address, row.upn)):
                    called.add(row.key)
        return theirs, called

    def _seen(self, tenant_id: str, devices: list[MobileDevice]) -> tuple[Seen, ...]:
        keys = {key_of(device.place) for device in devices}
        rows = self.pictures.rows_of(tenant_id, keys)
        owners = {row.key: row for row in rows if isinstance(row, Mailbox)}
        return tuple(
            Seen(device=device, mailbox=owners.get(key_of(device.place)) or _unlisted(device))
            for device in devices
        )


def _unlisted(device: MobileDevice) -> Mailbox:
    return Mailbox(place=device.place, guid="", address="")


def _names(device: MobileDevice) -> tuple[str, ...]:
    return (
        *(device.guid, device.device_id, device.imei, device.name),
        *(device.device_type, device.model, device.os, device.user_agent),
    )


def _has(text: str, names: Iterable[str]) -> bool:
    return any(text in name.casefold() for name in names)
