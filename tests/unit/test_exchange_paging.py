"""Links to further pages are followed to the end, but never anywhere else."""

import itertools
import weakref
from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import pytest

from shared.errors import CutShort, Misconfigured, NotFound
from shared.exchange.paging import MOST_PAGES, by_mailbox, complete, rows_of
from shared.exchange.reply import Page
from tests.unit.builders import TENANT
from tests.unit.exchange_answers import Answer, Server, answer, binding_error, rows, server

OWN = f"https://exchange.example/adminapi/beta/{TENANT}/InvokeCommand"
TRUNCATED = "There are more results available than are currently displayed. To view them, ..."
DEAD = binding_error("Expired or Invalid pagination request.", "X")


def page(number: int, link: str | None = None) -> Callable[[], Answer]:
    """Return a page of one row and the link that follows it."""
    return rows({"N": number}, **({"@odata.nextLink": link} if link else {}))


def listed(known: Server) -> list[int]:
    """Return the numbers that a listing shows."""
    return numbers(known.transport.pages("Get-X", {"Mailbox": "a"}))


def numbers(pages: Iterator[Page]) -> list[int]:
    """Return the numbers on the pages."""
    return [msgspec.json.decode(row)["N"] for page in pages for row in page]


def test_the_same_body_goes_to_each_link() -> None:
    """With the same anchor: it finds the server that made the link."""
    known = server(Get_X=[page(1, f"{OWN}?$skiptoken=2"), page(2, f"{OWN}?$skiptoken=3"), page(3)])

    assert listed(known) == [1, 2, 3]
    assert [request.method for request in known.requests] == ["POST"] * 3
    assert [request.url.params.get("$skiptoken") for request in known.requests] == [None, "2", "3"]
    for name in ("X-AnchorMailbox", "Prefer", "client-request-id"):
        assert len({request.headers[name] for request in known.requests}) == 1
    assert {request.content for request in known.requests} == {known.requests[0].content}
    assert known.parameters("Get-X")[0] == {"ResultSize": "Unlimited", "Mailbox": "a"}


def test_pages_come_as_they_are_asked_for() -> None:
    """So that one page is held at a time."""
    known = server(Get_X=[page(1, f"{OWN}?2"), page(2)])
    pages = known.transport.pages("Get-X", {})
    assert known.requests == []
    next(pages)
    assert len(known.requests) == 1


def test_own_address_may_be_written_with_its_port() -> None:
    """Some links are."""
    known = server(
        Get_X=[page(1, f"https://exchange.example:443/adminapi/beta/{TENANT}/x"), page(2)]
    )
    assert listed(known) == [1, 2]


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/adminapi/beta/x/InvokeCommand",
        "http://exchange.example/adminapi/beta/x/InvokeCommand",
        "https://exchange.example:444/adminapi/beta/x/InvokeCommand",
        "https://exchange.example.elsewhere.example/adminapi/beta/x",
        "https://exchange.example@elsewhere.example/adminapi/beta/x",
        "https://user:word@exchange.example/adminapi/beta/x",
        "https://exchange.example/other/beta/x",
        "https://exchange.example/adminapi/../other",
        "/adminapi/beta/x",
        "https://[",
        "not an address",
    ],
)
def test_the_token_goes_nowhere_else(link: str) -> None:
    """Whoever answers a link learns it."""
    known = server(Get_X=page(1, link))
    with pytest.raises(Misconfigured, match="next page"):
        listed(known)
    assert len(known.requests) == 1


def test_a_link_that_leads_back_is_the_end_of_it() -> None:
    """And not the end of the list."""
    known = server(Get_X=[page(1, f"{OWN}?2"), page(2, f"{OWN}?3"), page(3, f"{OWN}?2")])
    with pytest.raises(CutShort, match="back"):
        listed(known)
    assert len(known.requests) == 3


def test_a_listing_without_end_is_given_up() -> None:
    """Even if no link comes twice."""
    count = itertools.count()

    def another() -> Answer:
        return page(1, f"{OWN}?{next(count)}")()

    shown = 0
    with pytest.raises(CutShort, match=str(MOST_PAGES)):  # noqa: PT012 - it breaks off underway
        for _ in server(Get_X=another).transport.pages("Get-X", {}):
            shown += 1
    assert shown == MOST_PAGES


