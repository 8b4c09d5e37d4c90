"""What a run has found becomes the picture: in pieces that fit, and where it stopped."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from shared.devices.inventory import Part, Row
from shared.devices.inventory_run import Outcome, Page
from shared.errors import Retryable, Unfinished
from shared.records.inventory import current
from shared.records.tables import Entity
from tests.unit.inventory_records_world import (
    LEASE,
    TENANT_ID,
    Deadly,
    Death,
    Tenant,
    World,
    a_row,
    differences,
    large,
    pairs,
    rows,
)
from tests.unit.stand_ins import FakeTable

MANY: Tenant = dict.fromkeys(range(9_000), "a")
SOME_CHANGED: Tenant = {
    **dict.fromkeys(range(8_900), "a"),
    **dict.fromkeys(range(0, 500, 2), "b"),
    9_500: "b",
}
MOST_CHANGED: Tenant = {**dict.fromkeys(range(2_000, 8_000), "b"), **dict.fromkeys(range(99), "c")}


def a_page(*changed: Row, seen: tuple[Row, ...] = (), part: Part = Part.DEVICES) -> Page:
    keys = b"".join(row.key for row in (*changed, *seen))
    return Page(seen=keys, changed=changed, part=part, cursor="")


def shown(world: World) -> set[Row]:
    found = list(world.inventory.rows(TENANT_ID))
    assert len(found) == len(set(found))
    return set(found)


def layers(world: World) -> tuple[bool, str]:
    """Return whether there is an overlay, and the generation's name."""
    now = current.find(world.table, TENANT_ID)
    assert now
    assert now.generation
    return now.overlay is not None, now.generation.name


def test_few_changes_leave_the_generation_as_it_is() -> None:
    world = World(pages_of=1000)
    world.whole("first", MANY)
    has_overlay, generation = layers(world)
    assert not has_overlay

    world.whole("some", SOME_CHANGED)
    assert layers(world) == (True, generation)
    assert shown(world) == rows(SOME_CHANGED)
    world.whole("none", SOME_CHANGED)
    assert layers(world) == (True, generation)
    picture = world.inventory.picture(TENANT_ID)
    assert picture
    assert (picture.version, picture.run_id, picture.rows) == (3, "none", len(SOME_CHANGED))

    world.whole("most", MOST_CHANGED)
    assert layers(world)[0] is False
    assert shown(world) == rows(MOST_CHANGED)
    assert pairs(world.told["most"][0]) == differences(SOME_CHANGED, MOST_CHANGED)


@pytest.mark.parametrize("after", [SOME_CHANGED, MOST_CHANGED], ids=["some", "most"])
def test_a_death_at_any_step_of_a_large_picture_does_no_harm(after: Tenant) -> None:
    table = Deadly()
    world = World(table=table, pages_of=1000)
    world.whole("first", MANY)
    run = world.read(world.runs.open(world.a_run("second")), after)
    first_step = table.steps
    for step in range(1, 100):
        table.dies_at = table.steps + step
        try:
            world.handle(run, after)
        except Death:
            assert shown(world) == rows(MANY) or world.runs.open(run).is_finished
            continue
        break
    table.dies_at = None

    assert world.runs.open(run).is_finished
    assert table.steps > first_step + 6
    assert shown(world) == rows(after)
    assert all(told == world.told["second"][0] for told in world.told["second"])
    unbroken = World(pages_of=7000)
    unbroken.whole("only", after)
    assert world.inventory.content_hash(TENANT_ID) == unbroken.inventory.content_hash(TENANT_ID)


def test_who_runs_out_of_time_writes_no_block_twice() -> None:
    table = FakeTable()
    world = World(table=table, pages_of=1000, patience=timedelta())
    run = world.read(world.runs.open(world.a_run("one")), MANY)
    written: list[set[str]] = []
    for _ in range(3):
        with pytest.raises(Unfinished):
            world.settle(world.runs.open(run))
        written.append(etags_of_blocks(table))

    assert world.settle(world.runs.open(run)).outcome is Outcome.COMPLETE
    assert written[0] < written[1] < written[2] == etags_of_blocks(table)
    assert shown(world) == rows(MANY)


def etags_of_blocks(table: FakeTable) -> set[str]:
    return {str(each["etag"]) for (_, row), each in table.rows.items() if row.startswith("block-")}


def test_rows_that_are_gone_are_noted_once_however_often_time_runs_out() -> None:
    before = dict.fromkeys(range(21_000), "a")
    after = {**dict.fromkeys(range(19_500), "a"), **dict.fromkeys(range(2_500), "b")}
    world = World(pages_of=1000)
    world.whole("first", before)
    world.patience = timedelta()

    with pytest.raises(Unfinished):
        world.handle(world.a_run("second"), after)
    world.whole("second", after)

    assert layers(world)[0] is True
    assert shown(world) == rows(after)
    assert world.inventory.count(TENANT_ID) == len(after)


