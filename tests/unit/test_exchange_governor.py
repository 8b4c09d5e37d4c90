"""How hard Exchange is asked: less at the first refusal, more bit by bit, and never too long."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from shared.errors import Misconfigured, Retryable
from shared.exchange.governor import PATIENCE, Governor
from shared.exchange.level import Limits
from shared.exchange.share import KEEP_UP
from shared.records.throttle import ALIVE, Throttles
from tests.unit.builders import NOW, TENANT
from tests.unit.governed import Budget, Worker, answered, run
from tests.unit.stand_ins import FakeTable


def a_worker(name: str = "one", table: FakeTable | None = None) -> Worker:
    """Return a worker, alone if no table is given."""
    return Worker(name, table or FakeTable())


def flood(worker: Worker, calls: int = 100) -> float:
    """Ask without a break; return the calls a second that came through."""
    before = worker.now
    for _ in range(calls):
        worker.ask()
    return calls / (worker.now - before)


def test_a_few_calls_go_out_at_once() -> None:
    """Most workers have little to ask."""
    worker = a_worker()
    assert [worker.ask() for _ in range(10)] == [0.0] * 10


def test_a_flood_is_spread_out() -> None:
    """Near the first rate, which rises slowly."""
    assert Limits().first_rate <= flood(a_worker()) < 1.5 * Limits().first_rate


def test_a_refusal_lowers_the_rate_and_success_raises_it_again() -> None:
    """Down by a part, up step by step."""
    worker = a_worker()
    before = flood(worker)
    worker.ask(answered(429, 0))
    worker.now += 1
    low = flood(worker)
    assert low < 0.95 * before
    assert low < flood(worker) < flood(worker)
    assert flood(worker) > before


def test_refusals_of_requests_that_were_under_way_together_count_once() -> None:
    """They all say the same."""
    once, thrice = a_worker(), a_worker()
    for worker, refusals in ((once, 1), (thrice, 3)):
        with ExitStack() as together:
            turns = [together.enter_context(worker.governor.turn(["Get-X"])) for _ in range(3)]
            worker.now += 1
            for number, turn in enumerate(turns):
                turn.answered(answered(429, 0) if number < refusals else answered())
        worker.now += 10
    assert flood(once) == pytest.approx(flood(thrice), rel=0.1)


@pytest.mark.parametrize("status", [429, 503])
def test_nobody_asks_before_exchange_wants_to_be_asked(status: int) -> None:
    """A short wait is waited out here, a long one is told."""
    worker = a_worker()
    worker.ask(answered(status, 4))
    assert worker.ask() == pytest.approx(4)
    worker.ask(answered(status, 60))
    with pytest.raises(Retryable) as raised:
        worker.ask()
    assert raised.value.after == timedelta(seconds=60)
    worker.now += 60
    assert worker.ask() < 1


def test_an_outage_is_no_reason_to_stay_away() -> None:
    """A 503 that names no time closes nothing."""
    worker = a_worker()
    worker.ask(answered(503))
    assert worker.ask() == 0


def test_an_answer_much_slower_than_usual_lowers_the_level() -> None:
    """Before Exchange has to refuse."""
    steady, slowed = a_worker(), a_worker()
    for worker, last in ((steady, 0.1), (slowed, 9.0)):
        for _ in range(20):
            worker.ask(takes=0.1)
        worker.ask(takes=last)
        worker.now += 10
    assert flood(slowed) < flood(steady)


def test_what_destroys_or_changes_is_held_to_two_a_second() -> None:
    """While reading goes on beside it."""
    worker = a_worker()
    for _ in range(20):
        worker.ask(None, "Set-CASMailbox")
        worker.ask(None, "Get-CASMailbox")
    assert worker.now == pytest.approx(20 / 2, rel=0.15)


def test_a_batch_spends_as_much_as_its_calls() -> None:
    """Ten changes at once leave nothing for the next five seconds."""
    worker = a_worker()
    worker.ask(None, *["Remove-MobileDevice"] * 10)
    assert worker.ask() == pytest.approx(0.0)
    assert worker.ask(None, "Remove-MobileDevice") == pytest.approx(4.5)


def test_longer_than_five_seconds_is_the_queues_to_wait() -> None:
    """And keeps no place: the next caller hears the same."""
    worker = a_worker()
    worker.ask(None, *["Remove-MobileDevice"] * 12)
    for _ in range(3):
        with pytest.raises(Retryable) as raised:
            worker.ask(None, "Remove-MobileDevice")
        assert raised.value.after == timedelta(seconds=5.5) > timedelta(seconds=PATIENCE)
    assert worker.ask() < 1


def test_ten_workers_ask_about_as_much_as_one() -> None:
    """They share what the tenant bears, and find more when it bears more."""
    rates: dict[int, float] = {}
    for count in (1, 10):
        table, budget = FakeTable(), Budget(requests=50)
        workers = [Worker(str(number), table, now=number / 10) for number in range(count)]
        run(workers, budget, until=200)
        rates[count] = budget.rate(100, 200)
        refused = rates[count] - 10
        assert refused < 0.25 * 10
        budget.requests = None
        run(workers, budget, until=300)
        assert budget.rate(280, 300) > 1.9 * 10
    assert rates[10] == pytest.approx(rates[1], rel=0.25)


def test_ten_workers_find_the_level_even_if_exchange_does_not_say_when() -> None:
    """A refusal without Retry-After teaches as well."""
    table, budget = FakeTable(), Budget(requests=50, tells_when=False)
    run([Worker(str(number), table) for number in range(10)], budget, until=120)
    assert 9 < budget.rate(60, 120) < 13


def test_each_worker_gets_its_part() -> None:
    """None starves beside the others."""
    table = FakeTable()
    workers = [Worker(str(number), table) for number in range(4)]
    run(workers, Budget(requests=40), until=120)
    assert max(each.asked for each in workers) < 1.5 * min(each.asked for each in workers)


def test_a_newcomer_takes_part_of_what_others_have_learnt() -> None:
    """Instead of starting where they once started."""
    table = FakeTable()
    old = a_worker("old", table)
    for _ in range(6):
        old.ask(answered(429, 0))
        old.now += KEEP_UP
    old.ask()
    new = a_worker("new", table)
    new.now = old.now
    assert flood(new, 10) < Limits().first_rate / 5


def test_a_worker_that_went_leaves_its_part_to_the_others() -> None:
    """Some time after its last word."""
    table = FakeTable()
    one, other = a_worker("one", table), a_worker("other", table)
    other.ask()
    one.ask()
    halved = flood(one)
    one.now += ALIVE.total_seconds() + KEEP_UP
    one.ask()
    assert flood(one) > 1.5 * halved


def test_the_board_is_looked_at_every_ten_seconds_at_most() -> None:
    """By each worker, for each tenant."""
    table = FakeTable()
    worker = a_worker("one", table)
    worker.ask()
    written = table.rows[TENANT, "exchange"]["etag"]
    worker.now += KEEP_UP / 2
    worker.ask()
    assert table.rows[TENANT, "exchange"]["etag"] == written
    worker.now += KEEP_UP / 2
    worker.ask()
    assert table.rows[TENANT, "exchange"]["etag"] != written


@pytest.mark.parametrize("down", [Retryable("down"), Misconfigured("denied")])
def test_trouble_with_the_table_stops_no_call(down: Retryable | Misconfigured) -> None:
    """The share stays what it was."""
    table = FakeTable()
    one, other = a_worker("one", table), a_worker("other", table)
    other.ask()
    one.ask()
    table.down = down
    one.now += 200
    one.ask()
    assert flood(one) < 0.7 * Limits().first_rate


@pytest.mark.parametrize(
    "workers",
    [
        "nonsense",
        "[]",
        '{"x": [1, 2]}',
        '{"x": [1, 2, "soon"]}',
        '{"x": [1, 2, "2026-03-02T12:00:00"]}',
    ],
)
def test_a_row_that_cannot_be_read_is_written_anew(workers: str) -> None:
    """Nothing in it is worth an order."""
    table = FakeTable()
    table.insert({"PartitionKey": TENANT, "RowKey": "exchange", "workers": workers})
    board = Throttles(table, lambda: NOW)
    assert board.post(TENANT, "a", (2, 3)) == []
    assert board.post(TENANT, "b", (4, 5)) == [(2, 3)]


def test_lasting_throttling_is_told_once_an_episode() -> None:
    """After five minutes; calm ends an episode."""
    worker = a_worker()
    for _ in range(60):
        worker.ask(answered(429, 0))
        worker.now += 10
    ((tenant, lasted),) = worker.told
    assert tenant == TENANT
    assert 300 <= lasted.total_seconds() < 311
    worker.now += 61
    for _ in range(20):
        worker.ask(answered(429, 0))
        worker.now += 10
    assert len(worker.told) == 1
    for _ in range(20):
        worker.ask(answered(429, 0))
        worker.now += 10
    assert len(worker.told) == 2


def test_refusals_with_calm_between_are_no_episode() -> None:
    """Now and then is how Exchange says what it bears."""
    worker = a_worker()
    for _ in range(20):
        worker.ask(answered(429, 0))
        worker.now += 61
    assert worker.told == []


def test_a_wait_as_long_as_an_episode_is_told_at_once() -> None:
    """Nobody will ask meanwhile who could tell."""
    worker = a_worker()
    worker.ask(answered(429, 600))
    assert worker.told == [(TENANT, timedelta(minutes=10))]


def test_news_that_could_not_be_told_are_told_with_the_next_refusal() -> None:
    """And the call that brought them goes its way."""
    worker = a_worker()
    worker.trouble = Retryable("no events today")
    worker.ask(answered(429, 301))
    worker.trouble, worker.now = None, worker.now + 302
    worker.ask(answered(429, 0))
    assert len(worker.told) == 1


def in_real_time(tenant_id: str, limits: Limits) -> Governor:
    """Return a governor that really waits."""
    return Governor(
        tenant_id,
        board=Throttles(FakeTable(), lambda: NOW),
        instance="one",
        tell=lambda *_: None,
        limits=limits,
    )


def in_background(work: Callable[[], None]) -> threading.Thread:
    """Start the work."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_who_waits_for_a_place_gets_the_first_that_is_left() -> None:
    """The lock is free while anybody waits."""
    governor = in_real_time("a", Limits(first_at_once=1))
    got_in = threading.Event()

    def second() -> None:
        with governor.turn(["Get-X"]):
            got_in.set()

    with governor.turn(["Get-X"]):
        waiting = in_background(second)
        assert not got_in.wait(0.05)
    assert got_in.wait(2)
    waiting.join(2)


def test_a_tenant_that_waits_holds_up_no_other() -> None:
    """Each has its own lock and its own level."""
    busy, idle = in_real_time("a", Limits(first_at_once=1)), in_real_time("b", Limits())
    with busy.turn(["Get-X"]) as turn:
        turn.answered(answered(429, 1))
    done = threading.Event()

    def one() -> None:
        with busy.turn(["Get-X"]):
            pass

    def others() -> None:
        with idle.turn(["Get-X"]):
            done.set()

    waiting = in_background(one)
    in_background(others).join(1)
    assert done.is_set()
    assert waiting.is_alive()
    waiting.join(3)
