"""Pages: how many rows go out at once, and what a link to the next ones is good for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from infra.local.simulators.exchange.envelope import Invocation
from infra.local.simulators.exchange.errors import CmdletError, Layer
from infra.local.simulators.exchange.rows import LazyRow

TRUNCATED = (
    "There are more results available than are currently displayed. To view them, increase the"
    " value for the ResultSize parameter."
)
_DEFAULT_SIZE = 1000


class Links(StrEnum):
    """Whether links can be followed at all: clients assume so, one measurement says no."""

    WORK = "work"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows to send now, and the token under which the rest waits."""

    rows: Sequence[LazyRow]
    skip_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    rows: Sequence[LazyRow]
    size: int
    call: Invocation  # as first made: a replay must repeat it
    tenant: str
    expires: datetime


@dataclass(slots=True)
class Paging:
    """
    Keeps the rest of each listing for whoever comes back with its link.

    A link leads to the server that made it, which is found by the anchor: without the
    same anchor on both requests it is dead. Five minutes is the shortest life reported.
    """

    links: Links = Links.WORK
    link_life: timedelta = timedelta(minutes=5)
    unlimited_in_one_page: bool = False
    _listings: dict[str, _Listing] = field(default_factory=dict)

    def first(
        self, rows: Sequence[LazyRow], call: Invocation, *, tenant: str, now: datetime
    ) -> Page:
        """Return the first page; ResultSize bounds a page, and a link follows it regardless."""
        size = min(call.page_size, self._wanted(call, len(rows)))
        if self.unlimited_in_one_page and self._is_unlimited(call):
            size = len(rows)
        expires = now + self.link_life
        listing = _Listing(rows=rows, size=size, call=call, tenant=tenant, expires=expires)
        self._listings = {key: one for key, one in self._listings.items() if one.expires > now}
        return self._cut(listing)

    def next(self, call: Invocation, *, tenant: str, now: datetime) -> Page:
        """Return the page behind a link, or the error of one that leads nowhere."""
        listing = self._listings.get(call.skip_token or "")
        if listing is None or self.links is Links.DEAD or now >= listing.expires:
            raise _dead_link()
        first = listing.call
        same_call = (first.cmdlet, first.parameters) == (call.cmdlet, call.parameters)
        if not same_call or tenant != listing.tenant:
            raise _dead_link()
        if not first.anchor or call.anchor != first.anchor:
            raise _dead_link()
        return self._cut(listing)

    def _cut(self, listing: _Listing) -> Page:
        rest = listing.rows[listing.size :]
        if not rest:
            return Page(rows=listing.rows, skip_token=None)
        token = f"SIMPR01MB0001.{uuid4()}"
        self._listings[token] = _Listing(
            rows=rest,
            size=listing.size,
            call=listing.call,
            tenant=listing.tenant,
            expires=listing.expires,
        )
        return Page(rows=listing.rows[: listing.size], skip_token=token)

    def _wanted(self, call: Invocation, available: int) -> int:
        if self._is_unlimited(call):
            return max(available, 1)
        return int(str(call.parameters.get("ResultSize", _DEFAULT_SIZE)))

    @staticmethod
    def _is_unlimited(call: Invocation) -> bool:
        return str(call.parameters.get("ResultSize", "")).casefold() == "unlimited"


def _dead_link() -> CmdletError:
    return CmdletError(
        "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
        exception="Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        layer=Layer.TRANSFORMATION,
    )
