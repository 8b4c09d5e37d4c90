"""A walk through MaaS360's devices meets everyone who is there, whatever comes and goes."""

from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Posture
from shared.errors import Rejected, Retryable
from tests.unit.builders import NOW
from tests.unit.maas360_portal import DAY, Portal, a_row, events, milliseconds, pages, sample, walk

SIZE = 3  # what the portal serves at most, so that few devices make many pages


def names(portal: Portal) -> list[str]:
    """Return whom a walk has met, each once, in order."""
    return list(dict.fromkeys(subject.mdm_id for subject in walk(portal.listing())))


@pytest.mark.parametrize("count", [0, 1, 2, SIZE, SIZE + 1, 2 * SIZE, 3 * SIZE + 1])
def test_all_devices_are_met_whatever_their_number(count: int) -> None:
    """One alone is an object, none at all has no list; active ones come first."""
    rows = [a_row(number) for number in range(count)]
    hidden = [a_row(100 + number, deviceStatus="Inactive") for number in range(count)]
    portal = Portal(rows=[*hidden, *rows], largest=SIZE)
    assert names(portal) == [row["maas360DeviceID"] for row in (*rows, *hidden)]


def test_short_list_takes_one_call() -> None:
    """For each of the two states that devices can be in."""
    portal = Portal(rows=[a_row(1), a_row(2)])
    assert len(pages(portal.listing())) == 2
    assert [query["deviceStatus"] for query in portal.searches()] == ["Active", "Inactive"]
    assert {query["pageSize"] for query in portal.searches()} == {"250"}


@dataclass
class Restless:
    """Changes the portal's devices between calls, as told by numbers; notes who did not stay."""

    deeds: list[tuple[int, int]]
    moved: set[str] = field(default_factory=set)

    def __call__(self, portal: Portal) -> None:
        """Do what is next: remove, hide, bring back, enrol, or report."""
        if not self.deeds:
            return
        deed, which = self.deeds.pop(0)
        row = portal.rows[which % len(portal.rows)]
        name = row["maas360DeviceID"]
        match deed:
            case 0 if len(portal.rows) > 1:
                portal.rows.remove(row)
            case 1:
                row["deviceStatus"] = "Inactive"
            case 2:
                row["deviceStatus"] = "Active"
            case 3:
                # Somewhere in between, as when one comes back that was hidden for long.
                portal.rows.append(a_row(which * 2 + 1, maas360DeviceID=f"New{len(self.deeds)}"))
                return
            case _:
                # It moves to the end, and it stays: whoever reports has to be met as well.
                row["lastReportedInEpochms"] = milliseconds(NOW) - len(self.deeds) * 10_000
                return
        self.moved.add(name)


@given(
    count=st.integers(1, 14),
    size=st.integers(2, 4),
    deeds=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20)), max_size=40),
)
def test_nobody_who_stays_is_missed(count: int, size: int, deeds: list[tuple[int, int]]) -> None:
    """One deed before each call: removed, hidden, brought back, enrolled in between, reported."""
    rows = [
        a_row(number * 2, deviceStatus="Inactive" if number % 4 == 3 else "Active")
        for number in range(count)
    ]
    restless = Restless(deeds)
    portal = Portal(rows=list(rows), largest=size, before=restless)
    found = {subject.mdm_id for subject in walk(portal.listing())}
    assert {row["maas360DeviceID"] for row in rows} - restless.moved <= found


@given(
    count=st.integers(1, 20),
    size=st.integers(4, 6),
    removals=st.lists(st.tuples(st.just(0), st.integers(0, 20)), max_size=12),
    is_simple=st.booleans(),
)
def test_nobody_who_stays_is_missed_where_pages_are_numbered(
    count: int, size: int, removals: list[tuple[int, int]], *, is_simple: bool
) -> None:
    """
    As all reported at once, or as the service lists them as it likes; some are removed.

    It holds while fewer go than a page holds, from one look at it to the next.
    """
    at_once = milliseconds(NOW)
    rows = [a_row(number, lastReportedInEpochms=at_once) for number in range(count)]
    restless = Restless(removals)
    portal = Portal(rows=list(rows), largest=size, before=restless, is_simple=is_simple)
    found = {subject.mdm_id for subject in walk(portal.listing())}
    assert {row["maas360DeviceID"] for row in rows} - restless.moved <= found


