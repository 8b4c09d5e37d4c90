"""What a worker believes that the tenant bears, as it tells the others."""

import json
from contextlib import ExitStack
from datetime import timedelta

import pytest

from shared.errors import Retryable
from shared.exchange.level import Level, Limits, mean
from shared.exchange.share import KEEP_UP
from tests.unit.builders import TENANT
from tests.unit.governed import Worker, answered
from tests.unit.stand_ins import FakeTable

READ = "Get-X"


def a_worker(limits: Limits | None = None, table: FakeTable | None = None) -> Worker:
    """Return a worker that begins at these limits."""
    return Worker("one", table or FakeTable(), limits=limits or Limits())


def level(worker: Worker) -> tuple[float, float]:
    """Return the calls a second and at once that the worker posts."""
    worker.now += KEEP_UP
    worker.ask()
    rate, at_once, _ = json.loads(str(worker.table.rows[TENANT, "exchange"]["workers"]))["one"]
    return rate, at_once


def crowded(worker: Worker, status: int = 200) -> None:
    """Take all places, let one wait until a place is left, and answer it."""
    with ExitStack() as others:
        for _ in range(int(worker.limits.first_at_once)):
            others.enter_context(worker.governor.turn([READ]))
        worker.meanwhile = others.close
        worker.ask(answered(status, 0 if status != 200 else None))


def test_a_worker_begins_where_its_limits_say() -> None:
    """They are the tenant's own, if it has any."""
    assert level(a_worker(Limits(first_rate=5, first_at_once=2))) == (5, 2)


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_leaves_seven_tenths_of_both(status: int) -> None:
    """Of the calls a second and of those at once."""
    worker = a_worker()
    worker.ask(answered(status))
    assert level(worker) == pytest.approx((14.0, 2.8))


def test_a_slow_answer_leaves_nine_tenths() -> None:
    """It is a hint; a refusal is more."""
    worker = a_worker()
    worker.ask(takes=0.1)
    worker.ask(takes=2.1)
    assert level(worker) == pytest.approx((18.0, 3.6))


def test_success_that_nothing_held_back_teaches_nothing() -> None:
    """Who asks little does not know what the tenant bears."""
    worker = a_worker()
    for _ in range(20):
        worker.ask()
        worker.now += 1
    assert level(worker) == (20.0, 4.0)


def test_who_was_held_back_by_the_pace_finds_a_higher_one() -> None:
    """One call a second more, each second."""
    worker = a_worker()
    worker.ask(None, *[READ] * 20)
    worker.ask()
    assert level(worker) == pytest.approx((20.05, 4.0))


def test_who_waited_for_a_place_finds_more_of_them() -> None:
    """One more, when each was waited for four times."""
    worker = a_worker()
    crowded(worker)
    assert level(worker) == pytest.approx((20.0, 4 + 1 / 16))


def test_a_refusal_teaches_nothing_else() -> None:
    """Whatever held the call back before."""
    worker = a_worker()
    crowded(worker, 429)
    assert level(worker) == pytest.approx((14.0, 2.8))


def test_two_workers_together_climb_as_fast_as_one() -> None:
    """Each makes half of the calls, and each of these counts double."""
    table = FakeTable()
    one, other = a_worker(table=table), Worker("other", table)
    other.ask()
    one.ask(None, *[READ] * 20)
    one.ask()
    assert level(one)[0] == pytest.approx(20.1)


def test_two_workers_together_find_places_as_fast_as_one() -> None:
    """Likewise."""
    table, limits = FakeTable(), Limits(first_at_once=2)
    one, other = a_worker(limits, table), Worker("other", table, limits)
    other.ask()
    with ExitStack() as only_place:
        only_place.enter_context(one.governor.turn([READ]))
        one.meanwhile = only_place.close
        one.ask()
    assert level(one)[1] == pytest.approx(2 + 1 / 4)


def test_the_level_stays_within_its_limits() -> None:
    """Down to one call in two seconds, one at a time; and not up without end."""
    low = a_worker()
    for _ in range(40):
        low.ask(answered(429, 0))
        low.now += 10
    assert level(low) == (0.5, 1.0)
    high = a_worker(Limits(most_rate=20.1, most_at_once=4.1))
    for _ in range(10):
        high.now += 10
        high.ask(None, *[READ] * 40)
        high.ask()
        high.now += 10
        crowded(high)
    assert level(high) == pytest.approx((20.1, 4.1))


def test_two_workers_have_half_of_the_changes_each() -> None:
    """Two a second are the tenant's."""
    table = FakeTable()
    one, other = a_worker(table=table), Worker("other", table)
    other.ask()
    one.ask(None, *["Set-X"] * 4)
    assert one.ask(None, "Set-X") == pytest.approx(4 - 0.5)


@pytest.mark.parametrize("verb", ["Clear", "New", "Remove", "Set"])
def test_whatever_changes_something_is_counted_as_a_change(verb: str) -> None:
    """Four of them are two seconds' worth."""
    worker = a_worker()
    worker.ask(None, *[f"{verb}-X"] * 4)
    assert worker.ask(None, f"{verb}-X") == pytest.approx(1.5)


def test_a_batch_of_reads_spends_as_much_as_its_calls() -> None:
    """Sixty are three seconds' worth."""
    worker = a_worker()
    worker.ask(None, *[READ] * 60)
    assert worker.ask() == pytest.approx(2.5)


def test_a_batch_too_many_is_sent_away() -> None:
    """And says after how long to come again."""
    worker = a_worker()
    worker.ask(None, *[READ] * 200)
    with pytest.raises(Retryable) as raised:
        worker.ask()
    assert raised.value.after == timedelta(seconds=9.5)


def test_waiting_for_a_turn_is_not_slowness() -> None:
    """It is our own doing."""
    worker = a_worker()
    worker.ask(takes=0.1)
    worker.ask(None, *[READ] * 90)
    assert worker.ask(takes=0.1) > 3
    assert level(worker) > (20.0, 4.0)


def test_a_batch_is_slower_than_one_call_and_one_cmdlet_than_another() -> None:
    """Each is compared with its like."""
    worker = a_worker()
    for cmdlets in ([READ], [READ] * 10, ["Get-Y"], ["Get-Y", READ]):
        worker.ask(None, *cmdlets, takes=0.1 if cmdlets == [READ] else 5.0)
    worker.ask(None, "Get-Y", takes=5.0)
    assert level(worker) == (20.0, 4.0)


def test_refusals_come_quickly_and_make_nothing_else_look_slow() -> None:
    """They say how long a refusal takes."""
    worker = a_worker()
    worker.ask(takes=1.0)
    with worker.governor.turn([READ]) as turn:
        worker.now += 0.01
        for _ in range(40):
            turn.answered(answered(503))
    worker.ask(takes=2.9)
    assert level(worker) == pytest.approx((14.0, 2.8))


def test_levels_meet_in_the_middle() -> None:
    """Of both their parts."""
    assert mean([Level(10, 2), Level(20, 4), Level(60, 3)]) == Level(30, 3)
