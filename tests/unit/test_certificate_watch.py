"""A certificate's way to expiry is announced in stages, each once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.credentials import expiry
from shared.credentials.expiry import Stage
from shared.errors import Failure, NotFound, Retryable
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import EXPIRES, FakeVault, a_certificate, a_successor, an_app
from tests.unit.watch_world import Watched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = [stage.value for stage in Stage]
TYPES = ["certificate.expiring"] * 8 + ["certificate.expired"]


def watched_at(moments: Iterable[datetime]) -> Watched:
    """Return a tenant after the watch has run at these times."""
    tenant = Watched()
    for tenant.clock.now in moments:
        assert tenant.look() == []
    return tenant


def stages(tenant: Watched) -> list[object]:
    """Return the stages that were announced, repeats dropped."""
    return [what for kind, what in tenant.told if kind != "certificate.mismatch"]


def test_daily_run_announces_each_stage_once() -> None:
    """Over 120 days, nine events, in order; only the last one is an alarm by its type."""
    tenant = watched_at(NOW + day * DAY for day in range(120))
    assert tenant.told == list(zip(TYPES, ALL, strict=True))
    assert tenant.repeats == 0


def test_doubled_runs_announce_nothing_twice() -> None:
    """A timer that fires twice, or hourly, says no more than one that fires daily."""
    tenant = watched_at(NOW + (half // 2) * DAY for half in range(240))
    assert (stages(tenant), tenant.repeats) == (ALL, 0)
    tenant = watched_at(NOW + half * DAY / 2 for half in range(240))
    assert (stages(tenant), tenant.repeats) == (ALL, 0)


@pytest.mark.parametrize("start", range(4))
def test_skipped_runs_delay_a_stage_but_do_not_lose_it(start: int) -> None:
    """What has passed while the timer slept is announced by the next run."""
    tenant = watched_at(NOW + day * DAY for day in range(start, 120, 4))
    assert (stages(tenant), tenant.repeats) == (ALL, 0)


@pytest.mark.parametrize("late", [HOUR, 7 * HOUR, 23 * HOUR])
def test_late_runs_announce_each_stage_once(late: timedelta) -> None:
    """Every third one comes late."""
    moments = [NOW + day * DAY + (late if day % 3 else timedelta()) for day in range(120)]
    tenant = watched_at(moments)
    assert (stages(tenant), tenant.repeats) == (ALL, 0)


def test_long_sleep_ends_with_all_that_has_passed_meanwhile() -> None:
    """In order, and once."""
    tenant = watched_at([NOW, NOW + 120 * DAY, NOW + 121 * DAY])
    assert (stages(tenant), tenant.repeats) == (ALL, 0)
    assert {event.data["days_left"] for event in tenant.events.sent} == {-20}


def test_first_look_announces_only_where_things_stand() -> None:
    """What passed before anybody looked is history."""
    assert stages(watched_at([EXPIRES - 20 * DAY])) == ["30"]
    assert stages(watched_at([EXPIRES + DAY])) == ["expired"]
    assert stages(watched_at([EXPIRES - 20 * DAY, EXPIRES - 2 * DAY])) == ["30", "14", "7", "3"]


RUNS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=15 * 24),  # hours since the run before
        st.sampled_from(["once", "twice", "dies", "overlaps"]),
        st.integers(min_value=1, max_value=14),  # at which call
    ),
    max_size=40,
)


@given(start=st.integers(min_value=-5, max_value=110), runs=RUNS)
@example(start=0, runs=[(95 * 24, "dies", number) for number in range(1, 15)])
@example(start=0, runs=[(24, "overlaps", 1 + day % 14) for day in range(110)])
def test_each_stage_is_announced_once_whatever_the_workers_do(
    start: int, runs: list[tuple[int, str, int]]
) -> None:
    """Whenever they run, overlap or die; and never before its time."""
    tenant = watched_at([NOW + start * DAY])
    history = [stage.value for stage in expiry.passed(EXPIRES, tenant.clock())][:-1]
    for hours, what, number in runs:
        tenant.clock.advance(hours * HOUR)
        match what:
            case "dies":
                tenant.die_at(number)
            case "overlaps":
                tenant.overlap_at(number)
            case "twice":
                assert (tenant.look(), tenant.look()) == ([], [])
            case _:
                assert tenant.look() == []
    tenant.clock.now = max(tenant.clock.now, EXPIRES)
    assert tenant.look() == []
    assert stages(tenant) == [stage for stage in ALL if stage not in history]
    for event in tenant.events.sent:
        assert Stage(str(event.data["stage"])).begins(EXPIRES) <= event.time


@pytest.mark.parametrize("number", range(1, 7))
def test_death_before_the_stage_is_noted_repeats_the_event_under_its_id(number: int) -> None:
    """Told before noted: the repeat is a duplicate that a consumer drops."""
    tenant = watched_at([NOW, EXPIRES - 80 * DAY])
    tenant.clock.now = EXPIRES - 50 * DAY
    tenant.die_at(number)
    tenant.look()
    assert stages(tenant) == ["90", "60"]
    assert tenant.repeats == (number == 3)  # read, told, noted


def test_one_broken_tenant_does_not_silence_the_others() -> None:
    """Its failure is returned; the others are still announced."""
    tenant = Watched()
    tenant.clock.now = EXPIRES - DAY
    failures = tenant.look(an_app(certificate_name="gone"), an_app())
    assert [type(failure) for failure in failures] == [NotFound]
    assert stages(tenant) == ["1"]


def test_topic_that_is_down_delays_the_event() -> None:
    """And nothing is lost."""
    tenant = watched_at([NOW])
    tenant.clock.now = EXPIRES - 60 * DAY
    tenant.events.down = Retryable("the event topic is busy")
    assert [type(failure) for failure in tenant.look()] == [Retryable]
    tenant.events.down = None
    assert tenant.look() == []
    assert stages(tenant) == ["90", "60"]


def test_version_in_use_is_not_hidden_by_a_newer_one() -> None:
    """A renewed certificate that nobody signs with yet does not make the old one last longer."""
    renewed = a_successor(expires_at=EXPIRES + 365 * DAY)
    tenant = Watched(vault=FakeVault((a_certificate(), renewed)))
    tenant.pins.pin(TENANT, "v1")
    tenant.clock.now = EXPIRES - DAY
    assert tenant.look() == []
    assert [event.data["version"] for event in tenant.events.sent] == ["v1"]


def test_newer_version_has_stages_of_its_own() -> None:
    """Unless it was disabled: then it may well expire."""
    newer = a_successor(expires_at=EXPIRES - 40 * DAY)
    for is_enabled in (True, False):
        held = (a_certificate(), a_successor(expires_at=newer.expires_at, is_enabled=is_enabled))
        tenant = Watched(vault=FakeVault(held))
        tenant.pins.pin(TENANT, "v1")
        tenant.clock.now = EXPIRES - 50 * DAY
        tenant.look()
        told = [(event.data["version"], event.data["stage"]) for event in tenant.events.sent]
        assert told == [("v1", "60"), ("v2", "14")][: 1 + is_enabled]


def test_successor_starts_its_own_stages() -> None:
    """What was announced belongs to one certificate."""
    tenant = Watched()
    tenant.clock.now = EXPIRES - DAY
    tenant.look()
    tenant.vault.held += (a_successor(),)
    tenant.look()
    assert [event.data["version"] for event in tenant.events.sent] == ["v1", "v2"]


def test_registration_that_ends_earlier_is_what_counts() -> None:
    """Entra ID refuses the certificate from then on; a later date than its own is nothing."""
    tenant = Watched(cut_short={"v1": EXPIRES - 40 * DAY})
    tenant.clock.now = EXPIRES - 47 * DAY
    tenant.look()
    (event,) = tenant.events.sent
    assert (event.data["stage"], event.data["expires_at"]) == ("7", EXPIRES - 40 * DAY)

    tenant = Watched(cut_short={"v1": EXPIRES + 40 * DAY})
    tenant.clock.now = EXPIRES - 7 * DAY
    tenant.look()
    assert [event.data["expires_at"] for event in tenant.events.sent] == [EXPIRES]


def test_what_is_due_is_begun_once_for_each_app_before_the_look() -> None:
    """Also for one that could not be looked at; its failure silences nobody."""
    tenant = Watched(due_failure=Retryable("the vault is busy"))
    tenant.clock.now = EXPIRES - DAY
    apps = [an_app(certificate_name="gone"), an_app()]
    failures: list[Failure] = tenant.look(*apps)
    assert tenant.due == apps
    assert [type(failure) for failure in failures] == [Retryable, NotFound, Retryable]
    assert stages(tenant) == ["1"]
