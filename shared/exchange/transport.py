"""Runs cmdlets in one tenant: singly, page by page, or ten at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

import httpx

from shared.errors import Failure, Misconfigured, NotFound
from shared.exchange import batch, paging
from shared.exchange.asking import ATTEMPTS, Asking, Repeat, question
from shared.exchange.batch import Call
from shared.exchange.endpoint import Bearer, Endpoint
from shared.exchange.failures import AlreadySo
from shared.exchange.module_file import read_exported
from shared.exchange.reply import Page, Reply, Row, page_reader, read_page, read_reply
from shared.exchange.turns import Turns, Unhurried

__all__ = ["ATTEMPTS", "Call", "Page", "Repeat", "Reply", "Row", "Transport", "list_change"]

T = TypeVar("T")
HASHTABLE = "#Exchange.GenericHashTable"


class Transport:
    """Runs cmdlets; every failure comes out as a Failure that names the next step."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        base_url: str,
        tenant_id: str,
        bearer: Bearer,
        turns: Turns | None = None,
    ) -> None:
        endpoint = Endpoint(client, base_url=base_url, tenant_id=tenant_id, bearer=bearer)
        self._asking = Asking(endpoint, turns or Unhurried())

    def invoke(
        self, cmdlet: str, parameters: Mapping[str, object], repeat: Repeat = Repeat.SAFE
    ) -> Reply:
        """Run one cmdlet; short throttling is waited out here, longer is Retryable."""
        asked = question(cmdlet, dict(parameters))
        url = self._asking.endpoint.invoke_url
        try:
            return self._asking.ask(asked, url, partial(read_reply, cmdlet), repeat)
        except AlreadySo as nothing_to_do:
            return Reply(rows=(), warnings=(str(nothing_to_do),))

    def invoke_or_empty(self, cmdlet: str, parameters: Mapping[str, object]) -> Reply:
        """Run a cmdlet that calls it an error when there is nothing to list."""
        try:
            return self.invoke(cmdlet, parameters)
        except NotFound as nothing:
            return Reply(rows=(), warnings=(str(nothing),))

    def pages(
        self, cmdlet: str, parameters: Mapping[str, object], *, select: Sequence[str] = ()
    ) -> Iterator[Page]:
        """
        Yield a cmdlet's rows page by page, holding one page at a time.

        Only an iterator that ends by itself has shown all rows. CutShort if Exchange refuses
        to go on: `paging.complete` knows what to do then.
        """
        return paging.pages(self._asking, cmdlet, parameters, select, read_page)

    def pages_of(
        self,
        shape: type[T],
        cmdlet: str,
        parameters: Mapping[str, object],
        *,
        select: Sequence[str] = (),
    ) -> Iterator[list[T | Misconfigured]]:
        """Yield pages of rows read as *shape*, twice as fast; an odd row is a Misconfigured."""
        return paging.pages(self._asking, cmdlet, parameters, select, page_reader(shape))

    def page_of(
        self,
        shape: type[T],
        cmdlet: str,
        parameters: Mapping[str, object],
        *,
        select: Sequence[str] = (),
        link: str = "",
    ) -> tuple[list[T | Misconfigured], str]:
        """
        Return one page of rows read as *shape*, and the link to the next; "" after the last.

        With a link, the page there; *parameters* must be those of the first page.
        """
        reader = page_reader(shape)
        return paging.one_page(
            self._asking, cmdlet, parameters, select=select, read=reader, link=link
        )

    def batch(self, calls: Sequence[Call]) -> list[Reply | Failure]:
        """Run cmdlets ten to a request; returns what became of each, in the order given."""
        return batch.run(calls, self._asking, self._alone)

    def exported_cmdlets(self) -> frozenset[str]:
        """Return the cmdlets this app may run; a Failure if Exchange does not say."""
        return self._asking.look_up(self._asking.endpoint.module_url, read_exported)

    def _alone(self, call: Call) -> Reply:
        return self.invoke(call.cmdlet, call.parameters, call.repeat)


def list_change(*, add: Sequence[str] = (), remove: Sequence[str] = ()) -> dict[str, object]:
    """Return a change to a list property that leaves its other entries alone."""
    change: dict[str, object] = {"@odata.type": HASHTABLE}
    if add:
        change["Add"] = list(add)
    if remove:
        change["Remove"] = list(remove)
    return change
