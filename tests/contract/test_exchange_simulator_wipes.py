"""Wipes: requested, sent, acknowledged, taken back, ordered again; and removal."""

import pytest

from infra.local.simulators.exchange import Acknowledgement, Device
from tests.contract.exchange_world import World, body_of

TIMES = ("DeviceWipeRequestTime", "DeviceWipeSentTime", "DeviceWipeAckTime")


def clear(world: World, device: Device, **parameters: object) -> list[str]:
    """Clear, and return the warnings."""
    guid = str(device.guid)
    body = world.done("Clear-MobileDevice", Identity=guid, Confirm=False, **parameters)
    assert body["value"] == []
    return list(body["@adminapi.warnings"])


def wipe_times(world: World, device: Device, kind: str = "") -> tuple[str | None, ...]:
    [row] = world.rows("Get-MobileDeviceStatistics", Identity=device.identity)
    times = (row[f"{kind}{name}"] for name in TIMES)
    return tuple(time[11:16] if time else None for time in times)


def status(world: World, device: Device) -> str:
    [row] = world.rows("Get-MobileDeviceStatistics", Mailbox=device.mailbox.address)
    return str(row["Status"])


def a_phone(world: World) -> Device:
    return world.tenant.add_device(world.mailbox, device_id="A1")


def test_a_wipe_is_requested_sent_and_acknowledged() -> None:
    world = World()
    device = a_phone(world)
    assert status(world, device) == "DeviceOk"

    clear(world, device)
    assert wipe_times(world, device) == ("08:00", None, None)
    assert status(world, device) == "DeviceWipePending"

    world.clock.advance(minutes=1)
    assert world.tenant.contact(device) is False
    assert wipe_times(world, device) == ("08:00", "08:01", None)
    assert status(world, device) == "DeviceWipePending"

    world.clock.advance(minutes=1)
    world.tenant.contact(device)
    assert wipe_times(world, device) == ("08:00", "08:01", "08:02")
    assert status(world, device) == "DeviceWipeSucceeded"
    assert (device.wipe.requests, device.wipe.deliveries) == (1, 1)


@pytest.mark.parametrize(
    ("acknowledgement", "contacts", "expected"),
    [
        (Acknowledgement.SAME_CONTACT, 1, "DeviceWipeSucceeded"),
        (Acknowledgement.NEXT_CONTACT, 1, "DeviceWipePending"),
        (Acknowledgement.NEVER, 5, "DeviceWipePending"),
    ],
)
def test_when_a_device_acknowledges_is_a_setting(
    acknowledgement: Acknowledgement, contacts: int, expected: str
) -> None:
    world = World()
    world.tenant.acknowledgement = acknowledgement
    device = a_phone(world)
    clear(world, device)

    for _ in range(contacts):
        world.tenant.contact(device)

    assert status(world, device) == expected


def test_ordering_again_starts_the_cycle_from_the_beginning() -> None:
    world = World()
    world.tenant.acknowledgement = Acknowledgement.SAME_CONTACT
    device = a_phone(world)
    clear(world, device)
    world.tenant.contact(device)

    world.clock.advance(minutes=3)
    clear(world, device)

    assert wipe_times(world, device) == ("08:03", None, None)
    assert device.wipe.requests == 2
    world.tenant.contact(device)
    assert device.wipe.deliveries == 2


def test_a_wiped_device_that_returns_is_wiped_again() -> None:
    world = World()
    world.tenant.acknowledgement = Acknowledgement.SAME_CONTACT
    device = a_phone(world)
    clear(world, device)

    assert [world.tenant.contact(device) for _ in range(2)] == [False, False]
    assert device.wipe.deliveries == 2


def test_a_wipe_can_be_taken_back_until_it_is_sent() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device)

    assert clear(world, device, Cancel=True) == []
    assert status(world, device) == "DeviceOk"
    assert world.tenant.contact(device) is True
    assert device.wipe.requests == 1


def test_taking_back_too_late_is_200_with_a_warning() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device)
    world.tenant.contact(device)

    [warning] = clear(world, device, Cancel=True)

    assert "can't be canceled" in warning
    assert status(world, device) == "DeviceWipePending"


def test_an_account_only_wipe_has_its_own_times() -> None:
    world = World()
    world.tenant.acknowledgement = Acknowledgement.SAME_CONTACT
    device = a_phone(world)

    clear(world, device, AccountOnly=True)
    assert status(world, device) == "AccountOnlyDeviceWipePending"
    world.tenant.contact(device)

    assert status(world, device) == "AccountOnlyDeviceWipeSucceeded"
    assert wipe_times(world, device, "AccountOnly") == ("08:00", "08:00", "08:00")
    assert wipe_times(world, device) == (None, None, None)
    assert (device.account_wipe.requests, device.wipe.requests) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "version"), [("EAS", "16.0"), ("EAS", "14.1"), ("Outlook", "1.0")]
)
def test_a_client_that_cannot_wipe_the_account_only_is_refused(kind: str, version: str) -> None:
    world = World()
    device = world.tenant.add_device(
        world.mailbox, device_id="A1", client_type=kind, client_version=version
    )
    order = {"Identity": device.identity, "AccountOnly": True, "Confirm": False}

    response = world.invoke("Clear-MobileDevice", order)

    assert response.status_code == 400
    assert device.account_wipe.requests == 0


def test_a_clear_that_does_not_say_confirm_false_asks_back_and_does_nothing() -> None:
    world = World()
    device = a_phone(world)

    body = world.done("Clear-MobileDevice", Identity=device.identity)

    assert body["@adminapi.confirmationmessage"]
    assert device.wipe.requests == 0


def test_a_device_that_cannot_be_wiped_is_blocked_instead() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1", remote_wipe_supported=False)
    clear(world, device)

    assert world.tenant.contact(device) is False
    assert status(world, device) == "DeviceBlocked"


def test_a_device_without_sync_state_cannot_be_cleared_and_has_no_statistics() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1", has_sync_state=False)

    response = world.invoke("Clear-MobileDevice", {"Identity": device.identity, "Confirm": False})

    assert response.status_code == 400
    assert "doesn't exist in the mailbox" in body_of(response)["error"]["details"][0]["message"]
    assert world.rows("Get-MobileDeviceStatistics", Mailbox="adele@contoso.com") == []


def test_a_device_id_is_no_identity() -> None:
    world = World()
    a_phone(world)

    for cmdlet in ("Clear-MobileDevice", "Remove-MobileDevice", "Get-MobileDeviceStatistics"):
        assert world.invoke(cmdlet, {"Identity": "A1"} | confirm(cmdlet)).status_code == 404


def confirm(cmdlet: str) -> dict[str, object]:
    return {} if cmdlet.startswith("Get-") else {"Confirm": False}


def test_a_removed_device_is_gone_until_it_connects_again() -> None:
    world = World()
    device = a_phone(world)
    clear(world, device)
    before = device.guid

    world.done("Remove-MobileDevice", Identity=device.distinguished_name)
    assert world.rows("Get-MobileDevice") == []
    again = {"Identity": str(before), "Confirm": False}
    assert world.invoke("Remove-MobileDevice", again).status_code == 404

    assert world.tenant.contact(device) is True
    [row] = world.rows("Get-MobileDevice")
    assert row["Guid"] == str(device.guid) != str(before)
