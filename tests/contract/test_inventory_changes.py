"""What changed is listed as far as Exchange can tell, and what it cannot tell is said."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.answers import as_json
from infra.local.simulators.exchange.fault_plan import Fault, Perform
from infra.local.simulators.exchange.paging import Links
from shared.devices.inventory import Mailbox, MobileDevice, Part
from shared.devices.listed import SLICES
from shared.errors import Failure, NotPermitted, Rejected, Retryable
from shared.exchange.inventory import Inventory
from tests.contract.exchange_world import BASE
from tests.contract.inventory_world import CMDLETS, PARTS, InventoryWorld, an_inventory

NOT_ASKED = {Part.MAILBOXES: "", Part.DEVICES: ""}
REFUSAL = faults.failing('"WhenChangedUTC" is not a recognized filterable property.')


@pytest.fixture
def world() -> InventoryWorld:
    """Return a tenant in which nothing has happened for an hour."""
    world = an_inventory(mailboxes=20, devices_each=2)
    for mailbox in world.client.tenant.mailboxes.values():
        for device in mailbox.devices.values():
            device.last_attempt = device.first_sync
    world.client.clock.advance(hours=1)
    return world


def half_an_hour_ago(world: InventoryWorld) -> datetime:
    return world.client.clock() - timedelta(minutes=30)


def change_a_mailbox(world: InventoryWorld) -> str:
    """Put a device on a mailbox's list and return the mailbox's guid."""
    row = world.rows(Part.MAILBOXES)[0]
    assert isinstance(row, Mailbox)
    change = {"@odata.type": "#Exchange.GenericHashTable", "Add": ["X1"]}
    world.client.done("Set-CASMailbox", Identity=row.address, ActiveSyncAllowedDeviceIDs=change)
    return row.guid


def unsliceable(perform: Perform) -> httpx.Response:
    """Answer with a part of the rows, whose names nothing can tell apart."""
    body = msgspec.json.decode(perform().read())
    rows = [row | {"Name": "'"} for row in body["value"]]
    return as_json(200, body | {"value": rows, "@odata.nextLink": f"{BASE}/adminapi/beta/more"})


def connect_a_device(world: InventoryWorld) -> str:
    return str(world.client.tenant.add_device("user000001@contoso.com", device_id="new").guid)


@pytest.mark.parametrize("part", PARTS)
def test_where_nothing_changed_nothing_is_listed(world: InventoryWorld, part: Part) -> None:
    assert world.rows(part, "", half_an_hour_ago(world)) == []


def test_a_mailbox_whose_list_changed_is_listed(world: InventoryWorld) -> None:
    changed = change_a_mailbox(world)

    page = world.inventory.page(Part.MAILBOXES, "", half_an_hour_ago(world))

    assert [row.guid for row in page.rows] == [changed]
    assert page.untold == ""


def test_a_new_device_is_listed(world: InventoryWorld) -> None:
    new = connect_a_device(world)

    assert world.guids(Part.DEVICES, "", half_an_hour_ago(world)) == [new]


def test_a_device_that_changed_is_listed_where_exchange_finds_it(world: InventoryWorld) -> None:
    world.client.tenant.finds_devices_by_change = True
    known = next(row for row in world.rows(Part.DEVICES) if isinstance(row, MobileDevice))
    world.client.tenant.contact(world.client.tenant.directory.find_device(known.guid))
    new = connect_a_device(world)

    page = world.inventory.page(Part.DEVICES, "", half_an_hour_ago(world))

    assert {row.guid for row in page.rows} == {known.guid, new}
    assert (page.untold, page.calls) == ("", 1)


def test_where_it_does_not_new_devices_are_listed_and_the_rest_is_said(
    world: InventoryWorld,
) -> None:
    new = connect_a_device(world)

    page = world.inventory.page(Part.DEVICES, "", half_an_hour_ago(world))

    assert [row.guid for row in page.rows] == [new]
    assert page.calls == 2
    assert "devices known before that changed are not seen" in page.untold


def test_changes_that_fill_pages_are_followed_with_the_filter_they_began_with() -> None:
    world = an_inventory(mailboxes=2500)
    for number in range(2500):
        world.client.tenant.add_device(f"user{number:06}@contoso.com", device_id=f"d{number}")
    since = world.client.clock() - timedelta(minutes=30)

    pages = [page for _, page in world.walk(Part.DEVICES, "", since)]

    assert [len(page.rows) for page in pages] == [1000, 1000, 500]
    assert [page.calls for page in pages] == [2, 1, 1]
    assert all(page.untold for page in pages)
    filters = [call.parameters["Filter"] for call in world.client.exchange.calls[1:]]
    assert len(filters) == 3
    assert len(set(filters)) == 1

    world.client.exchange.paging.links = Links.DEAD
    assert world.guids(Part.DEVICES, SLICES, since) == world.true_guids(Part.DEVICES)


@pytest.mark.parametrize("cursor", ["", SLICES])
def test_a_refused_filter_for_mailboxes_is_no_empty_answer(
    world: InventoryWorld, cursor: str
) -> None:
    change_a_mailbox(world)
    world.client.exchange.faults.inject(REFUSAL, cmdlet=CMDLETS[Part.MAILBOXES], times=None)

    page = world.inventory.page(Part.MAILBOXES, cursor, half_an_hour_ago(world))

    assert (page.rows, page.cursor, page.calls) == ([], "", 1)
    assert "mailboxes whose lists" in page.untold


def test_what_cannot_be_sliced_is_no_refused_filter(world: InventoryWorld) -> None:
    change_a_mailbox(world)
    world.client.exchange.faults.inject(unsliceable)

    with pytest.raises(Rejected, match="links to further pages must work"):
        world.inventory.page(Part.MAILBOXES, SLICES, half_an_hour_ago(world))


def test_what_is_switched_off_is_not_asked_for(world: InventoryWorld) -> None:
    inventory = Inventory(world.client.transport, NOT_ASKED)
    world.client.exchange.calls.clear()

    mailboxes = inventory.page(Part.MAILBOXES, "", half_an_hour_ago(world))
    devices = inventory.page(Part.DEVICES, "", half_an_hour_ago(world))

    assert (mailboxes.rows, mailboxes.calls, devices.calls) == ([], 0, 1)
    assert mailboxes.untold
    assert devices.untold
    [call] = world.client.exchange.calls
    assert "WhenChanged" not in str(call.parameters)
    assert inventory.can_tell_changes()[0] is False


def test_a_refusal_of_the_whole_listing_is_a_failure(world: InventoryWorld) -> None:
    world.client.exchange.faults.inject(faults.failing("no"), times=None)

    for part in PARTS:
        with pytest.raises(Rejected):
            world.inventory.page(part, "", None)
    with pytest.raises(Rejected):
        world.inventory.page(Part.DEVICES, "", half_an_hour_ago(world))


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(faults.forbidden_nul(), NotPermitted), (faults.throttled("60"), Retryable)],
)
def test_other_trouble_is_no_refusal(
    world: InventoryWorld, trouble: Fault, kind: type[Failure]
) -> None:
    world.client.exchange.faults.inject(trouble, times=None)

    with pytest.raises(kind):
        world.inventory.can_tell_changes()
    for part in PARTS:
        with pytest.raises(kind):
            world.inventory.page(part, "", half_an_hour_ago(world))


def test_servers_may_learn_late_and_clocks_may_tell_any_zone(world: InventoryWorld) -> None:
    now = world.client.clock()
    world.client.exchange.calls.clear()

    world.inventory.page(Part.MAILBOXES, "", now)
    world.inventory.page(Part.MAILBOXES, "", datetime.fromisoformat("2026-03-02T11:00:00+02:00"))

    assert now == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    asked = [str(call.parameters["Filter"]) for call in world.client.exchange.calls]
    assert len(set(asked)) == 1
    assert asked[0].endswith("WhenChangedUTC -ge '2026-03-02T08:45:00Z'")


def test_it_is_told_what_can_be_told(world: InventoryWorld) -> None:
    can, missed = world.inventory.can_tell_changes()
    assert can
    assert "devices known before" in missed
    assert "only a full run" in missed

    world.client.tenant.finds_devices_by_change = True
    can, missed = world.inventory.can_tell_changes()
    assert can
    assert "devices known before" not in missed
    assert "only a full run" in missed

    world.client.exchange.faults.inject(REFUSAL, cmdlet=CMDLETS[Part.MAILBOXES])
    can, missed = world.inventory.can_tell_changes()
    assert not can
    assert "mailboxes whose lists" in missed
