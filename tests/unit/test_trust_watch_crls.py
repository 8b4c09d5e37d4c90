"""What is wrong with a CRL is announced once, and that it is over."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NotPermitted, Retryable
from shared.flows.trust_watch import PATIENCE
from shared.trust.authority import Store
from shared.trust.crl_trouble import CrlTrouble
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import an_app
from tests.unit.trust_watch_world import (
    DAY,
    LIFE,
    FakeStores,
    Trusting,
    a_list,
    after,
    an_authority,
    url_of,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DUE = ("crl_stale", "root", "due", "due")
STALE = ("crl_stale", "root", "stale", "stale")
UNREACHABLE = ("crl_unreachable", "root", "unreachable", "unreachable")
OVER_UNREACHABLE = ("crl_stale", "root", "stale", "unreachable")
FRESH = ("crl_fresh", "root", "in_order")
UNUSED = ("crl_fresh", "root", "not_used")
OTHER = "2c5b0f0a-0d35-4c8e-9f0c-4f8e3f6e9b02"


def a_world(*names: str) -> Trusting:
    """Return a tenant whose authorities have published just now."""
    world = Trusting()
    for name in names or ("root",):
        world.stores.pki.append(an_authority(name))
        world.crls.publish(name)
    return world


def days(world: Trusting, *numbers: float) -> Trusting:
    """Let the watch run on these days after the beginning."""
    return after(world, (NOW + number * DAY for number in numbers))


def test_list_that_is_not_renewed_is_due_and_then_stale_and_then_over() -> None:
    """Each once, though the watch runs daily for 120 days."""
    world = days(a_world(), *range(119))
    assert world.told == [DUE, STALE]
    world.crls.publish("root", 2)
    days(world, 119, 120)
    assert world.told == [DUE, STALE, FRESH]
    assert world.repeats == 0


def test_list_that_is_renewed_in_time_is_no_news() -> None:
    """Nothing is told in 120 days."""
    world = a_world()
    for day in range(120):
        if day % 5 == 0:
            world.crls.publish("root", day + 1)
        days(world, day)
    assert world.told == []


def test_each_list_that_is_renewed_late_is_told_of_anew() -> None:
    """Told apart by when the next was to come; each trouble by its number."""
    world = a_world()
    for day in range(30):
        if day % 9 == 0:
            world.clock.now = NOW + day * DAY
            world.crls.publish("root", day + 1)
        days(world, day, day + 0.1)
    assert world.told == [DUE, FRESH] * 3
    assert world.repeats == 0


@pytest.mark.parametrize("start", range(3))
def test_skipped_runs_delay_what_is_to_be_said(start: int) -> None:
    """Where things stand is what counts: a list that is stale by now is not due any more."""
    world = days(a_world(), *range(start, 120, 30))
    assert world.told == [STALE]


def test_event_says_which_list_and_what_to_do() -> None:
    """With the end of its life, and why."""
    world = days(a_world(), 11)
    (event,) = world.events.sent
    thumbprint = world.stores.pki[0].thumbprint
    assert event.subject == f"tenants/{TENANT}/authorities/{thumbprint[:8]}"
    assert event.data == {
        "tenant_id": TENANT,
        "authority": "root",
        "thumbprint_sha256": thumbprint,
        "crl_url": url_of("root"),
        "delta_crl_url": None,
        "stage": "stale",
        "why": "stale",
        "reason": event.data["reason"],
        "next_update": NOW + LIFE,
        "remedy": event.data["remedy"],
    }
    assert "publish a new CRL" in str(event.data["remedy"])


def test_one_failed_download_proves_nothing() -> None:
    """The next look is right again; also where two runs follow each other at once."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    after(world, [NOW + DAY, NOW + DAY + MINUTE])
    world.crls.publish("root", 2)
    days(world, 2)
    assert world.told == []