def test_of_a_row_that_was_listed_twice_the_later_one_stands() -> None:
    """A listing that is cut short starts over: what it had shown may have changed meanwhile."""
    world = World()
    world.whole("first", dict.fromkeys(range(5), "a"))
    run = world.runs.open(world.a_run("second"))
    changed_back, changed_again, new = a_row(1, "b"), a_row(2, "b"), a_row(7, "b")

    run = world.runs.record(run, a_page(a_row(7, "a"), changed_back, changed_again, new))
    run = world.runs.record(run, a_page(a_row(2, "c"), seen=(a_row(0, "a"), a_row(1, "a"))))
    gone = [a_row(number, "a").key for number in (2, 4, 8)]
    told = list(world.publishing.changes(run, gone))
    run = world.publishing.finish(run, gone, world.clock() + LEASE)

    after = {0: "a", 1: "a", 2: "c", 3: "a", 7: "b"}
    assert pairs(told) == differences(dict.fromkeys(range(5), "a"), after)
    assert shown(world) == rows(after)
    assert (
        run
        == world.runs.find(TENANT_ID, "second")
        == world.publishing.finish(run, [], world.clock())
    )
    assert (run.counts.changed, run.counts.gone) == (2, 1)
    assert run.counts.rows == 7


def test_changes_that_were_told_of_can_be_passed_over() -> None:
    world = World(pages_of=4)
    world.whole("first", dict.fromkeys(range(20), "a"))
    run = world.read(world.runs.open(world.a_run("second")), dict.fromkeys(range(15), "b"))
    gone = list(world.inventory.index(TENANT_ID).missing(world.runs.seen(run)))
    changes = list(world.publishing.changes(run, gone))
    assert len(changes) == 20

    for after in range(21):
        assert list(world.publishing.changes(run, gone, after)) == changes[after:]


def test_if_something_else_is_gone_than_was_thought_it_is_begun_anew() -> None:
    world = World(pages_of=1000, patience=timedelta())
    world.whole("first", MANY)
    run = world.read(world.runs.open(world.a_run("second")), MOST_CHANGED)
    with pytest.raises(Unfinished):
        world.settle(run)

    world.publishing.finish(run, [], world.clock() + LEASE)

    assert shown(world) == rows({**MANY, **MOST_CHANGED})


def test_rows_of_any_size_fit_what_storage_takes() -> None:
    table = FakeTable()
    world = World(table=table)
    listed = [large(number) for number in range(1000)]
    run = world.runs.record(world.runs.open(world.a_run("one")), a_page(*listed))
    world.publishing.finish(run, [], world.clock() + LEASE)

    assert shown(world) == set(listed)
    assert world.inventory.mailbox(TENANT_ID, "M999") == listed[999]
    held = [value for each in table.rows.values() for value in each.values()]
    assert max(len(value) for value in held if isinstance(value, bytes)) <= 64 * 1024
    assert max(sizes(table)) < 1024 * 1024
    assert sum(sizes(table)) > 2 * 1024 * 1024


def sizes(table: FakeTable) -> list[int]:
    return [
        sum(len(value) for value in each.values() if isinstance(value, bytes))
        for each in table.rows.values()
    ]


def test_a_picture_can_be_read_until_the_run_after_the_next_one_begins() -> None:
    world = World(pages_of=1000)
    world.whole("first", MANY)
    in_time, too_late = world.inventory.rows(TENANT_ID), world.inventory.rows(TENANT_ID)
    for reading in (in_time, too_late):
        next(reading)
    world.whole("second", MOST_CHANGED)
    assert len(list(in_time)) == len(MANY) - 1

    world.runs.clean(world.runs.open(world.a_run("third")))
    with pytest.raises(Retryable, match="again"):
        list(too_late)


class Interrupted(FakeTable):
    """Storage in memory; others do something after somebody has read what is current."""

    meanwhile: Callable[[], object] | None = None

    def get(self, partition: str, row: str) -> Entity | None:
        """Read; then it is the others' turn."""
        found = super().get(partition, row)
        if row == current.ROW and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return found


def test_who_deletes_what_is_superseded_may_be_late() -> None:
    """A picture that became the current one meanwhile is not deleted, nor what it is made of."""
    table = Interrupted()
    world = World(table=table, pages_of=1000)
    world.whole("first", MANY)
    world.whole("second", SOME_CHANGED)
    world.patience = timedelta()
    third = world.runs.open(world.a_run("third"))
    run = world.read(third, MOST_CHANGED)
    with pytest.raises(Unfinished):
        world.settle(run)
    world.patience = LEASE
    table.meanwhile = partial(world.settle, run)

    world.runs.clean(third)

    assert table.meanwhile is None
    assert shown(world) == rows(MOST_CHANGED)


def test_an_index_is_all_there_or_none() -> None:
    table = Interrupted()
    world = World(table=table, pages_of=1000)
    world.whole("first", MANY)

    def others() -> None:
        world.whole("second", MOST_CHANGED)
        world.runs.clean(world.runs.open(world.a_run("third")))

    table.meanwhile = others
    with pytest.raises(Retryable, match="again"):
        world.inventory.index(TENANT_ID)
    assert len(world.inventory.index(TENANT_ID)) == len(MOST_CHANGED)
