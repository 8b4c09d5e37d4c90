"""When what is not listed is gone, and what came back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.devices.gone import (
    GONE_AFTER,
    Absence,
    Absences,
    is_evidence,
    judge,
    renewals,
    superseded,
)
from shared.devices.inventory import Scope, key_of
from shared.devices.packed_keys import Keys
from tests.unit.builders import NOW
from tests.unit.seen_builders import a_row

ONE, TWO, THREE = (key_of(name) for name in ("one", "two", "three"))
MOMENT = timedelta(seconds=1)


def after_runs(*runs: tuple[timedelta, Iterable[bytes]]) -> Absences:
    """Return what the last of these runs means: when each began, and what it did not list."""
    waiting: tuple[Absence, ...] = ()
    for since, missing in runs:
        found = judge(waiting, missing, at=NOW + since)
        waiting = found.waiting
    return found


def waits(absences: Absences) -> dict[bytes, datetime]:
    """Return what is waiting, and since when."""
    return {key: each.since for each in absences.waiting for key in each.keys}


@pytest.mark.parametrize(
    ("since", "is_gone"),
    [(timedelta(hours=1), False), (GONE_AFTER - MOMENT, False), (GONE_AFTER, True)],
)
def test_row_is_gone_once_it_was_missing_for_two_days(since: timedelta, *, is_gone: bool) -> None:
    """Counted from the first run that did not list it, to one that still does not."""
    found = after_runs((timedelta(), [ONE]), (since, [ONE]))
    assert (ONE in found.gone) is is_gone
    assert (ONE in waits(found)) is not is_gone


def test_row_that_comes_back_starts_to_wait_anew() -> None:
    """Two short absences are no long one."""
    back = after_runs((timedelta(), [ONE]), (timedelta(hours=40), []))
    assert set(back.returned) == {ONE}
    assert not waits(back)

    again = timedelta(hours=47)
    found = after_runs(
        (timedelta(), [ONE]), (timedelta(hours=40), []), (again, [ONE]), (GONE_AFTER, [ONE])
    )
    assert waits(found) == {ONE: NOW + again}


def test_each_row_waits_for_itself() -> None:
    """What went missing later is gone later."""
    found = after_runs((timedelta(), [ONE]), (MOMENT, [ONE, TWO]), (GONE_AFTER, [ONE, TWO, THREE]))
    assert set(found.gone) == {ONE}
    assert waits(found) == {TWO: NOW + MOMENT, THREE: NOW + GONE_AFTER}


def test_without_a_wait_missing_is_gone() -> None:
    """Whoever wants no debounce says so."""
    found = judge((), [ONE], at=NOW, gone_after=timedelta())
    assert (set(found.gone), found.waiting) == ({ONE}, ())


@settings(max_examples=40)
@given(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=8), st.integers(1, 4))
def test_only_what_no_run_in_the_whole_time_has_listed_is_gone(
    runs: list[set[int]], hours: int
) -> None:
    """One run an hour; a row is gone if all runs of that many hours, and one more, missed it."""
    waiting: tuple[Absence, ...] = ()
    keys = {number: key_of(str(number)) for number in range(6)}
    gone: set[int] = set()
    for hour, missing in enumerate(runs):
        found = judge(
            waiting,
            [keys[number] for number in missing - gone],
            at=NOW + timedelta(hours=hour),
            gone_after=timedelta(hours=hours),
        )
        waiting = found.waiting
        expected = {
            number
            for number in missing - gone
            if hour >= hours and all(number in run for run in runs[hour - hours : hour + 1])
        }
        assert set(found.gone) == {keys[number] for number in expected}
        gone |= expected


@pytest.mark.parametrize(
    ("scope", "listed", "before", "counts"),
    [
        (Scope.FULL, 10, 12, True),
        (Scope.FULL, 0, 12, False),
        (Scope.FULL, 0, 0, True),
        (Scope.CHANGES, 10, 12, False),
    ],
)
def test_listing_of_nothing_and_of_changes_prove_no_absence(
    scope: Scope, listed: int, before: int, *, counts: bool
) -> None:
    """A device that was not asked for is not missing, and Exchange can fail with an empty list."""
    assert is_evidence(scope, listed=listed, before=before) is counts


def test_device_that_was_set_up_anew_is_recognised() -> None:
    """Same mailbox and DeviceID, in any case: the partnership is the same, its guid is not."""
    old, other = a_row(guid="old"), a_row(guid="old-too", device_id="ELSE")
    elsewhere = a_row(guid="elsewhere", place="cn=bert")
    new = a_row(guid="new", device_id=old.device_id.lower(), place=old.place.upper())

    (found,) = renewals([new], [old, other, elsewhere])
    assert (found.before, found.after) == (old, new)


def test_newest_of_two_new_partnerships_takes_the_place_of_the_old() -> None:
    """It is set up again while the run goes on: the last one stands."""
    first = a_row(guid="first", first_sync_at=NOW)
    last = a_row(guid="last", first_sync_at=NOW + MOMENT)
    for came in ([first, last], [last, first]):
        assert [each.after for each in renewals(came, [a_row(guid="old")])] == [last]


def test_device_that_is_listed_again_under_its_guid_is_not_renewed() -> None:
    """It simply returned."""
    assert renewals([a_row()], [a_row(guid=a_row().guid.upper())]) == ()


def test_renewed_device_is_gone_without_a_wait() -> None:
    """One device does not show twice for two days."""
    old = a_row(guid="old")
    found = judge((), [old.key, ONE], at=NOW)

    done = superseded(found, renewals([a_row(guid="new")], [old]))

    assert set(done.gone) == {old.key}
    assert waits(done) == {ONE: NOW}


def test_what_waits_can_be_kept_as_bytes() -> None:
    """Between two runs it lies in storage."""
    (kept,) = judge((), [ONE, TWO], at=NOW).waiting
    restored = Absence(since=kept.since, keys=Keys(b"".join(kept.keys)))
    assert set(judge([restored], [ONE, TWO], at=NOW + GONE_AFTER).gone) == {ONE, TWO}