def test_second_look_that_fails_is_told_once_and_that_it_is_over() -> None:
    """The trouble lasts until a list comes again."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    days(world, 1, 2, 3, 3.5)
    assert world.told == [UNREACHABLE]
    world.crls.publish("root", 2)
    days(world, 4)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    days(world, 5, 6, 7)
    assert world.told == [UNREACHABLE, FRESH, UNREACHABLE]
    assert world.repeats == 0


def test_second_look_is_not_waited_for_where_it_comes_too_late() -> None:
    """By then nobody could sign in by the list that Entra ID has, or it never had one."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    days(world, 9)
    assert world.told == [UNREACHABLE]
    world = a_world()
    world.crls.lists[url_of("root")] = CrlTrouble.TOO_SLOW
    assert days(world, 0).told == [("crl_unreachable", "root", "unreachable", "too_slow")]


@pytest.mark.parametrize(
    "trouble",
    [
        CrlTrouble.TOO_LARGE,
        CrlTrouble.REDIRECTS,
        CrlTrouble.NOT_PUBLIC,
        CrlTrouble.NOT_HTTP,
    ],
)
def test_what_does_not_pass_by_itself_is_told_at_once(trouble: CrlTrouble) -> None:
    """Somebody has set it up like this."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = trouble
    days(world, 1)
    assert world.told == [("crl_unreachable", "root", "unreachable", trouble.value)]


def test_list_that_stays_away_until_the_last_one_has_ended_is_stale() -> None:
    """From then on Entra ID has none, and nobody signs in."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    days(world, *range(1, 14))
    assert world.told == [UNREACHABLE, OVER_UNREACHABLE]
    assert world.repeats == 0


def test_number_that_goes_back_is_told_until_it_is_higher_again() -> None:
    """Somebody has put an old list there; its end may still be far."""
    world = a_world()
    world.crls.publish("root", 70_000_000_000)
    days(world, 0)
    world.crls.publish("root", 69_999_999_999)
    days(world, 1, 2)
    back = ("crl_stale", "root", "stale", "number_went_back")
    assert world.told == [back]
    world.crls.publish("root", 70_000_000_001)
    days(world, 3)
    assert world.told == [back, FRESH]


def test_list_of_another_says_nothing_about_the_numbers() -> None:
    """Whoever can put a list there cannot make the right one look old."""
    world = a_world()
    world.crls.lists[url_of("root")] = a_list("root", 10**30, NOW, by="mallory")
    days(world, 0)
    assert [each[:3] for each in world.told] == [("crl_stale", "root", "stale")]
    assert world.told[0][3] == "wrong_signature"
    world.crls.publish("root", 2)
    days(world, 1)
    assert world.told[1:] == [FRESH]


@pytest.mark.parametrize(
    ("stands_there", "code"),
    [
        (lambda: b"<html>not found</html>", "unreadable"),
        (lambda: a_list("other", 1, NOW), "wrong_issuer"),
        (lambda: a_list("root", 1, NOW + 5 * DAY), "not_yet_valid"),
    ],
    ids=["unreadable", "wrong issuer", "not yet valid"],
)
def test_list_that_nobody_can_go_by_is_told_by_its_code(
    stands_there: Callable[[], bytes], code: str
) -> None:
    """Once, and that it is over."""
    world = a_world()
    world.crls.lists[url_of("root")] = stands_there()
    days(world, 0, 1, 2)
    assert world.told == [("crl_stale", "root", "stale", code)]
    world.crls.publish("root", 2)
    days(world, 3)
    assert world.told[1:] == [FRESH]


def test_list_that_is_wrong_again_and_again_is_told_of_once() -> None:
    """Whoever publishes it does so daily, with other dates."""
    world = a_world()
    for day in range(5):
        world.crls.lists[url_of("root")] = a_list("other", day, NOW + day * DAY)
        days(world, day)
    assert world.told == [("crl_stale", "root", "stale", "wrong_issuer")]


