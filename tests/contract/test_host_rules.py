"""Rules of the embedded host that need no process: schedules, pauses, log filter."""

import logging
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from infra.local.host import logs, ncrontab
from infra.local.host.ncrontab import ScheduleError
from infra.local.host.queues import Pause

START = datetime(2026, 11, 21, 10, 30, 15, 500, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("schedule", "first", "second"),
    [
        ("* * * * * *", "2026-11-21T10:30:16", "2026-11-21T10:30:17"),
        ("*/5 * * * *", "2026-11-21T10:35:00", "2026-11-21T10:40:00"),
        ("0 5/20 * * * *", "2026-11-21T10:45:00", "2026-11-21T11:05:00"),
        ("0 0 9,17 * * *", "2026-11-21T17:00:00", "2026-11-22T09:00:00"),
        ("0 30 10 * * Mon-Fri", "2026-11-23T10:30:00", "2026-11-24T10:30:00"),
        ("0 0 0 * * 0", "2026-11-22T00:00:00", "2026-11-29T00:00:00"),
        ("0 0 0 1-30/15 February *", "2027-02-01T00:00:00", "2027-02-16T00:00:00"),
        ("0 0 0 13 * Fri", "2027-08-13T00:00:00", "2028-10-13T00:00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00", "2032-02-29T00:00:00"),
    ],
)
def test_a_schedule_occurs_when_ncrontab_says(schedule: str, first: str, second: str) -> None:
    moments = islice(ncrontab.parse(schedule).occurrences(START), 2)

    assert [moment.isoformat() for moment in moments] == [f"{first}+00:00", f"{second}+00:00"]


def test_the_next_occurrence_is_later_than_an_occurrence() -> None:
    schedule = ncrontab.parse("0 * * * * *")
    moment = schedule.next(START)

    assert schedule.next(moment) == moment + timedelta(minutes=1)


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * * *", "* * * * * 7", "*/0 * * * *", "00:05:00", "L * * * *"]
)
def test_what_is_no_ncrontab_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        ncrontab.parse(text)


def test_a_schedule_that_never_occurs_is_refused() -> None:
    with pytest.raises(ScheduleError, match="never"):
        ncrontab.parse("0 0 0 31 2 *").next(START)


def test_pauses_grow_from_a_tenth_of_a_second_to_the_longest() -> None:
    pause = Pause(timedelta(seconds=2))
    pauses = [pause.next() for _ in range(8)]

    assert pauses[0] == 0.1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 2.0
    pause.reset()
    assert pause.next() == 0.1


@pytest.mark.parametrize(
    ("name", "kept"),
    [("azure.functions.x", False), ("azure_functions_worker", False), ("azure.core", True)],
)
def test_what_the_worker_takes_for_its_own_log_is_dropped(name: str, *, kept: bool) -> None:
    assert logs.is_not_system(logging.makeLogRecord({"name": name})) is kept
