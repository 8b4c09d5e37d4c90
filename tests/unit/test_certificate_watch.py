"""A certificate's way to expiry is announced in stages, each once."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from shared.devices.certificate import stage
from shared.errors import NotFound, Retryable
from shared.flows import certificate_watch
from shared.records.certificates import Certificates
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import EXPIRES, FakeVault, a_certificate, a_successor, an_app
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeTable, ids

DAY = timedelta(days=1)
STAGE_DAYS = [90, 60, 30, 14, 7, 3, 1, 0]


def announced_stages(runs: Iterable[timedelta]) -> list[object]:
    """Return the stages announced when the watch runs at these times."""
    pins, events = Certificates(FakeTable()), FakeEvents()
    for passed in runs:
        clock = FakeClock(NOW + passed)
        failures = certificate_watch.watch(
            [an_app()], vault=FakeVault(), pins=pins, events=events, clock=clock
        )
        assert failures == []
    assert len(set(ids(events.sent))) == len(events.sent)
    return [event.data["stage_days"] for event in events.sent]


def test_daily_run_announces_each_stage_once() -> None:
    """Over 120 days, eight events, in order."""
    assert announced_stages(day * DAY for day in range(120)) == STAGE_DAYS


def test_doubled_runs_announce_nothing_twice() -> None:
    """A timer that fires twice, or hourly, says no more than one that fires daily."""
    assert announced_stages(half * DAY / 2 for half in range(240)) == STAGE_DAYS


@pytest.mark.parametrize("start", range(4))
def test_skipped_runs_delay_a_stage_but_do_not_lose_it(start: int) -> None:
    """A stage passed while the timer slept is announced by the next run."""
    runs = [day * DAY for day in range(start, 120, 4)]
    stages = announced_stages(runs)
    assert stages[:5] == STAGE_DAYS[:5]
    assert stages[-1] == 0
    assert len(set(map(str, stages))) == len(stages)


def test_long_sleep_announces_only_where_things_stand() -> None:
    """After 120 days without a run there is one thing to say: it has expired."""
    assert announced_stages([timedelta(), 120 * DAY, 121 * DAY]) == [0]


@pytest.mark.parametrize("days", STAGE_DAYS)
def test_stage_is_passed_to_the_second(days: int) -> None:
    """A second before, the former stage holds; at the moment itself, this one."""
    moment = EXPIRES - days * DAY
    assert stage(EXPIRES, moment) == days * DAY
    assert stage(EXPIRES, moment - timedelta(seconds=1)) != days * DAY


def test_young_certificate_has_passed_no_stage() -> None:
    """Nothing is announced while all is well."""
    assert stage(EXPIRES, EXPIRES - 91 * DAY) is None


def test_only_the_last_event_says_expired() -> None:
    """A consumer can tell an alarm from a warning by its type."""
    pins, events = Certificates(FakeTable()), FakeEvents()
    for day in range(120):
        certificate_watch.watch(
            [an_app()],
            vault=FakeVault(),
            pins=pins,
            events=events,
            clock=FakeClock(NOW + day * DAY),
        )
    assert events.types == ["certificate.expiring"] * 7 + ["certificate.expired"]


def test_death_before_the_stage_is_noted_repeats_the_event_under_its_id() -> None:
    """Told before noted: the repeat is a duplicate that a consumer drops."""
    table, events = FakeTable(), FakeEvents()

    class DyingPins(Certificates):
        def announce(self, tenant_id: str, thumbprint: str, stage: timedelta) -> None:
            raise Retryable(f"storage is down: {tenant_id} {thumbprint} {stage}")

    for pins in (DyingPins(table), Certificates(table)):
        clock = FakeClock(EXPIRES - 50 * DAY)
        certificate_watch.watch(
            [an_app()], vault=FakeVault(), pins=pins, events=events, clock=clock
        )
    assert len(events.sent) == 2
    assert len(set(ids(events.sent))) == 1


def test_one_broken_tenant_does_not_silence_the_others() -> None:
    """Its failure is returned; the others are still announced."""
    events = FakeEvents()
    failures = certificate_watch.watch(
        [an_app(certificate_name="gone"), an_app()],
        vault=FakeVault(),
        pins=Certificates(FakeTable()),
        events=events,
        clock=FakeClock(EXPIRES - DAY),
    )
    assert [type(failure) for failure in failures] == [NotFound]
    assert events.types == ["certificate.expiring"]


def test_pinned_version_is_watched_not_the_newest() -> None:
    """A renewed certificate nobody signs with yet must not hide the old one's expiry."""
    renewed = a_successor(expires_at=EXPIRES + 365 * DAY)
    pins, events = Certificates(FakeTable()), FakeEvents()
    pins.pin(TENANT, "v1")
    certificate_watch.watch(
        [an_app()],
        vault=FakeVault((a_certificate(), renewed)),
        pins=pins,
        events=events,
        clock=FakeClock(EXPIRES - DAY),
    )
    assert [event.data["version"] for event in events.sent] == ["v1"]


def test_successor_starts_its_own_stages() -> None:
    """What was announced belongs to one certificate."""
    pins, events = Certificates(FakeTable()), FakeEvents()
    clock = FakeClock(EXPIRES - DAY)
    old, new = a_certificate(), a_successor()
    for vault in (FakeVault((old,)), FakeVault((old, new))):
        certificate_watch.watch([an_app()], vault=vault, pins=pins, events=events, clock=clock)
    assert [event.data["version"] for event in events.sent] == ["v1", "v2"]
