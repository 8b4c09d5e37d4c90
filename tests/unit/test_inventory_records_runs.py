"""One run of a tenant is under way at a time, whichever worker is at it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.inventory import Part
from shared.devices.inventory_run import Counts, Outcome, Page
from shared.errors import Contended, Retryable
from shared.records.inventory.cleaning import KEPT_RUNS
from tests.unit.inventory_records_world import LEASE, TENANT_ID, World, a_row
from tests.unit.stand_ins import FakeTable

ROWS = [a_row(number, "a") for number in range(3)]
PAGE = Page(
    seen=b"".join(row.key for row in ROWS),
    changed=(*ROWS[:2], ROWS[0]),
    part=Part.DEVICES,
    cursor="https://x.example/?$skiptoken=é" + "x" * 29_000,
    calls=2,
)


@pytest.fixture
def world() -> World:
    return World()


def test_a_run_goes_on_where_its_last_page_left_it(world: World) -> None:
    opened = world.runs.open(world.a_run("one"))
    assert replace(opened, etag="", leased_until=None) == world.a_run("one")

    recorded = world.runs.record(opened, PAGE)

    resumed = world.runs.open(world.a_run("one"))
    assert replace(resumed, etag="") == replace(recorded, etag="")
    assert (resumed.part, resumed.cursor) == (Part.DEVICES, PAGE.cursor)
    assert resumed.counts == Counts(pages=1, rows=3, changed=3, calls=2)
    assert sorted(world.runs.seen(resumed)) == sorted(row.key for row in ROWS)
    assert world.runs.last(TENANT_ID) == resumed == world.runs.find(TENANT_ID, "one")


def test_a_younger_run_waits_for_as_long_as_the_lease_runs(world: World) -> None:
    run = world.runs.open(world.a_run("one"))
    world.clock.advance(timedelta(minutes=5))
    world.runs.record(run, PAGE)
    world.clock.advance(LEASE - timedelta(seconds=1))

    with pytest.raises(Retryable, match="one") as waits:
        world.runs.open(world.a_run("two"))

    assert waits.value.after == timedelta(seconds=1)
    assert world.runs.find(TENANT_ID, "two") is None
    elsewhere = replace(world.a_run("two"), tenant_id="another")
    assert not world.runs.open(elsewhere).is_finished


def test_a_run_that_nobody_goes_on_with_is_replaced_for_good(world: World) -> None:
    lost = world.runs.open(world.a_run("one"))
    world.clock.advance(LEASE)

    begun = world.runs.open(world.a_run("two"))

    assert world.runs.last(TENANT_ID) == begun
    replaced = world.runs.open(world.a_run("one"))
    assert (replaced.outcome, replaced.finished_at) == (Outcome.REPLACED, world.clock())
    with pytest.raises(Contended):
        world.runs.record(lost, PAGE)
    with pytest.raises(Contended):
        world.publishing.finish(lost, [], world.clock() + LEASE)
    assert world.inventory.picture(TENANT_ID) is None


@pytest.mark.parametrize("outcome", Outcome)
def test_a_run_that_has_ended_is_not_waited_for(world: World, outcome: Outcome) -> None:
    run = world.runs.open(world.a_run("one"))
    ended = world.runs.save(
        replace(run, outcome=outcome, finished_at=world.clock(), why="é" * 99_999)
    )

    assert not world.runs.open(world.a_run("two")).is_finished
    again = world.runs.open(world.a_run("one"))
    assert (again.outcome, again.etag) == (outcome, ended.etag)
    assert again.why == "é" * len(again.why) != ""
    assert len(again.why) < 30_000, "a property holds 64 KiB, of UTF-16"


def test_of_two_workers_at_one_run_only_the_later_one_goes_on(world: World) -> None:
    """What the other wrote meanwhile must not mix with what is there."""
    slow = world.runs.open(world.a_run("one"))
    fast = world.runs.open(world.a_run("one"))
    with pytest.raises(Contended):
        world.runs.record(slow, replace(PAGE, seen=bytes(range(16)), changed=()))
    assert len(world.runs.seen(fast)) == 0

    world.runs.record(fast, PAGE)

    with pytest.raises(Contended):
        world.publishing.finish(slow, [], world.clock() + LEASE)
    with pytest.raises(Contended):
        world.runs.save(slow)


def test_only_so_many_old_runs_are_kept() -> None:
    table = FakeTable()
    world = World(table=table)
    for count in range(KEPT_RUNS + 5):
        world.clock.advance(timedelta(hours=1))
        world.whole(f"run-{count}", {})

    world.runs.clean(world.runs.open(world.a_run("last")))

    kept = {row.removeprefix("run-") for _, row in table.rows if row.startswith("run-")}
    assert len(kept) == KEPT_RUNS
    assert kept >= {"last", f"run-{KEPT_RUNS + 4}"}
    assert "run-0" not in kept
