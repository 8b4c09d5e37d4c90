"""The inventory is read page by page, and can go on at any page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stamina

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.paging import Links
from shared.devices.inventory import Part
from shared.errors import CutShort, Rejected, Retryable
from tests.contract.inventory_world import (
    PARTS,
    InventoryWorld,
    an_inventory,
)


@pytest.fixture(scope="module")
def populated() -> InventoryWorld:
    return an_inventory(mailboxes=2500, devices_each=1.0)


@pytest.fixture
def world(populated: InventoryWorld) -> Iterator[InventoryWorld]:
    client = populated.client
    client.exchange.calls.clear()
    yield populated
    client.exchange.faults.clear()
    client.exchange.paging.links = Links.WORK
    client.exchange.paging.links_that_work = None


@pytest.mark.parametrize(("part", "pages"), [(Part.MAILBOXES, 2), (Part.DEVICES, 3)])
def test_everything_is_listed_once(world: InventoryWorld, part: Part, pages: int) -> None:
    listed = [page for _, page in world.walk(part)]

    assert sorted(row.guid for page in listed for row in page.rows) == world.true_guids(part)
    assert len(listed) == pages
    assert {page.calls for page in listed} == {1}
    assert {page.untold for page in listed} == {""}
    assert len(world.client.exchange.calls) == pages


@pytest.mark.parametrize("part", PARTS)
def test_every_page_can_be_the_first_of_another_worker(world: InventoryWorld, part: Part) -> None:
    seen = list(world.walk(part))

    for number, (cursor, _) in enumerate(seen):
        rest = sorted(row.guid for _, page in seen[number:] for row in page.rows)
        assert world.guids(part, cursor) == rest


def test_nothing_is_listed_in_other_parts(world: InventoryWorld) -> None:
    with pytest.raises(Rejected):
        world.inventory.page(Part.SETTLING, "", None)


def test_a_device_that_comes_or_goes_meanwhile_harms_no_other() -> None:
    world = an_inventory(mailboxes=2500, devices_each=1.0)
    tenant = world.client.tenant
    stays = set(world.true_guids(Part.DEVICES))
    told: list[str] = []
    for number, (_, page) in enumerate(world.walk(Part.DEVICES)):
        told += [row.guid for row in page.rows]
        for guid in (page.rows[-1].guid, world.true_guids(Part.DEVICES)[number]):
            tenant.remove_device(tenant.directory.find_device(guid))
        tenant.add_device("user000000@contoso.com", device_id=f"new{number}")

    assert len(told) == len(set(told))
    assert stays & set(world.true_guids(Part.DEVICES)) <= set(told)


def test_a_short_throttle_is_waited_out(world: InventoryWorld) -> None:
    world.client.exchange.faults.inject(faults.throttled("1"))

    with stamina.set_testing(True, attempts=2, cap=True):
        assert len(world.inventory.page(Part.DEVICES, "", None).rows) == 1000


def test_a_longer_throttle_leaves_the_cursor_as_good_as_before(world: InventoryWorld) -> None:
    first = world.inventory.page(Part.DEVICES, "", None)
    world.client.exchange.faults.inject(faults.throttled("60"))

    with pytest.raises(Retryable) as raised:
        world.inventory.page(Part.DEVICES, first.cursor, None)

    assert not isinstance(raised.value, CutShort)
    assert raised.value.after == timedelta(seconds=60)
    rest = world.guids(Part.DEVICES, first.cursor)
    assert sorted([*rest, *(row.guid for row in first.rows)]) == world.true_guids(Part.DEVICES)
