"""How wipes end: reported or not, device by device and kind by kind, or undone by somebody."""

import pytest

from infra.local.simulators.exchange import Acknowledgement, Device
from tests.contract.exchange_world import World

NEVER, SAME = Acknowledgement.NEVER, Acknowledgement.SAME_CONTACT
STATISTICS = "Get-MobileDeviceStatistics"


def a_phone(world: World, device_id: str = "A1") -> Device:
    return world.tenant.add_device(world.mailbox, device_id=device_id)


def clear(world: World, device: Device, **parameters: object) -> list[str]:
    """Clear, and return the warnings."""
    order = {"Identity": str(device.guid), "Confirm": False, **parameters}
    return list(world.done("Clear-MobileDevice", **order)["@adminapi.warnings"])


def contact(world: World, device: Device, times: int = 1) -> None:
    """Let the device connect, a minute after whatever was before; it must get no mail."""
    for _ in range(times):
        world.clock.advance(minutes=1)
        assert world.tenant.contact(device) is False


def seen(world: World, device: Device, kind: str = "") -> tuple[str, str | None, str | None]:
    """Return the status, and when the order was sent and acknowledged."""
    [row] = world.rows(STATISTICS, Identity=str(device.guid))
    sent, acknowledged = (row[f"{kind}DeviceWipe{what}Time"] for what in ("Sent", "Ack"))
    return row["Status"], sent and sent[11:16], acknowledged and acknowledged[11:16]


def test_a_device_may_wipe_itself_and_nothing_is_ever_heard_of_it() -> None:
    world = World()
    silent, other = a_phone(world), a_phone(world, "B2")
    silent.wipe.acknowledgement = NEVER
    for device in (silent, other):
        clear(world, device)
        contact(world, device, times=2)

    assert silent.wipe.deliveries == other.wipe.deliveries == 1
    assert seen(world, silent) == ("DeviceWipePending", "08:01", None)
    assert seen(world, other) == ("DeviceWipeSucceeded", "08:03", "08:04")


def test_one_device_may_report_where_the_tenants_devices_do_not() -> None:
    world = World()
    world.tenant.acknowledgement = NEVER
    usual, talkative = a_phone(world), a_phone(world, "B2")
    talkative.wipe.acknowledgement = SAME
    for device in (usual, talkative):
        clear(world, device)
        contact(world, device)

    assert seen(world, usual) == ("DeviceWipePending", "08:01", None)
    assert seen(world, talkative) == ("DeviceWipeSucceeded", "08:02", "08:02")


@pytest.mark.parametrize(
    ("whole", "account", "expected"),
    [
        (NEVER, SAME, ("DeviceWipePending", "AccountOnlyDeviceWipeSucceeded")),
        (SAME, NEVER, ("DeviceWipeSucceeded", "AccountOnlyDeviceWipePending")),
        (NEVER, None, ("DeviceWipePending", "AccountOnlyDeviceWipePending")),
    ],
)
def test_the_two_kinds_of_wipe_are_reported_each_in_its_own_way(
    whole: Acknowledgement, account: Acknowledgement | None, expected: tuple[str, str]
) -> None:
    world = World()
    world.tenant.acknowledgement, world.tenant.account_acknowledgement = whole, account
    wiped, cleaned = a_phone(world), a_phone(world, "B2")
    clear(world, wiped)
    clear(world, cleaned, AccountOnly=True)
    for device in (wiped, cleaned):
        contact(world, device, times=3)

    assert (seen(world, wiped)[0], seen(world, cleaned, "AccountOnly")[0]) == expected


def test_a_device_may_report_one_kind_of_wipe_only() -> None:
    world = World()
    device = a_phone(world)
    device.account_wipe.acknowledgement = NEVER
    clear(world, device, AccountOnly=True)
    contact(world, device, times=3)
    assert seen(world, device, "AccountOnly") == ("AccountOnlyDeviceWipePending", "08:01", None)

    clear(world, device)
    contact(world, device, times=2)

    assert seen(world, device) == ("DeviceWipeSucceeded", "08:04", "08:05")


def test_a_device_that_is_to_be_wiped_whole_is_not_told_to_wipe_the_account() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device, AccountOnly=True)
    clear(world, device)

    contact(world, device, times=3)

    assert (device.wipe.deliveries, device.account_wipe.deliveries) == (2, 0)
    assert seen(world, device, "AccountOnly")[1:] == (None, None)


def test_a_device_that_never_connects_stays_pending() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device)

    world.clock.advance(days=400)

    assert seen(world, device) == ("DeviceWipePending", None, None)


@pytest.mark.parametrize("parameters", [{}, {"AccountOnly": True}])
def test_somebody_may_take_an_order_back_before_the_device_hears_of_it(
    parameters: dict[str, object],
) -> None:
    world = World()
    device = a_phone(world)
    clear(world, device, **parameters)

    assert world.tenant.cancel_wipes(device) is True

    assert seen(world, device)[0] == "DeviceOk"
    assert world.tenant.contact(device) is True
    assert world.tenant.cancel_wipes(device) is False


def test_nobody_takes_an_order_back_that_was_sent() -> None:
    world = World()
    device = a_phone(world)
    device.wipe.acknowledgement = NEVER
    clear(world, device)
    contact(world, device)

    assert world.tenant.cancel_wipes(device) is False

    assert seen(world, device)[0] == "DeviceWipePending"
    assert clear(world, device, Cancel=True) != []


def test_readers_see_for_a_while_what_was_taken_back() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device)
    world.clock.advance(minutes=2)
    world.tenant.replication_delay = world.clock.now - device.first_sync

    world.tenant.cancel_wipes(device)

    assert seen(world, device)[0] == "DeviceWipePending"
    world.clock.advance(minutes=2)
    assert seen(world, device)[0] == "DeviceOk"


@pytest.mark.parametrize("contacts", [0, 1, 2])
def test_somebody_may_remove_the_partnership_whatever_has_become_of_the_wipe(
    contacts: int,
) -> None:
    """Nothing is left to read, and a device that connects again has never been told anything."""
    world = World()
    device = a_phone(world)
    device.account_wipe.acknowledgement = NEVER
    clear(world, device)
    contact(world, device, times=contacts)
    before = device.guid

    world.tenant.remove_device(device)

    for cmdlet, more in ((STATISTICS, {}), ("Clear-MobileDevice", {"Confirm": False})):
        assert world.invoke(cmdlet, {"Identity": str(before), **more}).status_code == 404
    assert world.rows(STATISTICS, Mailbox="adele@contoso.com") == []
    assert world.tenant.contact(device) is True
    assert device.guid != before
    assert seen(world, device) == ("DeviceOk", None, None)
    assert device.account_wipe.acknowledgement is NEVER
