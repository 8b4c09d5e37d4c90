"""Rows of the inventory are what Exchange tells, in our words; what is odd is told."""

from collections.abc import Iterator
from datetime import UTC

import httpx
import msgspec
import pytest

from infra.local.simulators.exchange.answers import as_json
from infra.local.simulators.exchange.fault_plan import Perform
from infra.local.simulators.exchange.paging import Links
from shared.devices.inventory import Mailbox, MobileDevice, Part
from shared.devices.model import AccessState
from shared.errors import Misconfigured
from shared.exchange.inventory import KINDS
from tests.contract.inventory_world import (
    CMDLETS,
    PARTS,
    InventoryWorld,
    an_inventory,
    with_row,
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


def test_a_device_is_told_as_exchange_tells_it() -> None:
    world = an_inventory()
    device = world.client.tenant.add_device(
        world.client.mailbox,
        device_id="ApplDNRSK1XQ",
        imei="490154203237518",
        friendly_name="Ada's",
    )

    assert world.rows(Part.DEVICES) == [
        MobileDevice(
            place=world.client.mailbox.distinguished_name.lower(),
            guid=str(device.guid),
            device_id="ApplDNRSK1XQ",
            access=AccessState.ALLOWED,
            access_reason="Global",
            device_type="iPhone",
            model="iPhone15C2",
            os="iOS 18.6 22G86",
            user_agent="Apple-iPhone15C2/2207.86",
            client_type="EAS",
            client_version="16.1",
            imei="490154203237518",
            name="Ada's",
            first_sync_at=world.client.clock(),
        )
    ]


def test_a_mailbox_is_told_as_exchange_tells_it() -> None:
    world = an_inventory()
    client = world.client
    client.done("New-MobileDeviceMailboxPolicy", Name="Strict", Confirm=False)
    client.tenant.add_device(client.mailbox, device_id="one")
    client.mailbox.allowed_ids, client.mailbox.blocked_ids = ["two", "One"], ["three"]
    settings = {"ActiveSyncEnabled": False, "ActiveSyncMailboxPolicy": "Strict"}
    client.done("Set-CASMailbox", Identity="adele@contoso.com", **settings)

    assert world.rows(Part.MAILBOXES) == [
        Mailbox(
            place=client.mailbox.distinguished_name.lower(),
            guid=str(client.mailbox.guid),
            address="adele@contoso.com",
            sync_enabled=False,
            policy="Strict",
            policy_is_default=False,
            allowed=("One", "two"),
            blocked=("three",),
        )
    ]


def test_a_device_points_at_its_mailbox(world: InventoryWorld) -> None:
    places = {row.place for row in world.rows(Part.MAILBOXES)}

    assert {row.place for row in world.rows(Part.DEVICES)} == places


def test_times_are_utc(world: InventoryWorld) -> None:
    rows = world.rows(Part.DEVICES)

    times = [row.first_sync_at for row in rows if isinstance(row, MobileDevice)]
    assert {time.tzinfo for time in times if time} == {UTC}


@pytest.mark.parametrize("part", PARTS)
def test_only_what_is_kept_travels(world: InventoryWorld, part: Part) -> None:
    sent: list[dict[str, object]] = []

    def watched(perform: Perform) -> httpx.Response:
        body = msgspec.json.decode(perform().read())
        sent.extend(body["value"])
        return as_json(200, body)

    world.client.exchange.faults.inject(watched, cmdlet=CMDLETS[part])

    world.inventory.page(part, "", None)

    assert {name for name in sent[0] if "@" not in name} == set(KINDS[part].select)
    assert world.client.exchange.calls[0].parameters["ResultSize"] == "Unlimited"


@pytest.mark.parametrize(
    "changed",
    [
        {"Guid": None},
        {"DistinguishedName": "CN=odd"},
        {"FirstSyncTime": "never"},
        {"DeviceModel": {"odd": 1}},
    ],
)
def test_a_row_that_cannot_be_read_is_not_passed_over(
    world: InventoryWorld, changed: dict[str, object]
) -> None:
    world.client.exchange.faults.inject(with_row(7, **changed))

    with pytest.raises(Misconfigured, match="update this app"):
        world.inventory.page(Part.DEVICES, "", None)


def test_what_exchange_leaves_empty_or_adds_one_day_is_read(world: InventoryWorld) -> None:
    odd = {"DeviceAccessState": "Hibernating", "FirstSyncTime": "", "DeviceModel": None}
    world.client.exchange.faults.inject(with_row(7, **odd))

    row = world.inventory.page(Part.DEVICES, "", None).rows[7]

    assert isinstance(row, MobileDevice)
    assert (row.access, row.first_sync_at, row.model) == (AccessState.UNKNOWN, None, "")
