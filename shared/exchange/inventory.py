"""One tenant's whole inventory in Exchange: page by page, resumable at every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from shared.devices.inventory import Part, Row
from shared.devices.listed import SLICES, AccessSettings, Listed
from shared.devices.model import WipeState
from shared.errors import CutShort, Failure, Misconfigured, NotFound, Rejected
from shared.exchange import inventory_changes, rows, slices
from shared.exchange.inventory_changes import CHANGED, NEVER_TOLD
from shared.exchange.inventory_place import Place, place_at
from shared.exchange.inventory_rows import DeviceRow, MailboxRow, properties
from shared.exchange.mailboxes import named
from shared.exchange.paging import MOST_PAGES
from shared.exchange.policies import Policies
from shared.exchange.reply import Reply
from shared.exchange.rules import AccessRules
from shared.exchange.transport import Call, Transport

REFUSED = "Exchange refuses to filter by it"


class _Readable(Protocol):
    name: str

    def kept(self) -> Row: ...


@dataclass(frozen=True, slots=True)
class _Kind:
    cmdlet: str
    shape: type[MailboxRow] | type[DeviceRow]
    name: str  # the property that slices go by; it has one value, and takes wildcards
    select: tuple[str, ...]


KINDS = {
    # Not by address: that is documented to look at all addresses, with their smtp: before them.
    Part.MAILBOXES: _Kind("Get-CASMailbox", MailboxRow, "Name", properties(MailboxRow)),
    Part.DEVICES: _Kind("Get-MobileDevice", DeviceRow, "DeviceId", properties(DeviceRow)),
}


class Inventory:
    """One tenant's mailboxes with devices, its devices, and what decides over them."""

    def __init__(self, transport: Transport, changed: Mapping[Part, str] = CHANGED) -> None:
        self._transport = transport
        self._changed = changed
        self._policies = Policies(transport)
        self._rules = AccessRules(transport)

    def page(self, part: Part, cursor: str, since: datetime | None) -> Listed:
        """
        Return the page at the cursor; "" is the first, and SLICES the first of another way.

        Mailboxes come without their UPN. CutShort where a link is dead or not one of ours;
        never for a cursor of slices. Misconfigured if a row cannot be read.
        """
        if part not in KINDS:
            raise Rejected(f"Exchange lists nothing in the part {part}")
        if cursor in {"", SLICES}:
            return self._first(part, since, slices.WHOLE if cursor else ())
        return self._page(part, place_at(cursor), since)

    def can_tell_changes(self) -> tuple[bool, str]:
        """
        Return whether changes can be listed, and what such a listing misses and why.

        New devices always can be. It asks Exchange once for each part.
        """
        missed = {part: why for part in KINDS if (why := self._why_untold(part))}
        told = [inventory_changes.untold(part, why) for part, why in missed.items()]
        return Part.MAILBOXES not in missed, "; ".join([*told, NEVER_TOLD])

    def settings(self) -> AccessSettings:
        """Return what decides over devices that are on no list."""
        policy = self._rules.policy()
        return AccessSettings(
            policies=tuple(sorted(each.name for each in self._policies.list())),
            rules=policy.rules,
            default=policy.default,
        )

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """
        Return last sync and wipes of these devices, each by itself; ten take one request.

        It opens each device's mailbox, so it is slow, and can fail for one and not another.
        """
        calls = [Call("Get-MobileDeviceStatistics", {"Identity": named(guid)}) for guid in guids]
        answers = self._transport.batch(calls)
        return {guid: _state(guid, answer) for guid, answer in zip(guids, answers, strict=True)}

    def _first(self, part: Part, since: datetime | None, levels: slices.Levels) -> Listed:
        refusal: Rejected | None = None
        wanted = inventory_changes.filters(part, since, self._changed[part])
        for calls, written in enumerate(wanted, start=1):
            try:
                listed = self._page(part, Place(filter=written, levels=levels), since)
            except slices.Indivisible:
                raise
            except Rejected as refused:
                refusal = refused
            else:
                return msgspec.structs.replace(listed, calls=calls)
        if refusal and not (since and part is Part.MAILBOXES):
            raise refusal
        return Listed(rows=[], cursor="", calls=len(wanted), untold=self._untold(part))

    def _page(self, part: Part, place: Place, since: datetime | None) -> Listed:
        found, following = (self._slice if place.levels else self._linked)(part, place)
        has_changes = since is None or bool(
            self._changed[part] and self._changed[part] in place.filter
        )
        return Listed(
            rows=found,
            cursor=following,
            calls=1,
            untold="" if has_changes else self._untold(part),
        )

    def _linked(self, part: Part, place: Place) -> tuple[list[Row], str]:
        if place.pages >= MOST_PAGES:
            raise CutShort(f"{part} have more than {MOST_PAGES} pages")
        found, link = self._read(part, place.filter, place.link)
        further = Place(filter=place.filter, link=link, pages=place.pages + 1)
        return _kept(part, found), further.cursor if link else ""

    def _slice(self, part: Part, place: Place) -> tuple[list[Row], str]:
        """Read one slice; one that is too long is left to smaller ones, and has no rows."""
        conditions = [place.filter, slices.written(place.levels, KINDS[part].name)]
        written = " -and ".join(f"({each})" for each in conditions if each)
        try:
            found, link = self._read(part, written, "")
        except CutShort:
            found, link = [], "held back"
        if link:
            names = [each.name for each in found if not isinstance(each, Misconfigured)]
            found, levels = [], slices.cut(place.levels, names)
        else:
            levels = slices.after(place.levels)
        further = Place(filter=place.filter, levels=levels)
        return _kept(part, found), further.cursor if levels else ""

    def _read(
        self, part: Part, written: str, link: str
    ) -> tuple[Sequence[_Readable | Misconfigured], str]:
        kind = KINDS[part]
        parameters = {"Filter": written} if written else {}
        return self._transport.page_of(
            kind.shape, kind.cmdlet, parameters, select=kind.select, link=link
        )

    def _why_untold(self, part: Part) -> str:
        changed = self._changed[part]
        if not changed:
            return "this app does not ask for them"
        parameters = {"Filter": inventory_changes.trial(changed), "ResultSize": 1}
        try:
            self._transport.invoke(KINDS[part].cmdlet, parameters)
        except Rejected:
            return f"{REFUSED} ({changed})"
        return ""

    def _untold(self, part: Part) -> str:
        changed = self._changed[part]
        why = f"{REFUSED} ({changed})" if changed else "this app does not ask for them"
        return inventory_changes.untold(part, why)


def _kept(part: Part, found: Sequence[_Readable | Misconfigured]) -> list[Row]:
    for number, each in enumerate(found):
        if isinstance(each, Misconfigured):
            raise Misconfigured(
                f"row {number} of a page of {part} cannot be read, so the inventory would lack it: "
                f"{each}"
            ) from each
    return [each.kept() for each in found if not isinstance(each, Misconfigured)]


def _state(guid: str, answer: Reply | Failure) -> WipeState | Failure:
    if isinstance(answer, Failure):
        return answer
    if len(answer.rows) != 1:
        return NotFound(f"Exchange has {len(answer.rows)} statistics of device {guid}")
    try:
        return rows.wipe_state(rows.read(answer.rows[0], rows.Statistics))
    except Misconfigured as unreadable:
        return unreadable
