"""Budgets and held words on real storage, by several workers at once."""

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from infra.local.places import CHECKOUT
from shared.devices.guard import Hold, HoldReason
from shared.devices.operation import Operation
from shared.records.held_words import HeldWords
from shared.records.tables import Table
from tests.contract.storage_wire import Wire, a_name, table

LIMIT = 20
WORDS = [f"word-{number}" for number in range(50)]
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
Worker = subprocess.Popen[str]


def a_worker(storage: str, name: str, words: list[str]) -> Worker:
    """Start a worker that charges these words."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.budget_worker"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    worker.stdin.write(f"{storage} {name} {LIMIT} {' '.join(words)}\n")
    worker.stdin.close()
    return worker


def lines(worker: Worker) -> Iterator[tuple[str, str]]:
    """Yield each word and what became of it, as the worker says so."""
    assert worker.stdout is not None
    for line in worker.stdout:
        word, _, outcome = line.strip().partition(" ")
        yield word, outcome


def test_four_workers_pass_exactly_the_limit_although_two_are_killed(storage: str) -> None:
    """All charge the same words, each in an order of its own; their words are taken up again."""
    name, chance = a_name(), random.Random(8)  # noqa: S311 - no secret, only an order
    workers = [a_worker(storage, name, chance.sample(WORDS, len(WORDS))) for _ in range(4)]
    told: dict[str, set[str]] = {}
    for killed in workers[:2]:
        for word, outcome in islice(lines(killed), 3):
            told.setdefault(word, set()).add(outcome)
        killed.kill()
        killed.wait()
    workers.append(a_worker(storage, name, WORDS))
    for worker in workers:
        for word, outcome in lines(worker):
            told.setdefault(word, set()).add(outcome)
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()

    assert set(told) == set(WORDS)
    assert [outcomes for outcomes in told.values() if len(outcomes) > 1] == []
    assert sum(outcomes == {"passed"} for outcomes in told.values()) == LIMIT


@pytest.fixture
def rows(storage: str) -> Iterator[Table]:
    """Return a table of its own."""
    with table(storage, Wire()) as real:
        yield real


def held(number: int) -> Operation:
    """Return an operation that came so many seconds after the first."""
    return Operation(
        operation_id=f"00000000-0000-4000-8000-{9999 - number:012d}",
        tenant_id="tenant",
        asked="retired",
        asked_by="mdm:portal",
        mailbox="a",
        device_id="b",
        opened_at=NOW + timedelta(seconds=number),
        hold=Hold(reason=HoldReason.BLOCKS, says="", since=NOW),
    )


def test_held_words_come_in_the_order_of_their_arrival(rows: Table) -> None:
    """Whole, whatever they hold; those that came since are left out."""
    words = HeldWords(rows)
    assert list(words.each("tenant")) == []
    for number in (3, 1, 2, 1):
        words.put(held(number), "device-signals", b"\x00\xff" * 20_000)
    found = list(words.each("tenant", until=NOW + timedelta(seconds=2)))
    assert [word.operation_id for word in found] == [held(1).operation_id, held(2).operation_id]
    assert {(word.queue, word.body, word.reason, word.asked_by) for word in found} == {
        ("device-signals", b"\x00\xff" * 20_000, "budget.blocks", "mdm:portal")
    }
    assert words.find(held(1)) == found[0]
    assert words.find(held(9)) is None


def test_held_words_that_are_leaving_are_found_and_dropped(rows: Table) -> None:
    """Also if some of them are gone already."""
    words = HeldWords(rows)
    for number in range(4):
        words.put(held(number), "device-signals", b"{}")
    words.leaving(held(2))
    words.leaving(held(9))  # which is not there
    (stranded,) = words.stranded("tenant")
    assert stranded == words.find(held(2))
    everything = list(words.each("tenant"))
    words.drop(everything[:1])
    words.drop(everything[:3])
    assert [word.operation_id for word in words.each("tenant")] == [held(3).operation_id]
