"""Waiting for a turn: how long, what happens meanwhile, and who is let through."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

import pytest

from shared.errors import Retryable
from shared.exchange.governor import PATIENCE, PAUSE, Governor
from shared.exchange.level import Limits
from shared.exchange.share import Board
from shared.records.throttle import Throttles
from tests.unit.builders import NOW, TENANT
from tests.unit.governed import Worker, answered
from tests.unit.stand_ins import FakeTable


def a_worker(at_once: float = 4.0, table: FakeTable | None = None, name: str = "one") -> Worker:
    """Return a worker that may have so many requests under way."""
    return Worker(name, table or FakeTable(), limits=Limits(first_at_once=at_once))


def after(worker: Worker) -> float:
    """Ask in vain; return the seconds after which to come again."""
    with pytest.raises(Retryable) as raised:
        worker.ask()
    return (raised.value.after or timedelta()).total_seconds()


def test_two_workers_have_half_of_the_places_each() -> None:
    """All places together are the tenant's."""
    table = FakeTable()
    one, other = a_worker(table=table), a_worker(table=table, name="other")
    other.ask()
    with ExitStack() as together:
        for _ in range(2):
            together.enter_context(one.governor.turn(["Get-X"]))
        after(one)


def test_who_waits_in_vain_for_a_place_comes_again_later() -> None:
    """After five seconds it is the queue's to wait, and for some time."""
    worker = a_worker(at_once=1)
    with worker.governor.turn(["Get-X"]):
        assert after(worker) == PAUSE
    assert sum(worker.waited) == worker.now == PATIENCE


def test_a_call_that_breaks_off_leaves_its_place() -> None:
    """It comes to no answer."""
    worker = a_worker(at_once=1)
    with pytest.raises(ZeroDivisionError), worker.governor.turn(["Get-X"]):
        raise ZeroDivisionError
    assert worker.ask() == 0


def test_a_refusal_holds_those_back_who_wait_already() -> None:
    """They would be refused as well."""
    worker = a_worker(at_once=1)
    with ExitStack() as first:
        turn = first.enter_context(worker.governor.turn(["Get-X"]))

        def refused() -> None:
            turn.answered(answered(429, 3))
            first.close()

        worker.meanwhile = refused
        assert worker.ask() == pytest.approx(3)


def test_a_long_refusal_meanwhile_is_told_to_those_who_wait() -> None:
    """So that the queue waits for them."""
    worker = a_worker(at_once=1)
    with worker.governor.turn(["Get-X"]) as turn:
        worker.meanwhile = lambda: turn.answered(answered(429, 60))
        assert after(worker) == pytest.approx(60)
    assert worker.now < 1


def test_a_short_wait_does_not_end_a_longer_one() -> None:
    """What was refused last may have been sent first."""
    worker = a_worker()
    with worker.governor.turn(["Get-X"]) as one, worker.governor.turn(["Get-X"]) as other:
        one.answered(answered(429, 60))
        other.answered(answered(429, 1))
    assert after(worker) == pytest.approx(60)


def test_a_refusal_that_names_no_time_is_a_short_rest() -> None:
    """For all callers."""
    worker = a_worker()
    worker.ask(answered(429))
    assert worker.ask() == pytest.approx(PAUSE)


def test_who_is_sent_away_keeps_no_place() -> None:
    """However many they are, nobody waits behind them."""
    worker = a_worker()
    worker.ask(answered(429, 6))
    assert {after(worker) for _ in range(200)} == {6.0}
    worker.now += 6
    assert worker.ask() == 0


class Hanging(Board):
    """A board that does not answer before it is let go."""

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()

    def post(
        self, tenant_id: str, instance: str, level: tuple[float, float]
    ) -> Sequence[tuple[float, float]]:
        """Hang."""
        del tenant_id, instance, level
        self.asked.set()
        assert self.let_go.wait(10)
        return []


def in_background(governor: Governor) -> threading.Thread:
    """Take a turn in a thread of its own."""

    def turn() -> None:
        with governor.turn(["Get-X"]):
            pass

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    return thread


def test_a_board_that_hangs_holds_up_one_caller_only() -> None:
    """The others go on with what they know."""
    board = Hanging()
    governor = Governor(TENANT, board=board, instance="one", tell=lambda *_: None)
    looks = in_background(governor)
    assert board.asked.wait(5)
    goes_on = in_background(governor)
    goes_on.join(5)
    assert not goes_on.is_alive()
    assert looks.is_alive()
    board.let_go.set()
    looks.join(5)


def test_turns_are_granted_while_the_news_are_told() -> None:
    """Telling goes over the network."""
    waited: list[threading.Thread] = []

    def tell(_: str, __: timedelta) -> None:
        clock[0] += 601
        waited.append(in_background(governor))
        waited[0].join(2)
        assert not waited[0].is_alive()

    clock = [0.0]
    governor = Governor(
        TENANT,
        board=Throttles(FakeTable(), lambda: NOW),
        instance="one",
        tell=tell,
        clock=lambda: clock[0],
    )
    with governor.turn(["Get-X"]) as turn:
        turn.answered(answered(429, 600))
    assert len(waited) == 1