def test_a_truncated_page_without_a_link_is_no_whole() -> None:
    """Exchange has more, and does not say where."""
    with pytest.raises(CutShort, match="no link"):
        listed(server(Get_X=rows({"N": 1}, **{"@adminapi.warnings": [TRUNCATED]})))


def test_trouble_on_the_way_is_waited_out_on_the_page_where_it_came() -> None:
    """Rows shown before are not shown again."""
    known = server(Get_X=[page(1, f"{OWN}?2"), answer(503), page(2)])
    assert listed(known) == [1, 2]


def test_a_dead_link_is_asked_for_once() -> None:
    """It stays dead."""
    known = server(Get_X=[page(1, f"{OWN}?2"), DEAD])
    with pytest.raises(CutShort):
        listed(known)
    assert len(known.requests) == 2


def test_a_listing_starts_again_once_and_then_takes_the_other_way() -> None:
    """Rows come twice; none is missing."""
    known = server(Get_X=[page(1, f"{OWN}?2"), DEAD, page(1, f"{OWN}?2"), DEAD])
    whole = partial(known.transport.pages, "Get-X", {})

    assert numbers(complete(whole, lambda: iter([(msgspec.Raw(b'{"N": 7}'),)]))) == [1, 1, 7]
    with pytest.raises(CutShort):
        numbers(complete(whole))


def test_a_part_that_is_cut_short_spoils_the_whole() -> None:
    """The other way has no other way."""
    known = server(Get_X=[page(1), page(2, f"{OWN}?2"), DEAD])
    with pytest.raises(CutShort):
        list(by_mailbox(known.transport.pages, "Get-X", ["a", "b"]))


def test_a_mailbox_that_went_has_no_rows() -> None:
    """Nor has it devices to miss."""

    def pages(_: str, parameters: object) -> Iterator[Page]:
        if parameters == {"Mailbox": "gone"}:
            raise NotFound("gone")
        return iter([(msgspec.Raw(b'{"N": 1}'),)])

    assert numbers(by_mailbox(pages, "Get-X", ["a", "gone", "b"])) == [1, 1]


class Numbered(msgspec.Struct, weakref=True):
    """A row of these pages."""

    n: int = msgspec.field(name="N")


def test_rows_come_in_the_shape_that_is_asked_for() -> None:
    """With the same care for links as raw ones."""
    known = server(Get_X=[page(1, f"{OWN}?2"), page(2)])
    assert list(known.transport.pages_of(Numbered, "Get-X", {})) == [[Numbered(1)], [Numbered(2)]]
    with pytest.raises(CutShort):
        list(server(Get_X=[page(1, f"{OWN}?2"), DEAD]).transport.pages_of(Numbered, "Get-X", {}))


def test_an_odd_row_spoils_only_itself() -> None:
    """It comes as what is wrong with it, in its place."""
    known = server(Get_X=rows({"N": 1}, {"N": "many"}, {}, {"N": 4}))
    ((first, odd, empty, last),) = known.transport.pages_of(Numbered, "Get-X", {})
    assert (first, last) == (Numbered(1), Numbered(4))
    assert isinstance(odd, Misconfigured)
    assert isinstance(empty, Misconfigured)


@pytest.mark.parametrize("body", [b"<html>", b'{"value": [5]', b"[]"])
def test_a_page_that_cannot_be_read_is_tried_again(body: bytes) -> None:
    """In whatever shape its rows are wanted."""
    known = server(Get_X=[answer(200, body), page(1)])
    assert list(known.transport.pages_of(Numbered, "Get-X", {})) == [[Numbered(1)]]


def test_a_page_is_gone_before_the_next_is_asked_for() -> None:
    """Unless whoever reads it keeps it."""
    seen: list[weakref.ref[Numbered]] = []
    gone: list[bool] = []

    def second() -> Answer:
        gone.extend(each() is None for each in seen)
        return page(2)()

    two = rows({"N": 1}, {"N": 2}, **{"@odata.nextLink": f"{OWN}?2"})
    known = server(Get_X=[two, second])
    for row in rows_of(known.transport.pages_of(Numbered, "Get-X", {})):
        seen.append(weakref.ref(row))
        del row
    assert gone[:1] == [True]
