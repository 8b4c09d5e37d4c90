"""A link is followed only if it is ours, alive, and leads on; otherwise that is told."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.exchange.paging import Links
from shared.devices.inventory import Part
from shared.devices.listed import SLICES
from shared.errors import CutShort, Misconfigured, Rejected
from shared.exchange.inventory import KINDS, Inventory
from shared.exchange.transport import Transport
from tests.contract.exchange_world import BASE, TENANT_ID
from tests.contract.inventory_world import (
    InventoryWorld,
    an_inventory,
    with_link,
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


@pytest.mark.parametrize(
    ("part", "works"), [(Part.MAILBOXES, 0), (Part.DEVICES, 0), (Part.DEVICES, 1)]
)
def test_a_link_that_is_refused_at_any_page_is_told(
    world: InventoryWorld, part: Part, works: int
) -> None:
    world.client.exchange.paging.links_that_work = works
    pages = world.walk(part)
    for _ in range(works + 1):
        next(pages)

    with pytest.raises(CutShort):
        next(pages)


def test_a_link_that_was_kept_too_long_is_told(world: InventoryWorld) -> None:
    cursor = world.inventory.page(Part.DEVICES, "", None).cursor
    world.client.clock.advance(minutes=6)

    with pytest.raises(CutShort):
        world.inventory.page(Part.DEVICES, cursor, None)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/adminapi/beta/x/InvokeCommand?$skiptoken=1",
        "https://outlook.office365.com.evil.example/adminapi/beta/x/InvokeCommand",
        "http://outlook.office365.com/adminapi/beta/x/InvokeCommand",
        "https://outlook.office365.com/elsewhere",
        "https://outlook.office365.com/adminapi/../elsewhere",
        "https://user@outlook.office365.com/adminapi/beta/x/InvokeCommand",
    ],
)
def test_a_kept_link_to_anywhere_else_is_not_followed(world: InventoryWorld, link: str) -> None:
    with pytest.raises(CutShort):
        world.inventory.page(Part.DEVICES, f'{{"link": "{link}"}}', None)
    assert not world.client.exchange.calls


def test_a_link_of_another_host_is_none_after_a_change_of_host(world: InventoryWorld) -> None:
    cursor = world.inventory.page(Part.DEVICES, "", None).cursor
    client = world.client
    moved = Transport(
        client.client,
        base_url="https://outlook.office365.us",
        tenant_id=TENANT_ID,
        bearer=client.bearer,
    )

    with pytest.raises(CutShort):
        Inventory(moved).page(Part.DEVICES, cursor, None)


def test_a_fresh_link_to_anywhere_else_is_never_kept(world: InventoryWorld) -> None:
    world.client.exchange.faults.inject(with_link("https://evil.example/adminapi/beta/x"))

    with pytest.raises(Misconfigured, match=r"evil\.example"):
        world.inventory.page(Part.DEVICES, "", None)


def test_a_page_that_leads_back_to_itself_is_not_read_for_ever(world: InventoryWorld) -> None:
    select = ",".join(KINDS[Part.DEVICES].select)
    itself = f"{BASE}/adminapi/beta/{TENANT_ID}/InvokeCommand?$select={select}"
    world.client.exchange.faults.inject(with_link(itself))

    with pytest.raises(CutShort):
        world.inventory.page(Part.DEVICES, "", None)


def test_a_listing_that_never_ends_is_cut_short(world: InventoryWorld) -> None:
    link = f"{BASE}/adminapi/beta/{TENANT_ID}/InvokeCommand?$skiptoken=1"

    with pytest.raises(CutShort, match="more than 5000 pages"):
        world.inventory.page(Part.DEVICES, f'{{"link": "{link}", "pages": 5000}}', None)


@pytest.mark.parametrize("cursor", ["x", "{", '{"pages": "many"}', "[]"])
def test_a_cursor_that_is_none_starts_over(world: InventoryWorld, cursor: str) -> None:
    with pytest.raises(CutShort):
        world.inventory.page(Part.DEVICES, cursor, None)
    with pytest.raises(Rejected):
        world.inventory.page(Part.DEVICES, f"{SLICES}{cursor}", None)
