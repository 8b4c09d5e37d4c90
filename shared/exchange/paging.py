"""Listings: page by page, to their very end or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import TypeVar
from urllib.parse import quote

import httpx

from shared.errors import CutShort, Misconfigured, NotFound
from shared.exchange.asking import Asking, Question, Repeat, question
from shared.exchange.endpoint import Answer
from shared.exchange.reply import Paged

MOST_PAGES = 5000  # of 1000 rows: a listing that goes on longer never ends
UNLIMITED = {"ResultSize": "Unlimited"}  # asked for, and not relied on
# They take no ResultSize, and a parameter that a cmdlet does not know is refused.
UNSIZED = frozenset(
    {
        "Get-ActiveSyncDeviceAccessRule",
        "Get-MobileDeviceMailboxPolicy",
        "Get-OrganizationConfig",
    }
)
DEEPEST = 12  # letters that a slice may begin with, before it is given up
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

T = TypeVar("T")  # a page, of whatever is made of its rows
R = TypeVar("R")  # a row
Reading = Callable[[], Iterator[T]]
Pages = Callable[[str, Mapping[str, object]], Iterator[T]]


def pages(
    asking: Asking,
    cmdlet: str,
    parameters: Mapping[str, object],
    select: Sequence[str],
    read: Callable[[str, Answer], Paged[T]],
) -> Iterator[T]:
    """Yield page after page, each asked for with the same body as the first."""
    asked = _asked(cmdlet, parameters)
    link: httpx.URL | None = _beginning(asking, select)
    seen: set[httpx.URL] = set()
    while link:
        if link in seen:
            raise CutShort(f"page {len(seen)} of {cmdlet} leads back to an earlier one")
        if len(seen) == MOST_PAGES:
            raise CutShort(f"{cmdlet} has more than {MOST_PAGES} pages")
        seen.add(link)
        page, following = asking.ask(asked, link, partial(read, cmdlet), Repeat.SAFE)
        link = asking.endpoint.follows(following) if following else None
        yield page
        del page  # gone before the next is there


def one_page(
    asking: Asking,
    cmdlet: str,
    parameters: Mapping[str, object],
    *,
    select: Sequence[str],
    read: Callable[[str, Answer], Paged[T]],
    link: str,
) -> tuple[T, str]:
    """
    Return the page at the link, or the first one for none, and the link to the next or none.

    The link may have been kept for a while. CutShort if it is not, or no longer, one of this
    API on this host: it is never asked for then.
    """
    url = _kept(asking, link) if link else _beginning(asking, select)
    asked = _asked(cmdlet, parameters)
    page, following = asking.ask(asked, url, partial(read, cmdlet), Repeat.SAFE)
    if not following:
        return page, ""
    if asking.endpoint.follows(following) == url:
        raise CutShort(f"a page of {cmdlet} leads back to itself")
    return page, following


def _asked(cmdlet: str, parameters: Mapping[str, object]) -> Question:
    return question(cmdlet, {**({} if cmdlet in UNSIZED else UNLIMITED), **parameters})


def _beginning(asking: Asking, select: Sequence[str]) -> httpx.URL:
    query = f"?$select={quote(','.join(select), safe=',')}" if select else ""
    return httpx.URL(asking.endpoint.invoke_url + query)


def _kept(asking: Asking, link: str) -> httpx.URL:
    try:
        return asking.endpoint.follows(link)
    except Misconfigured as elsewhere:
        raise CutShort(f"the link that was kept cannot be followed: {elsewhere}") from elsewhere


def complete(whole: Reading[T], fallback: Reading[T] | None = None) -> Iterator[T]:
    """
    Yield all rows, or raise CutShort: start again once, then read in smaller parts.

    What was yielded before comes again after a new start, so rows must be told apart by
    their Guid. Only an iterator that ends by itself has shown all of them.
    """
    try:
        yield from _restarted(whole)
    except CutShort:
        if fallback is None:
            raise
        yield from fallback()


def _restarted(whole: Reading[T]) -> Iterator[T]:
    with suppress(CutShort):
        yield from whole()
        return
    yield from whole()


def rows_of(typed: Iterator[list[R | Misconfigured]]) -> Iterator[R]:
    """Yield each row of typed pages; one that cannot be read is not passed over."""
    for row in chain.from_iterable(typed):
        if isinstance(row, Misconfigured):
            raise row
        yield row


def by_mailbox(read: Pages[T], cmdlet: str, mailboxes: Sequence[str]) -> Iterator[T]:
    """Yield the rows of each mailbox; one that has gone meanwhile has none."""
    for mailbox in mailboxes:
        try:
            yield from read(cmdlet, {"Mailbox": mailbox})
        except NotFound:
            continue


def by_prefix(read: Pages[T], cmdlet: str, name: str, prefix: str = "") -> Iterator[T]:
    """
    Yield all rows, in slices by how the property *name* begins.

    A slice that is still too long for one page is sliced again. Filters ignore case.
    """
    try:
        yield from read(cmdlet, {"Filter": _begins(name, prefix)} if prefix else {})
    except CutShort:
        if len(prefix) == DEEPEST:
            raise
    else:
        return
    for letter in LETTERS:
        yield from by_prefix(read, cmdlet, name, prefix + letter)
    yield from read(cmdlet, {"Filter": _rest(name, prefix)})


def _begins(name: str, prefix: str) -> str:
    return f"{name} -like '{prefix}*'"


def _rest(name: str, prefix: str) -> str:
    """Return the filter for what begins with *prefix* and goes on with none of LETTERS."""
    sliced = " -or ".join(_begins(name, prefix + letter) for letter in LETTERS)
    others = f"-not ({sliced})"
    return f"{_begins(name, prefix)} -and {others}" if prefix else others
