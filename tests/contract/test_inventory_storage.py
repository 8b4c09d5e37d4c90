"""The inventory on real tables: what its unit tests say of the stand-in holds there too."""

import pytest

from shared.devices.inventory import MobileDevice, Part
from shared.devices.inventory_run import Page
from tests.contract.storage_wire import Wire, table
from tests.unit.inventory_records_world import (
    LEASE,
    TENANT_ID,
    Tenant,
    World,
    a_row,
    differences,
    large,
    pairs,
    rows,
)

FIRST: Tenant = dict.fromkeys(range(4_500), "a")
CHANGED: Tenant = {**dict.fromkeys(range(100, 4_500), "a"), **dict.fromkeys(range(9, 99), "é")}
LATER: Tenant = dict.fromkeys(range(50, 3_000), "c")


class Cut(Exception):  # noqa: N818 - the worker is no more: nothing of ours catches it
    """The worker died."""


def test_runs_leave_what_was_listed(storage: str) -> None:
    wire = Wire()
    with table(storage, wire) as store:
        world = World(table=store, pages_of=1000)
        known: Tenant = {}
        for name, tenant in (("one", FIRST), ("two", CHANGED), ("three", LATER), ("four", LATER)):
            world.whole(name, tenant)

            assert set(world.inventory.rows(TENANT_ID)) == rows(tenant)
            assert pairs(world.told[name][0]) == differences(known, tenant)
            assert world.inventory.count(TENANT_ID) == len(tenant)
            known = tenant


def test_it_takes_few_requests(storage: str) -> None:
    wire = Wire()
    with table(storage, wire) as store:
        world = World(table=store, pages_of=1000)
        world.whole("one", FIRST)
        world.whole("two", CHANGED)

        before = wire.requests
        assert len(world.inventory.index(TENANT_ID)) == len(CHANGED)
        assert wire.requests - before <= 3  # what is current, a generation, an overlay

        before = wire.requests
        found = world.inventory.find_device(TENANT_ID, "DEVICE-4400")
        assert wire.requests - before <= 7  # what is current; of both rows: overlay, keys, block
        assert found == (a_row(4400, "a"), a_row(4398, "a"))
        assert world.inventory.find_device(TENANT_ID, "device-1") is None


def test_no_transaction_is_larger_than_storage_takes(storage: str) -> None:
    listed = [large(number) for number in range(3000)]
    with table(storage, Wire()) as store:
        world = World(table=store)
        run = world.runs.open(world.a_run("one"))
        for at in range(0, 3000, 1000):
            page = listed[at : at + 1000]
            keys = b"".join(row.key for row in page)
            made = Page(seen=keys, changed=tuple(page), part=Part.MAILBOXES, cursor="")
            run = world.runs.record(run, made)

        world.publishing.finish(run, [], world.clock() + LEASE)

        assert set(world.inventory.rows(TENANT_ID)) == set(listed)


@pytest.mark.parametrize("is_made", [True, False], ids=["after", "before"])
def test_deaths_at_any_request_change_nothing_in_the_end(storage: str, *, is_made: bool) -> None:
    small, smaller = dict.fromkeys(range(40), "a"), dict.fromkeys(range(1, 39), "a")
    wire = Wire()
    with table(storage, wire) as store:
        world = World(table=store, pages_of=15)
        for name, tenant in (("one", small), ("two", smaller)):
            deaths = kill_ever_later(wire, world, name, tenant, is_made=is_made)
            assert deaths > 10
            assert set(world.inventory.rows(TENANT_ID)) == rows(tenant)
            assert world.inventory.content_hash(TENANT_ID) == unbroken_hash(tenant)


def kill_ever_later(wire: Wire, world: World, name: str, tenant: Tenant, *, is_made: bool) -> int:
    """Kill each worker one request later than the one before it, until one comes to the end."""
    for deaths in range(1, 100):
        at = wire.requests + deaths

        def cut(number: int, at: int = at) -> None:
            if number == at:
                raise Cut

        if is_made:
            wire.after = cut
        else:
            wire.before = cut
        try:
            world.handle(world.a_run(name), tenant)
        except Cut:
            continue
        break
    wire.before = wire.after = lambda _: None
    assert world.runs.open(world.a_run(name)).is_finished
    return deaths


def unbroken_hash(tenant: Tenant) -> str:
    world = World(pages_of=1000)
    world.whole("only", tenant)
    found = world.inventory.index(TENANT_ID).content_hash()
    assert any(isinstance(row, MobileDevice) for row in world.inventory.rows(TENANT_ID))
    return found
