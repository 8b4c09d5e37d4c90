"""Pages: how many rows go out at once, and what a link to the next ones is good for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from infra.local.simulators.exchange.envelope import Invocation
from infra.local.simulators.exchange.errors import CmdletError, Layer
from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.rows import Values

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

    rows: Sequence[Values]
    skip_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    listing: Listing
    start: int
    size: int | None
    followed: int  # how many links led here
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
    links_that_work: int | None = None  # of one listing; the next one has expired
    unlimited_in_one_page: bool = False
    result_size_is_ignored: bool = False  # one client's author thinks so
    _rests: dict[str, _Rest] = field(default_factory=dict)

    def first(self, rows: Listing, call: Invocation, *, tenant: str, now: datetime) -> Page:
        """Return the first page; ResultSize bounds a page, and a link follows it regardless."""
        self._rests = {key: one for key, one in self._rests.items() if one.expires > now}
        rest = _Rest(
            listing=rows,
            start=0,
            size=self._size(call),
            followed=0,
            call=call,
            tenant=tenant,
            expires=now + self.link_life,
        )
        return self._cut(rest)

    def next(self, call: Invocation, *, tenant: str, now: datetime) -> Page:
        """Return the page behind a link, or the error of one that leads nowhere."""
        rest = self._rests.get(call.skip_token or "")
        if rest is None or self.links is Links.DEAD or now >= rest.expires:
            raise dead_link()
        if self.links_that_work is not None and rest.followed > self.links_that_work:
            raise dead_link()
        first = rest.call
        same_call = (first.cmdlet, first.parameters) == (call.cmdlet, call.parameters)
        if not same_call or tenant != rest.tenant:
            raise dead_link()
        if not first.anchor or call.anchor != first.anchor:
            raise dead_link()
        return self._cut(rest)

    def _cut(self, rest: _Rest) -> Page:
        cut = rest.listing.cut(rest.start, rest.size)
        if cut.next is None:
            return Page(rows=cut.rows, skip_token=None)
        token = f"SIMPR01MB0001.{uuid4()}"
        self._rests[token] = replace(rest, start=cut.next, followed=rest.followed + 1)
        return Page(rows=cut.rows, skip_token=token)

    def _size(self, call: Invocation) -> int | None:
        wanted = str(call.parameters.get("ResultSize", _DEFAULT_SIZE))
        if wanted.casefold() == "unlimited":
            return None if self.unlimited_in_one_page else call.page_size
        if self.result_size_is_ignored:
            return call.page_size
        return min(call.page_size, int(wanted))


def dead_link() -> CmdletError:
    """Return the error for a link that leads nowhere."""
    return CmdletError(
        "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
        exception="Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        layer=Layer.TRANSFORMATION,
    )