@pytest.mark.parametrize("at_once", [False, True])
def test_device_that_slips_to_a_page_already_read_is_met(at_once: object) -> None:
    """Seven devices, three to a page; one of the first page goes before the second is read."""
    changes = {"lastReportedInEpochms": milliseconds(NOW)} if at_once else {}
    rows = [a_row(number, **changes) for number in range(7)]
    portal = Portal(rows=rows, largest=SIZE)

    def once(portal: Portal) -> None:
        if len(portal.searches()) == 2:
            portal.rows = [row for row in portal.rows if row["maas360DeviceID"] != "Appl0000"]

    portal.before = once
    assert "Appl0003" in names(portal)


def test_pages_are_asked_for_by_time_and_not_by_number() -> None:
    """Ten devices, four to a page: each page begins with the last one of the page before."""
    rows = [a_row(number) for number in range(10)]
    portal = Portal(rows=rows, largest=4)
    assert [len(page.heard) for page in pages(portal.listing())] == [4, 4, 4, 0]
    asked = [(q["pageNumber"], q.get("lastReportedAfterInEpochms")) for q in portal.searches()]
    edges = [str(rows[place]["lastReportedInEpochms"] - 1000) for place in (3, 6)]
    assert asked == [("1", None), ("1", edges[0]), ("1", edges[1]), ("1", None)]


def test_devices_that_never_reported_are_met_where_they_are_listed_first() -> None:
    """The others come after them, by number and then by time."""
    silent = [a_row(number, lastReportedInEpochms="") for number in range(5)]
    portal = Portal(rows=[*silent, *(a_row(10 + number) for number in range(5))], largest=SIZE)
    assert len(names(portal)) == 10


def test_service_that_lists_as_it_likes_is_walked_by_number() -> None:
    """In as many calls as it takes, and not in their square."""
    for sign in (1, -1):
        rows = [a_row(50 + sign * number) for number in range(40)]
        portal = Portal(rows=rows, largest=4, is_simple=True)
        assert len(names(portal)) == 40
        assert len(portal.searches()) < 30


def test_device_that_is_hidden_meanwhile_is_met_as_it_is_then() -> None:
    """Active ones come first, so that it is met once more; the later word stands."""
    portal = Portal(rows=[a_row(1), a_row(2)])

    def hide(portal: Portal) -> None:
        if len(portal.searches()) == 2:
            portal.rows[1]["deviceStatus"] = "Inactive"

    portal.before = hide
    found = [heard for page in pages(portal.listing()) for heard in page.heard]
    assert [each.posture for each in found if each.subject.mdm_id == "Appl0002"] == [
        Posture.COMPLIANT,
        Posture.RETIRED,
    ]


def test_walk_goes_on_in_another_worker() -> None:
    """All it takes is the place."""
    portal = Portal(rows=[a_row(number) for number in range(8)], largest=SIZE)
    met, place = [], ""
    while True:
        page = portal.listing().page(None, place)
        met += [heard.subject.mdm_id for heard in page.heard]
        if page.following is None:
            break
        place = page.following
    assert sorted(set(met)) == [f"Appl{number:04d}" for number in range(8)]


@pytest.mark.parametrize("status", ["Active", "Inactive"])
def test_one_device_is_found_by_its_name(status: str) -> None:
    """In either state; and nobody where nobody is, also if another is shown in its place."""
    rows = [a_row(1), a_row(2, deviceStatus=status), a_row(3)]
    devices = Portal(rows=rows).listing()
    assert [each.subject.mdm_id for each in devices.find("Appl0002").heard] == ["Appl0002"]
    assert devices.find("Appl0009").heard == ()


def refusing(status: int) -> Portal:
    """Return a portal that answers each search with an error."""
    answer = httpx.Response(status, json={"devices": {"errorCode": 1, "errorDesc": "not found"}})
    return Portal(reply=lambda request: answer if "/search/" in request.url.path else None)


def test_device_that_may_not_be_asked_for_is_not_there() -> None:
    """An error may be how its absence is told."""
    assert refusing(200).listing().find("Appl0001").heard == ()


def test_device_that_cannot_be_asked_for_is_not_taken_for_gone() -> None:
    """The next run asks again."""
    with pytest.raises(Retryable):
        refusing(500).listing().find("Appl0001")


def test_place_that_nobody_can_read_is_the_beginning() -> None:
    """A newer version may have written it otherwise."""
    portal = Portal(rows=[a_row(1)])
    portal.listing().page(None, "Sideways::0:x")
    assert portal.searches()[0]["pageNumber"] == "1"


