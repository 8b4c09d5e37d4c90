"""Mailboxes, recipients, older device listings, device classes and organisation settings."""

from typing import Any

import pytest

from tests.contract.exchange_world import START, World, amend


def set_cas(world: World, **settings: object) -> dict[str, Any]:
    """Change adele's client access settings, and return the row after it."""
    world.done("Set-CASMailbox", Identity="adele@contoso.com", **settings)
    [row] = world.rows("Get-CASMailbox", Identity="adele@contoso.com")
    return row


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("EwsAllowList", ["Outlook*"], ["Outlook*"]),
        ("EwsBlockList", amend(Add="Spam*"), ["Spam*"]),
        ("EwsApplicationAccessPolicy", "EnforceBlockList", "EnforceBlockList"),
        ("EwsEnabled", False, False),
        ("ImapMessagesRetrievalMimeFormat", "HtmlOnly", "HtmlOnly"),
        ("OutlookMobileEnabled", None, None),
        ("OutlookMobileEnabled", False, False),
        ("PopEnabled", False, False),
        ("OwaMailboxPolicy", None, None),
    ],
)
def test_client_access_settings_change_one_by_one(name: str, given: object, shown: object) -> None:
    world = World()
    [before] = world.rows("Get-CASMailbox")

    after = set_cas(world, **{name: given})

    assert after == before | {name: shown}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EwsApplicationAccessPolicy", "EnforceNothing"),
        ("EwsAllowList", "Outlook*"),
        ("PopEnabled", None),
        ("OwaMailboxPolicy", "of my own"),
        ("ResetAutoBlockedDevices", True),
        ("DisplayName", "x"),
    ],
)
def test_settings_that_do_not_exist_or_fit_are_refused(name: str, value: object) -> None:
    order = {"Identity": "adele@contoso.com", name: value}

    assert World().invoke("Set-CASMailbox", order).status_code in {400, 404}


def test_lists_of_applications_are_changed_by_adding_and_cleared_by_null() -> None:
    world = World()

    set_cas(world, EwsAllowList=["A", "B"])
    assert set_cas(world, EwsAllowList=amend(Add="C", Remove="a"))["EwsAllowList"] == ["B", "C"]
    assert set_cas(world, EwsAllowList=None)["EwsAllowList"] == []


def test_mailboxes_and_recipients_are_found_by_identity_start_filter_and_kind() -> None:
    world = World()
    room = world.tenant.add_mailbox("room@contoso.com", attributes={"Department": "Sales"})
    room.recipient_type = "RoomMailbox"

    def found(cmdlet: str, **parameters: object) -> list[str]:
        return [row["PrimarySmtpAddress"] for row in world.rows(cmdlet, **parameters)]

    for cmdlet in ("Get-Mailbox", "Get-Recipient"):
        assert found(cmdlet) == ["adele@contoso.com", "room@contoso.com"]
        assert found(cmdlet, Identity=room.name) == ["room@contoso.com"]
        assert found(cmdlet, Anr="ade") == ["adele@contoso.com"]
        assert found(cmdlet, Filter="Department -eq 'sales'") == ["room@contoso.com"]
        assert found(cmdlet, RecipientTypeDetails=["RoomMailbox"]) == ["room@contoso.com"]
        assert found(cmdlet, OrganizationalUnit="contoso.onmicrosoft.com", SortBy="Name")
        assert world.invoke(cmdlet, {"OrganizationalUnit": "x"}).status_code == 404
        assert world.invoke(cmdlet, {"RecipientTypeDetails": ["Dog"]}).status_code == 400
    [row] = world.rows("Get-Mailbox", Identity="adele@contoso.com")
    assert row["UserPrincipalName"] == "adele@contoso.com"
    assert row["ExternalDirectoryObjectId"] == world.mailbox.name


def test_the_older_listing_shows_eas_devices_only_and_their_version() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1", client_version="14.1")
    world.tenant.add_device(world.mailbox, device_id="B2", client_type="Outlook")

    [row] = world.rows("Get-ActiveSyncDevice")

    assert (row["DeviceId"], row["DeviceActiveSyncVersion"]) == ("A1", "14.1")
    assert not {"ClientVersion", "ClientType"} & set(row)
    assert world.invoke("Get-ActiveSyncDevice", {"RestApi": True}).status_code == 400


def test_a_device_that_connected_once_leaves_its_class() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.add_device(world.mailbox, device_id="A2")
    world.tenant.add_device(world.mailbox, device_id="B1", device_type="iPad", model="iPad13C8")
    world.tenant.remove_device(device)

    rows = world.rows("Get-ActiveSyncDeviceClass", SortBy="DeviceType")
    filtered = world.rows("Get-ActiveSyncDeviceClass", Filter="DeviceModel -like 'iPad*'")

    assert [row["DeviceType"] for row in rows] == ["iPad", "iPhone"]
    assert [row["DeviceModel"] for row in filtered] == ["iPad13C8"]
    assert filtered[0]["LastUpdateTime"].startswith(START.strftime("%Y-%m-%dT%H:%M"))
    assert world.rows("Get-ActiveSyncDeviceClass", Identity=rows[0]["Name"]) == [rows[0]]


def test_modern_authentication_is_a_switch_of_the_organization() -> None:
    world = World()

    world.done("Set-OrganizationConfig", OAuth2ClientProfileEnabled=False)
    again = world.done("Set-OrganizationConfig", OAuth2ClientProfileEnabled=False)

    [row] = world.rows("Get-OrganizationConfig")
    assert row["OAuth2ClientProfileEnabled"] is False
    assert "no settings" in again["@adminapi.warnings"][0]
    for wrong in ({"OAuth2ClientProfileEnabled": None}, {"Identity": "x"}):
        assert world.invoke("Set-OrganizationConfig", wrong).status_code == 400


def test_the_older_orders_do_what_the_newer_do_without_account_only() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    order = {"Identity": str(device.guid), "Confirm": False}

    assert world.invoke("Clear-ActiveSyncDevice", order | {"AccountOnly": True}).status_code == 400
    world.done("Clear-ActiveSyncDevice", **order)
    assert device.wipe.requests == 1
    world.done("Remove-ActiveSyncDevice", **order)
    assert world.rows("Get-MobileDevice") == []
