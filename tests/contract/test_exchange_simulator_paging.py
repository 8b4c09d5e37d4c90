"""Pages, links, and what they are good for."""

from typing import Any

import httpx
import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.paging import Links
from tests.contract.exchange_world import ANCHOR, TENANT_ID, World, body_of

TRUNCATED = (
    "There are more results available than are currently displayed. To view them, increase the"
    " value for the ResultSize parameter."
)
UNLIMITED: dict[str, object] = {"ResultSize": "Unlimited"}
TWO_A_PAGE = {"Prefer": "odata.maxpagesize = 2;odata.continue-on-error"}
ANCHORED = {"X-AnchorMailbox": ANCHOR, **TWO_A_PAGE}


def a_world_with_devices(count: int) -> World:
    world = World()
    for number in range(count):
        world.tenant.add_device(world.mailbox, device_id=f"D{number:04}")
    return world


def page(
    world: World, parameters: dict[str, object], headers: dict[str, str]
) -> tuple[list[str], Any]:
    body = body_of(world.invoke("Get-MobileDevice", parameters, headers=headers))
    return [row["DeviceId"] for row in body["value"]], body.get("@odata.nextLink")


def follow(world: World, link: str, headers: dict[str, str]) -> httpx.Response:
    return world.invoke("Get-MobileDevice", UNLIMITED, headers=headers, path=link)


def test_a_link_is_followed_by_posting_the_same_body_with_the_same_anchor() -> None:
    world = a_world_with_devices(5)

    ids, link = page(world, UNLIMITED, ANCHORED)
    while link:
        body = body_of(follow(world, link, ANCHORED))
        ids += [row["DeviceId"] for row in body["value"]]
        link = body.get("@odata.nextLink")

    assert ids == [f"D{number:04}" for number in range(5)]
    assert len(world.exchange.calls) == 3


def test_every_page_but_the_last_warns_of_more() -> None:
    world = a_world_with_devices(3)

    first = body_of(world.invoke("Get-MobileDevice", UNLIMITED, headers=ANCHORED))
    last = body_of(follow(world, first["@odata.nextLink"], ANCHORED))

    assert first["@adminapi.warnings"] == [TRUNCATED]
    assert last["@adminapi.warnings"] == []
    assert "@odata.nextLink" not in last


def test_a_link_keeps_host_path_and_selection() -> None:
    world = a_world_with_devices(3)
    path = f"/adminapi/beta/{TENANT_ID}/InvokeCommand?$select=DeviceId"

    body = body_of(world.invoke("Get-MobileDevice", UNLIMITED, headers=ANCHORED, path=path))
    url = httpx.URL(body["@odata.nextLink"])

    assert (url.host, url.path) == (
        "outlook.office365.com",
        f"/adminapi/beta/{TENANT_ID}/InvokeCommand",
    )
    assert set(url.params) == {"$select", "$skiptoken"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ANCHORED, TWO_A_PAGE),
        (ANCHORED, {**TWO_A_PAGE, "X-AnchorMailbox": "UPN:adele@contoso.com"}),
        (TWO_A_PAGE, TWO_A_PAGE),
        (TWO_A_PAGE, ANCHORED),
    ],
)
def test_without_the_same_anchor_on_both_requests_a_link_is_dead(
    first: dict[str, str], second: dict[str, str]
) -> None:
    world = a_world_with_devices(3)
    _, link = page(world, UNLIMITED, first)

    response = follow(world, link, second)

    assert response.status_code == 400
    inner = body_of(response)["error"]["innererror"]["internalexception"]
    assert inner["message"].startswith("Expired or Invalid pagination request.")


def test_another_body_kills_a_link() -> None:
    world = a_world_with_devices(3)
    _, link = page(world, UNLIMITED, ANCHORED)

    response = world.invoke("Get-MobileDevice", {}, headers=ANCHORED, path=link)

    assert response.status_code == 400


def test_a_link_expires() -> None:
    world = a_world_with_devices(3)
    _, link = page(world, UNLIMITED, ANCHORED)

    world.clock.advance(minutes=4)
    assert follow(world, link, ANCHORED).status_code == 200
    world.clock.advance(minutes=1)
    assert follow(world, link, ANCHORED).status_code == 400


def test_links_can_be_dead_altogether() -> None:
    world = a_world_with_devices(3)
    world.exchange.paging.links = Links.DEAD
    _, link = page(world, UNLIMITED, ANCHORED)

    assert follow(world, link, ANCHORED).status_code == 400


def test_the_result_size_bounds_a_page_and_a_link_follows_all_the_same() -> None:
    world = a_world_with_devices(3)

    ids, link = page(world, {"ResultSize": 1}, {})

    assert ids == ["D0000"]
    assert link


def test_a_thousand_rows_are_a_page_whatever_was_asked_for() -> None:
    world = a_world_with_devices(1001)

    default, default_link = page(world, {}, {})
    unlimited, unlimited_link = page(world, UNLIMITED, {})

    assert (len(default), len(unlimited)) == (1000, 1000)
    assert default_link
    assert unlimited_link


def test_unlimited_can_be_one_big_page() -> None:
    world = a_world_with_devices(1001)
    world.exchange.paging.unlimited_in_one_page = True

    ids, link = page(world, UNLIMITED, {})

    assert len(ids) == 1001
    assert link is None


def test_a_link_of_a_listing_may_expire_halfway() -> None:
    world = a_world_with_devices(7)
    world.exchange.paging.links_that_work = 1
    _, link = page(world, UNLIMITED, ANCHORED)

    second = body_of(follow(world, link, ANCHORED))

    assert [row["DeviceId"] for row in second["value"]] == ["D0002", "D0003"]
    assert follow(world, second["@odata.nextLink"], ANCHORED).status_code == 400


def test_one_link_may_be_dead_and_the_listing_started_again() -> None:
    world = a_world_with_devices(3)
    world.exchange.faults.inject(faults.dead_link(), times=2)

    _, link = page(world, UNLIMITED, ANCHORED)
    response = follow(world, link, ANCHORED)
    error = body_of(response)["error"]["innererror"]["internalexception"]

    assert response.status_code == 400
    assert error["message"].startswith("Expired or Invalid pagination request.")
    assert follow(world, link, ANCHORED).status_code == 200


def test_a_page_can_be_asked_for_twice() -> None:
    world = a_world_with_devices(5)
    _, link = page(world, UNLIMITED, ANCHORED)

    first, again = (body_of(follow(world, link, ANCHORED))["value"] for _ in range(2))

    assert [row["DeviceId"] for row in first] == ["D0002", "D0003"]
    assert first == again


def test_a_device_that_goes_while_pages_are_read_is_left_out_and_nothing_is_skipped() -> None:
    world = a_world_with_devices(6)
    devices = list(world.mailbox.devices.values())
    ids, link = page(world, UNLIMITED, ANCHORED)

    world.tenant.remove_device(devices[0])
    world.tenant.remove_device(devices[2])
    while link:
        body = body_of(follow(world, link, ANCHORED))
        ids += [row["DeviceId"] for row in body["value"]]
        link = body.get("@odata.nextLink")

    assert ids == ["D0000", "D0001", "D0003", "D0004", "D0005"]


def test_the_result_size_may_be_ignored() -> None:
    world = a_world_with_devices(3)
    world.exchange.paging.result_size_is_ignored = True

    assert page(world, {"ResultSize": 1}, {})[0] == ["D0000", "D0001", "D0002"]
