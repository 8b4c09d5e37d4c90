"""Whatever the runs and the deaths on their way, the inventory is what was listed last."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as some

from shared.devices.inventory import Mailbox, MobileDevice, Scope
from shared.devices.inventory_run import Outcome, Run
from tests.unit.inventory_records_world import (
    LEASE,
    TENANT_ID,
    Deadly,
    Death,
    Tenant,
    World,
    a_place,
    differences,
    pairs,
    rows,
)

Step = tuple[dict[int, str | None], list[int], str, Scope]
NUMBERS, WORDS = some.integers(0, 40), some.sampled_from("abc")
TENANTS = some.dictionaries(NUMBERS, WORDS, max_size=30)
CHANGED = some.dictionaries(NUMBERS, WORDS | some.none(), max_size=6)
DEATHS = some.lists(some.integers(1, 40), max_size=4)  # after so many half steps
ENDS = some.sampled_from(["complete", "complete", "failed", "forgotten"])
RUNS = some.lists(some.tuples(CHANGED, DEATHS, ENDS, some.sampled_from(Scope)), max_size=6)


@given(TENANTS, RUNS, some.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_after_any_runs_the_picture_is_that_of_the_last_complete_one(
    tenant: dict[int, str],
    plan: list[Step],
    pages_of: int,
) -> None:
    table = Deadly()
    world = World(table=table, pages_of=pages_of)
    known: Tenant = {}
    first: Step = ({}, [], "complete", Scope.FULL)
    for count, (changed, deaths, end, scope) in enumerate([first, *plan]):
        tenant = with_changes(tenant, changed)
        run = world.a_run(f"run-{count}", scope)
        if end == "complete":
            finished = killed_and_carried_on(world, table, run, tenant, deaths)
            new = tenant if scope is Scope.FULL else {**known, **tenant}
            assert_told(world, finished, known, new)
            known = new
        else:
            broken_off(world, run, tenant, end)
        assert_shows(world, known)
    assert_nothing_is_left_over(world, table)


def with_changes(tenant: Tenant, changed: Mapping[int, str | None]) -> dict[int, str]:
    together = {**tenant, **changed}
    return {number: word for number, word in together.items() if word is not None}


def killed_and_carried_on(
    world: World, table: Deadly, run: Run, tenant: Tenant, deaths: list[int]
) -> Run:
    """Let workers die after so many half steps each, until one carries the run to its end."""
    for steps in deaths:
        table.dies_at = table.steps + steps
        try:
            world.handle(run, tenant)
        except Death:
            continue
    table.dies_at = None
    return world.handle(run, tenant)


def broken_off(world: World, run: Run, tenant: Tenant, end: str) -> None:
    """Leave a run after its first page, for good."""
    run = world.read(world.runs.open(run), tenant, at_most=1)
    if end == "failed":
        world.runs.save(replace(run, outcome=Outcome.FAILED, finished_at=world.clock()))
    else:
        world.clock.advance(LEASE)


def assert_told(world: World, run: Run, known: Tenant, new: Tenant) -> None:
    """See that what was told is what is different, and the same each time it was told."""
    told = world.told[run.run_id]
    assert all(each == told[0] for each in told)
    assert pairs(told[0]) == differences(known, new)
    assert run.counts.changed + run.counts.gone == len(told[0])


def assert_shows(world: World, known: Tenant) -> None:
    shown = list(world.inventory.rows(TENANT_ID))
    assert set(shown) == rows(known)
    index = world.inventory.index(TENANT_ID)
    assert len(shown) == len(index) == world.inventory.count(TENANT_ID) == len(known)
    assert index.content_hash() == world.inventory.content_hash(TENANT_ID)
    assert index.content_hash() == unbroken(known).inventory.content_hash(TENANT_ID)
    some_keys = [row.key for row in shown[::3]]
    assert set(world.inventory.rows_of(TENANT_ID, [*some_keys, bytes(16)])) == set(shown[::3])
    for number in range(0, 41, 4):
        assert_found(world, known, number)


def assert_found(world: World, known: Tenant, number: int) -> None:
    mailbox = world.inventory.mailbox(TENANT_ID, a_place(number).upper())
    found = world.inventory.find_device(TENANT_ID, f"DEVICE-{number}")
    if number % 3 == 0:
        assert found is None
        assert (mailbox and mailbox.policy) == known.get(number)
        assert isinstance(mailbox, Mailbox | None)
    else:
        assert mailbox is None
        assert (found and found[0].model) == known.get(number)
        assert found is None or isinstance(found[0], MobileDevice)
        assert (found and found[1] is not None) == (number - number % 3 in known if found else None)


def unbroken(known: Tenant) -> World:
    """Return a world that has never seen anything else."""
    world = World(pages_of=50)
    world.whole("only", known)
    return world


def assert_nothing_is_left_over(world: World, table: Deadly) -> None:
    world.runs.clean(world.runs.open(world.a_run("last")))
    kinds = {row.split("-")[0] for partition, row in table.rows if partition == TENANT_ID}
    partitions = {partition for partition, _ in table.rows} - {TENANT_ID}
    assert kinds <= {"current", "place", "run", "layer"}
    assert len(partitions) <= 2
