"""
A walk through all devices that loses none, whatever comes and goes meanwhile.

Devices are listed by when they last reported, the latest last. The next page is not asked for
by its number, as what moves within the list would slip through between two pages: it is the
first page of those that have reported since the last one on this page. A device that stays
quiet is among them until it is met; one that reports moves to the end, and is met there.

Where a service does not list so, or too many devices report within a second, the pages are
numbered after all. Then each is followed by the one before it, once more: a device that
slipped from the one to the other is met there. Only if as many as a page holds go at once, or
some go and others come in just between two calls, one could be lost until the next walk.

Devices that have never reported are met only where they are listed first.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.errors import Rejected
from shared.mdm.maas360.search import Found, Search, Status

LARGEST: Final = 250  # devices on a page
MODEST: Final = 50  # where that is refused; it is what some get who do not ask
# Of those that have reported at the edge of a page, others may stand behind it; and whether
# the service counts in milliseconds when it looks for what is later is not known.
OVERLAP: Final = 1000  # milliseconds
_PLACE: Final = re.compile(r"(Active|Inactive):(\d{0,17}):([1-9]\d{0,6}):([1-9]\d{0,3})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a walk stands: at a page of those devices that have reported after a moment."""

    after: int | None  # in milliseconds since 1970
    status: Status = Status.ACTIVE
    number: int = 1
    size: int = LARGEST

    @classmethod
    def read(cls, text: str, since: datetime | None) -> "Place":
        """Return the place that was written so; the beginning, if it is none."""
        found = _PLACE.fullmatch(text)
        if found is None:
            return cls(after=_milliseconds(since))
        return cls(
            status=Status(found[1]),
            after=int(found[2]) if found[2] else None,
            number=int(found[3]),
            size=int(found[4]),
        )

    def written(self) -> str:
        """Return it as text."""
        after = "" if self.after is None else self.after
        return f"{self.status}:{after}:{self.number}:{self.size}"

    def following(self, found: Found, since: datetime | None) -> "Place | None":
        """Return where to go on; the inactive come last, as devices go there rather than back."""
        if found.is_last:
            if self.status is Status.INACTIVE:
                return None
            beginning = replace(self, after=_milliseconds(since), number=1)
            return replace(beginning, status=Status.INACTIVE)
        edge = found.latest_in_order(self.after)
        # Once numbers are needed, they are for good: a service that does not look for what is
        # later would be asked for the same pages again and again.
        if edge is not None and (self.number == 1 or self.after is None):
            later = edge - OVERLAP
            if later > (self.after or 0):
                return replace(self, after=later, number=1)
        return replace(self, number=self.number + 1)


def step(search: Search, place: Place) -> tuple[Place, Found, tuple[Found, ...]]:
    """Return the page at a place, the place as it turned out, and all that was met there."""
    place, found = _begun(search, place)
    if place.number == 1:
        return place, found, (found,)
    before = _page(search, replace(place, number=place.number - 1))
    return place, found, (found, before)


def _begun(search: Search, place: Place) -> tuple[Place, Found]:
    """Return the page; where pages begin, smaller ones may do."""
    try:
        return place, _page(search, place)
    except Rejected:
        if place.number > 1 or place.size <= MODEST:
            raise
    modest = replace(place, size=MODEST)
    return modest, _page(search, modest)


def _page(search: Search, place: Place) -> Found:
    return search.page(place.status, place.number, place.size, after=place.after)


def _milliseconds(since: datetime | None) -> int | None:
    return None if since is None else int(since.timestamp() * 1000)