def test_failure_that_may_pass_does_not_end_what_was_told() -> None:
    """Nobody knows whether it is over."""
    world = days(a_world(), 0)
    world.crls.lists[url_of("root")] = a_list("other", 2, NOW)
    days(world, 1)
    world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
    days(world, 2)
    assert world.told == [("crl_stale", "root", "stale", "wrong_issuer")]
    days(world, 3)
    assert world.told[1:] == [UNREACHABLE]


def with_delta() -> Trusting:
    """Return a tenant whose authority also publishes a delta."""
    world = a_world()
    world.stores.pki = [an_authority("root", delta_crl_url=url_of("delta"))]
    return world


def test_delta_is_due_every_day_and_nobody_needs_to_know() -> None:
    """It lives for a day, and is looked at just before its end."""
    world = with_delta()
    for day in range(7):
        at = NOW + day * DAY
        world.crls.lists[url_of("delta")] = a_list("root", 2 + day, at, life=DAY, delta_of=1)
        days(world, day + 0.9)
    assert world.told == []


def test_delta_that_stays_stale_is_told_of_once_though_the_base_is_renewed() -> None:
    """It is the delta's own end that tells it apart."""
    world = with_delta()
    world.crls.lists[url_of("delta")] = a_list("root", 1, NOW, life=DAY, delta_of=1)
    days(world, 0, 2, 3)
    world.crls.publish("root", 2)
    days(world, 4, 5)
    assert world.told == [("crl_stale", "root", "stale", "delta_stale")]
    assert world.events.sent[0].data["next_update"] == NOW + DAY


def test_several_lists_have_troubles_of_their_own() -> None:
    """One is stale, one cannot be fetched, one is well."""
    world = a_world("root", "issuing", "other")
    days(world, 0)
    world.crls.lists[url_of("issuing")] = CrlTrouble.UNREACHABLE
    for day in range(1, 13):
        world.crls.publish("other", day + 1)
        days(world, day)
    told = {name: [each[2] for each in world.told if each[1] == name] for name in ("root", "other")}
    assert told == {"root": ["due", "stale"], "other": []}
    assert [each[2:] for each in world.told if each[1] == "issuing"] == [
        ("unreachable", "unreachable"),
        ("stale", "unreachable"),
    ]


def test_one_place_is_looked_at_once_and_two_places_are_two() -> None:
    """An authority may stand in both stores, with the same address or another."""
    world = a_world()
    (authority,) = world.stores.pki
    elsewhere = "http://old.contoso.com/root.crl"
    world.crls.lists[elsewhere] = a_list("root", 1, NOW - LIFE)
    world.stores.classic = [replace(authority, store=Store.CLASSIC)]
    assert days(world, 0).crls.asked == [url_of("root")]
    world.stores.classic = [replace(authority, store=Store.CLASSIC, crl_url=elsewhere)]
    days(world, 1, 2)
    assert world.told == [STALE]
    assert world.events.sent[0].data["crl_url"] == elsewhere


@pytest.mark.parametrize("change", ["removed", "another address", "no address"])
def test_what_was_told_is_over_where_nobody_goes_by_the_list_any_more(change: str) -> None:
    """And is told anew, should the same list count again."""
    world = days(a_world(), 11)
    (authority,) = world.stores.pki
    moved = replace(authority, crl_url=url_of("new"))
    world.clock.now = NOW + 11 * DAY
    world.crls.lists[url_of("new")] = a_list("root", 2, world.clock.now)
    world.stores.pki = {
        "removed": [],
        "another address": [moved],
        "no address": [replace(authority, crl_url="")],
    }[change]
    days(world, 12, 13)
    assert world.told == [STALE, UNUSED]
    world.stores.pki = [authority]
    days(world, 14)
    assert world.told == [STALE, UNUSED, STALE]
    assert world.repeats == 0


def test_store_that_cannot_be_read_is_not_taken_for_an_empty_one() -> None:
    """Nothing is said to be over."""
    world = days(a_world(), 11)
    world.stores.pki_down = NotPermitted("PublicKeyInfrastructure.Read.All is missing")
    world.clock.advance(DAY)
    assert [type(each) for each in world.look()] == [NotPermitted]
    assert world.told == [STALE]


