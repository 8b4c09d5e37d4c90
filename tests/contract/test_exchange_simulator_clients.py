"""Each kind of client has its own switch, and a device is shown as what it has said it is."""

import pytest

from infra.local.simulators.exchange import Device
from tests.contract.exchange_world import World

KINDS = {
    "EAS": "ActiveSyncEnabled",
    "MOWA": "OWAforDevicesEnabled",
    "REST": "OutlookMobileEnabled",
    "Outlook": "OutlookMobileEnabled",
    "UniversalOutlook": "UniversalOutlookEnabled",
}
TOLD_LATER = (
    *("DeviceModel", "DeviceOS", "DeviceOSLanguage", "DeviceImei", "DeviceMobileOperator"),
    *("FriendlyName", "DeviceFriendlyName", "DeviceTelephoneNumber", "DevicePhoneNumber"),
)


@pytest.mark.parametrize(("kind", "own"), KINDS.items())
def test_a_client_is_kept_out_by_its_own_switch_only(kind: str, own: str) -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1", client_type=kind)

    for switch in sorted({*KINDS.values(), "OWAEnabled"}):
        world.done("Set-CASMailbox", Identity="adele@contoso.com", **{switch: False})
        assert world.tenant.contact(device) is (switch != own), switch
        world.done("Set-CASMailbox", Identity="adele@contoso.com", **{switch: True})


def test_a_client_that_is_kept_out_leaves_no_trace() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1", client_type="MOWA")
    world.done("Set-CASMailbox", Identity="adele@contoso.com", OWAforDevicesEnabled=False)
    before = device.last_attempt

    world.clock.advance(minutes=5)
    world.tenant.contact(device)

    assert device.last_attempt == before


def a_silent_device(world: World) -> Device:
    return world.tenant.add_device(
        world.mailbox,
        device_id="A1",
        friendly_name="Adele's phone",
        imei="356938035643809",
        mobile_operator="Contoso Mobile",
        phone_number="+12065550100",
        information_arrived=False,
    )


@pytest.mark.parametrize(
    "cmdlet", ["Get-MobileDevice", "Get-ActiveSyncDevice", "Get-MobileDeviceStatistics"]
)
def test_a_device_that_has_not_said_what_it_is_shows_only_what_each_request_says(
    cmdlet: str,
) -> None:
    world = World()
    device = a_silent_device(world)

    [row] = world.rows(cmdlet, Mailbox="adele@contoso.com")
    shown = [row[name] for name in TOLD_LATER if name in row]
    assert len(shown) == 7
    assert set(shown) == {""}
    assert (row["DeviceType"], row["DeviceUserAgent"]) == ("iPhone", device.user_agent)

    world.tenant.describe(device)
    [row] = world.rows(cmdlet, Mailbox="adele@contoso.com")
    assert row["DeviceModel"] == "iPhone15C2"
    assert "" not in [row[name] for name in TOLD_LATER if name in row]


def test_a_filter_finds_no_model_that_was_not_told() -> None:
    world = World()
    device = a_silent_device(world)
    wanted = f"DeviceModel -eq '{device.model}'"

    assert world.rows("Get-MobileDevice", Filter=wanted) == []
    world.tenant.describe(device)
    assert len(world.rows("Get-MobileDevice", Filter=wanted)) == 1


def test_a_kind_of_device_is_known_once_one_has_described_itself() -> None:
    world = World()
    device = a_silent_device(world)
    assert world.rows("Get-ActiveSyncDeviceClass") == []

    world.tenant.describe(device)

    [row] = world.rows("Get-ActiveSyncDeviceClass")
    assert (row["DeviceType"], row["DeviceModel"]) == ("iPhone", "iPhone15C2")


def test_a_description_ends_the_discovery() -> None:
    world = World()
    device = a_silent_device(world)
    world.tenant.add_rule("DeviceModel", device.model, "Block")
    world.tenant.contact(device)
    assert device.access_state == "DeviceDiscovery"

    world.tenant.describe(device)

    assert device.access_state == "Blocked"