@pytest.mark.parametrize("status", [200, 400])
def test_smaller_pages_are_asked_for_where_large_ones_are_refused(status: int) -> None:
    """In either way of refusing; the size stays with the walk."""

    def modest(request: httpx.Request) -> httpx.Response | None:
        if int(request.url.params.get("pageSize", 0)) <= 50 or "/search/" not in request.url.path:
            return None
        return httpx.Response(status, json={"devices": {"errorCode": 1001, "errorDesc": "size"}})

    portal = Portal(rows=[a_row(number) for number in range(60)], reply=modest)
    assert len(names(portal)) == 60
    assert [query["pageSize"] for query in portal.searches()].count("250") == 1


def test_refusal_of_any_size_is_a_refusal() -> None:
    """It is told after two tries."""

    def never(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(400, json={}) if "/search/" in request.url.path else None

    portal = Portal(reply=never)
    with pytest.raises(Rejected):
        portal.listing().page(None, "")
    assert len(portal.searches()) == 2


def test_page_behind_the_end_that_repeats_the_last_one_is_the_end() -> None:
    """Another of MaaS360's lists does so."""

    def repeating(request: httpx.Request) -> httpx.Response | None:
        params = request.url.params
        if int(params.get("pageNumber", 0)) < 3 or params.get("deviceStatus") != "Active":
            return None
        told = {"count": 6, "pageNumber": 2, "pageSize": 1, "device": a_row(5)}
        return httpx.Response(200, json={"devices": told})

    at_once = milliseconds(NOW)
    rows = [a_row(number, lastReportedInEpochms=at_once) for number in range(6)]
    portal = Portal(rows=rows, largest=SIZE, reply=repeating)
    assert len(names(portal)) == 6


def test_only_those_who_have_reported_since_are_asked_for() -> None:
    """In milliseconds, in both states."""
    portal = Portal(rows=[a_row(1), a_row(2, lastReportedInEpochms=milliseconds(NOW))])
    page = portal.listing().page(NOW - DAY / 2, "")
    assert [heard.subject.mdm_id for heard in page.heard] == ["Appl0002"]
    told = portal.searches()[0]["lastReportedAfterInEpochms"]
    assert told == str(milliseconds(NOW - DAY / 2))


def test_rows_that_name_no_device_are_counted() -> None:
    """And so is what nobody understands; the rest is read."""
    odd = a_row(2, maas360ManagedStatus="Suspended")
    told = {"count": 4, "pageNumber": 1, "pageSize": 4}
    listed = [a_row(1), odd, a_row(3, maas360DeviceID=""), "what"]
    portal = Portal(
        reply=lambda request: (
            httpx.Response(200, json={"devices": {**told, "device": listed}})
            if "/search/" in request.url.path
            else None
        )
    )
    page = portal.listing().page(None, "")
    assert [heard.subject.mdm_id for heard in page.heard] == ["Appl0001", "Appl0002"]
    assert page.unknown == ("maas360ManagedStatus: suspended", "unreadable")


def test_administrator_may_give_a_kind_another_meaning() -> None:
    """Also to one that nobody knows here, which is then known."""
    meanings = events(inactive="ignored", jailbroken="lost") | {
        "maas360ManagedStatus: suspended": events(x="noncompliant")["x"]
    }
    rows = [
        a_row(1, maas360ManagedStatus="Inactive"),
        a_row(2, jailbreakStatus="Yes"),
        a_row(3, maas360ManagedStatus="Suspended"),
    ]
    page = Portal(rows=rows).listing(events=meanings).page(None, "")
    found = [heard.posture for heard in page.heard]
    assert found == [None, Posture.LOST, Posture.NONCOMPLIANT]
    assert page.unknown == ()


def test_samples_are_read_as_pages() -> None:
    """Several, one, and none behind the end: then the page before it comes once more."""
    assert met("search_several", "") == (3, "Inactive::1:250")
    assert met("search_one", "") == (1, "Inactive::1:250")
    assert met("search_past_the_end", "Active::2:250") == (3, "Inactive::1:250")


def met(name: str, place: str) -> tuple[int, str | None]:
    """Return how many devices are at a place where that sample is the answer, and what follows."""

    def reply(request: httpx.Request) -> httpx.Response | None:
        number = request.url.params.get("pageNumber")
        told = name if place == f"Active::{number}:250" or not place else "search_several"
        return httpx.Response(200, json=sample(told)) if "/search/" in request.url.path else None

    page = Portal(reply=reply).listing().page(None, place)
    return len(page.heard), page.following