def test_authority_that_has_expired_owes_no_list() -> None:
    """What was told of its list is over."""
    world = Trusting()
    world.stores.pki = [an_authority("root", NOW + 12 * DAY)]
    world.crls.publish("root")
    days(world, 0, 11, 13, 14)
    crls = [each for each in world.told if each[0].startswith("crl")]
    assert crls == [STALE, UNUSED]
    assert len(world.crls.asked) == 2


def test_run_ends_in_time_and_goes_on_where_it_left_off() -> None:
    """Of each tenant, the least recently looked at come first."""
    names = [f"ca{number:02}" for number in range(60)]
    world = a_world(*names[:40])
    world.others[OTHER] = FakeStores(pki=[an_authority(name) for name in names[40:]])
    for name in names[40:]:
        world.crls.publish(name)
    world.crls.takes = 10 * timedelta(seconds=1)
    apps = an_app(), an_app(tenant_id=OTHER)
    for left in (36, 36, 36, 36):
        (failure,) = world.look(*apps)
        assert isinstance(failure, Retryable)
        assert str(failure).startswith(f"{left} CRLs were not looked at")
        world.clock.advance(DAY)
    assert len(world.crls.asked) == 4 * PATIENCE / world.crls.takes
    assert set(world.crls.asked) == {url_of(name) for name in names}
    counts = Counter(world.crls.asked)
    assert {counts[url_of(name)] for name in names[:40]} == {1, 2}
    assert {counts[url_of(name)] for name in names[40:]} == {2, 3}


def test_topic_that_is_down_delays_the_event() -> None:
    """And nothing is lost."""
    world = days(a_world(), 0)
    world.events.down = Retryable("the event topic is busy")
    world.clock.now = NOW + 11 * DAY
    assert [type(each) for each in world.look()] == [Retryable]
    world.events.down = None
    days(world, 12)
    assert world.told == [STALE]


@pytest.mark.parametrize("number", range(1, 12))
def test_death_before_it_is_noted_repeats_the_event_under_its_id(number: int) -> None:
    """Told before noted: the repeat is a duplicate that a consumer drops."""
    world = days(a_world(), 0)
    world.clock.now = NOW + 11 * DAY
    died = world.die_at(number)
    assert died is (number <= 6)
    days(world, 11)
    assert world.told == [STALE]
    assert world.repeats == (number == 6)  # read three times and looked, told, noted
    world.crls.publish("root", 2)
    world.die_at(number)
    days(world, 11.1)
    assert world.told == [STALE, FRESH]


RUNS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=6 * 24),  # hours since the run before
        st.sampled_from(["once", "dies", "overlaps"]),
        st.integers(min_value=1, max_value=9),  # at which call
        st.sampled_from(["published", "published", "fails", "left alone"]),
    ),
    max_size=25,
)


@given(runs=RUNS)
def test_each_trouble_begins_and_ends_once_whatever_the_workers_do(
    runs: list[tuple[int, str, int, str]],
) -> None:
    """What was told ends with the state of things, and nothing is over that was not begun."""
    world = days(a_world(), 0)
    for number, (hours, what, call, change) in enumerate(runs, start=2):
        world.clock.advance(hours * HOUR)
        if change == "published":
            world.crls.publish("root", number)
        elif change == "fails":
            world.crls.lists[url_of("root")] = CrlTrouble.UNREACHABLE
        if what == "dies":
            world.die_at(call)
        elif what == "overlaps":
            world.overlap_at(call)
        assert world.look() == []
    is_open = False
    for event in world.told:
        assert is_open or event != FRESH
        is_open = event != FRESH
    world.crls.publish("root", len(runs) + 2)
    world.clock.advance(HOUR)
    assert world.look() == []
    assert not world.told or world.told[-1] == FRESH
    assert sum(event == FRESH for event in world.told) <= len(world.told) / 2
