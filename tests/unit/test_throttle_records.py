"""What workers leave for each other, and what they make of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared.errors import Contended
from shared.records.throttle import ALIVE, Throttles
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeTable

SECOND = timedelta(seconds=1)


class Busy(FakeTable):
    """A table that others write to just before we do, a number of times."""

    def __init__(self, times: int, others: Callable[[FakeTable, int], object]) -> None:
        super().__init__()
        self._left, self._others = times, others

    def insert(self, entity: object) -> str | None:
        """Let the others be quicker."""
        self._overtaken()
        return super().insert(entity)

    def replace(self, entity: object, etag: str) -> str:
        """Let the others be quicker."""
        self._overtaken()
        return super().replace(entity, etag)

    def _overtaken(self) -> None:
        if self._left:
            self._left -= 1
            left, self._left = self._left, 0
            self._others(self, left)
            self._left = left


def board(table: FakeTable, now: datetime = NOW) -> Throttles:
    """Return the board as it is at this time."""
    return Throttles(table, lambda: now)


def speak(table: FakeTable, number: int) -> None:
    """Leave one worker's word."""
    board(table).post(TENANT, f"other {number}", (float(number), 1.0))


@pytest.mark.parametrize("lead", [ALIVE - SECOND, SECOND - ALIVE])
def test_clocks_may_differ_a_little(lead: timedelta) -> None:
    """A worker whose clock is ahead is as alive as one whose clock is behind."""
    table = FakeTable()
    board(table, NOW + lead).post(TENANT, "other", (7.0, 2.0))
    assert board(table).post(TENANT, "one", (20.0, 4.0)) == [(7.0, 2.0)]


@pytest.mark.parametrize("lead", [ALIVE, -ALIVE])
def test_a_word_of_another_time_counts_for_nothing(lead: timedelta) -> None:
    """One from the future would otherwise live for ever."""
    table = FakeTable()
    board(table, NOW + lead).post(TENANT, "other", (7.0, 2.0))
    assert board(table).post(TENANT, "one", (20.0, 4.0)) == []


def test_a_worker_is_not_among_the_others() -> None:
    """Its own last word neither counts twice nor stays."""
    table = FakeTable()
    board(table).post(TENANT, "one", (20.0, 4.0))
    assert board(table).post(TENANT, "one", (10.0, 2.0)) == []
    assert board(table).post(TENANT, "other", (20.0, 4.0)) == [(10.0, 2.0)]


def test_who_is_overtaken_speaks_again_and_hears_those_who_were_quicker() -> None:
    """No word is lost."""
    table = Busy(3, speak)
    heard = board(table).post(TENANT, "one", (20.0, 4.0))
    assert sorted(heard) == [(float(number), 1.0) for number in range(3)]
    assert (20.0, 4.0) in board(table).post(TENANT, "last", (1.0, 1.0))


def test_who_is_always_overtaken_says_so() -> None:
    """Instead of believing that it is alone."""
    table = Busy(100, speak)
    with pytest.raises(Contended):
        board(table).post(TENANT, "one", (20.0, 4.0))
    assert "one" not in str(table.rows[TENANT, "exchange"]["workers"])
