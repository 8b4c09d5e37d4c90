"""Never more than the limit in any hour, whoever asks how often, and whoever dies."""

import itertools
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Retryable
from shared.records.budgets import Budgets
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeClock, FakeTable
from tests.unit.world import Died, Life, mortal

HOUR = timedelta(hours=1)
BLOCKS = {"blocks": 3}
asked = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 11)), max_size=60)


@given(asked=asked, limit=st.integers(0, 5))
def test_no_hour_ever_holds_more_than_the_limit(asked: list[tuple[int, int]], limit: int) -> None:
    """However words are spread over time, and however often each is delivered again."""
    clock, table = FakeClock(), FakeTable()
    workers = [Budgets(table, clock), Budgets(table, clock)]
    charged: dict[str, list[timedelta]] = {}
    start = clock()
    for number, (pause, word) in enumerate(asked):
        clock.advance(timedelta(seconds=pause))
        if workers[number % 2].take(TENANT, str(word), {"blocks": limit}) is None:
            known = charged.setdefault(str(word), [])
            now = clock() - start
            # Within the hour it is the same charge.
            if not known or now - known[-1] > HOUR:
                known.append(now)
    at = sorted(itertools.chain(*charged.values()))
    assert all(sum(first <= each < first + HOUR for each in at) <= limit for first in at)


def test_exactly_as_many_pass_as_there_is_room_for() -> None:
    """Not one less, either."""
    budgets = Budgets(FakeTable(), FakeClock())
    found = [budgets.take(TENANT, str(word), BLOCKS) for word in range(10)]
    assert found == [None] * 3 + ["blocks"] * 7


def test_a_word_that_was_charged_passes_again_although_nothing_is_left() -> None:
    """It is delivered twice, or by a worker that died."""
    budgets = Budgets(FakeTable(), FakeClock())
    for word in range(4):
        budgets.take(TENANT, str(word), BLOCKS)
    assert [budgets.take(TENANT, str(word), BLOCKS) for word in range(4)] == [None] * 3 + ["blocks"]


def test_room_comes_back_after_an_hour_and_not_before() -> None:
    """Nor by the whole hour of the clock."""
    clock = FakeClock()
    budgets = Budgets(FakeTable(), clock)
    clock.advance(timedelta(minutes=50))
    assert [budgets.take(TENANT, str(word), BLOCKS) for word in range(3)] == [None] * 3
    clock.advance(timedelta(minutes=59))
    assert budgets.take(TENANT, "late", BLOCKS) == "blocks"
    clock.advance(timedelta(minutes=2))
    assert budgets.take(TENANT, "late", BLOCKS) is None


def test_what_has_waited_for_hours_is_charged_anew() -> None:
    """After an outage a day's worth of words would otherwise be carried out in one hour."""
    clock = FakeClock()
    budgets = Budgets(FakeTable(), clock)
    for hour in range(3):
        assert [budgets.take(TENANT, f"{hour}-{word}", BLOCKS) for word in range(3)] == [None] * 3
        clock.advance(2 * HOUR)
    again = [budgets.take(TENANT, f"{hour}-{word}", BLOCKS) for hour in range(3) for word in "012"]
    assert again.count(None) == 3


def test_of_two_budgets_both_are_charged_or_none() -> None:
    """One that has room is not used up by words that the other one stops."""
    budgets = Budgets(FakeTable(), FakeClock())
    tight = {"blocks": 5, "share": 2}
    found = [budgets.take(TENANT, str(word), tight) for word in range(4)]
    assert found == [None, None, "share", "share"]
    assert [budgets.take(TENANT, f"b{word}", {"blocks": 5}) for word in range(4)] == [
        *(None, None, None),
        "blocks",
    ]


def test_a_sweep_passes_as_a_whole_or_not_at_all() -> None:
    """Many devices by one order."""
    budgets = Budgets(FakeTable(), FakeClock())
    assert budgets.take(TENANT, "sweep", BLOCKS, units=4) == "blocks"
    assert budgets.take(TENANT, "smaller", BLOCKS, units=3) is None
    assert budgets.look(TENANT, "one", BLOCKS) == "blocks"


def test_looking_charges_nothing() -> None:
    """A plan may be looked at as often as one likes."""
    budgets = Budgets(FakeTable(), FakeClock())
    assert [budgets.look(TENANT, str(word), {"blocks": 1}) for word in range(3)] == [None] * 3
    assert budgets.take(TENANT, "one", {"blocks": 1}) is None
    assert budgets.look(TENANT, "two", {"blocks": 1}) == "blocks"


def test_a_worker_may_die_after_any_call_and_the_word_counts_once() -> None:
    """The charge and the counter are one write."""
    for calls in range(1, 12):
        clock, table = FakeClock(), FakeTable()
        with suppress(Died):
            Budgets(mortal(table, Life(calls)), clock).take(TENANT, "word", BLOCKS)
        budgets = Budgets(table, clock)
        assert budgets.take(TENANT, "word", BLOCKS) is None
        left = [budgets.take(TENANT, str(other), BLOCKS) for other in range(3)]
        assert left == [None, None, "blocks"], calls


def test_a_budget_that_cannot_be_read_lets_nothing_pass() -> None:
    """It is waited for: what cannot be counted is not done."""
    table = FakeTable()
    table.down = Retryable("storage is busy")
    with pytest.raises(Retryable, match="busy"):
        Budgets(table, FakeClock()).take(TENANT, "word", BLOCKS)


def test_a_worker_whose_clock_is_late_lets_nothing_more_pass() -> None:
    """Nor one whose clock is early, twice."""
    early, late, table = FakeClock(), FakeClock(), FakeTable()
    early.advance(timedelta(minutes=30))
    assert [Budgets(table, early).take(TENANT, str(word), BLOCKS) for word in range(3)] == [
        None
    ] * 3
    late.advance(timedelta(minutes=-20))
    assert Budgets(table, late).take(TENANT, "more", BLOCKS) == "blocks"


def test_charges_that_count_no_more_are_deleted_and_the_others_stay() -> None:
    """More of them than go into one transaction."""
    clock, table = FakeClock(), FakeTable()
    budgets = Budgets(table, clock)
    for word in range(150):
        budgets.take(TENANT, str(word), {"blocks": 1000})
    clock.advance(3 * HOUR)
    budgets.take(TENANT, "new", {"blocks": 1000})
    budgets.clean(TENANT)
    assert {key for _, key in table.rows} == {"charge-new", "spent-blocks"}
    assert budgets.take(TENANT, "new", {"blocks": 1}) is None
