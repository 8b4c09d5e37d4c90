"""Our client lists what the simulated Exchange holds: all of it, or it says that it cannot."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

import pytest

from infra.local.simulators.exchange.paging import Links
from shared.errors import CutShort
from shared.exchange.paging import by_mailbox, by_prefix, complete
from shared.exchange.reply import Page
from tests.contract.exchange_client import ClientWorld, guids

DEVICES = 2500


@pytest.fixture(scope="module")
def populated() -> ClientWorld:
    world = ClientWorld()
    world.tenant.populate(mailboxes=500, devices_per_mailbox=5, seed=7)
    return world


@pytest.fixture
def world(populated: ClientWorld) -> Iterator[ClientWorld]:
    populated.exchange.calls.clear()
    yield populated
    populated.exchange.paging.links = Links.WORK
    populated.exchange.paging.links_that_work = None


def everyone(world: ClientWorld) -> list[str]:
    return sorted(
        str(device.guid)
        for mailbox in world.tenant.mailboxes.values()
        for device in mailbox.devices.values()
    )


def devices(world: ClientWorld) -> Iterator[Page]:
    return world.transport.pages("Get-MobileDevice", {})


def per_mailbox(world: ClientWorld) -> Iterator[Page]:
    addresses = [mailbox.address for mailbox in world.tenant.mailboxes.values()]
    return by_mailbox(world.transport.pages, "Get-MobileDevice", [*addresses, "gone@contoso.com"])


def test_every_device_is_listed_once(world: ClientWorld) -> None:
    assert sorted(guids(devices(world))) == everyone(world)
    assert len(everyone(world)) == DEVICES


def test_every_page_is_asked_for_alike(world: ClientWorld) -> None:
    list(devices(world))

    assert len(world.exchange.calls) == 3
    assert len({call.headers["x-anchormailbox"] for call in world.exchange.calls}) == 1
    assert len({call.headers["client-request-id"] for call in world.exchange.calls}) == 1
    assert [call.parameters for call in world.exchange.calls] == [{"ResultSize": "Unlimited"}] * 3


def test_a_size_below_a_page_is_followed_to_the_end_all_the_same(world: ClientWorld) -> None:
    pages = world.transport.pages("Get-MobileDevice", {"ResultSize": 900})

    assert [len(page) for page in pages] == [900, 900, 700]


def test_only_the_chosen_properties_travel(world: ClientWorld) -> None:
    whole = next(devices(world))
    part = next(world.transport.pages("Get-MobileDevice", {}, select=["Guid", "DeviceId"]))

    assert len(bytes(part[0])) < len(bytes(whole[0])) / 3


@pytest.mark.parametrize("works", [0, 1])
def test_a_link_that_is_dead_or_dies_is_told(world: ClientWorld, works: int) -> None:
    world.exchange.paging.links_that_work = works

    with pytest.raises(CutShort, match="link to the next page is dead"):
        list(devices(world))
    assert len(world.exchange.calls) == works + 2  # the dead one is asked for once


def test_a_link_that_is_followed_too_late_is_told(world: ClientWorld) -> None:
    pages = devices(world)
    next(pages)
    world.clock.advance(minutes=6)

    with pytest.raises(CutShort):
        list(pages)


def test_a_listing_that_broke_is_read_again_from_its_start(world: ClientWorld) -> None:
    paging = world.exchange.paging
    paging.link_life = timedelta(0)
    pages = complete(partial(devices, world))
    first = next(pages)
    paging.link_life = timedelta(minutes=5)

    found = guids([first, *pages])

    assert len(found) == DEVICES + 1000
    assert sorted(set(found)) == everyone(world)


def test_without_another_way_a_part_is_no_whole(world: ClientWorld) -> None:
    world.exchange.paging.links = Links.DEAD

    with pytest.raises(CutShort):
        list(complete(partial(devices, world)))


def test_with_dead_links_devices_are_read_by_mailbox(world: ClientWorld) -> None:
    world.exchange.paging.links = Links.DEAD

    found = guids(complete(partial(devices, world), partial(per_mailbox, world)))

    assert sorted(set(found)) == everyone(world)


def test_with_dead_links_slices_are_cut_until_they_fit() -> None:
    world = ClientWorld()
    world.tenant.populate(mailboxes=20, devices_per_mailbox=5, seed=7)
    for name in ("_odd", "android_odd"):  # letters that no slice begins with
        world.tenant.add_device(world.mailbox, device_id=name, device_type="x", model="x")
    world.exchange.paging.links = Links.DEAD

    def at_most_20(cmdlet: str, parameters: Mapping[str, object]) -> Iterator[Page]:
        return world.transport.pages(cmdlet, {**parameters, "ResultSize": 20})

    found = guids(by_prefix(at_most_20, "Get-MobileDevice", "DeviceId"))

    assert sorted(set(found)) == everyone(world)
