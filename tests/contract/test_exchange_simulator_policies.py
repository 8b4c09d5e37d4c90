"""Mobile device mailbox policies: fifty-five parameters, one default."""

from typing import Any

import pytest

from infra.local.simulators.exchange.cmdlets import CMDLETS
from tests.contract.exchange_world import World, amend

_NOUN = "MobileDeviceMailboxPolicy"
NEW, SET, GET, REMOVE = (f"{verb}-{_NOUN}" for verb in ("New", "Set", "Get", "Remove"))
ON = (
    "AllowApplePushNotifications AllowGooglePushNotifications AllowMicrosoftPushNotifications"
    " AllowBrowser AllowCamera AllowConsumerEmail AllowDesktopSync AllowHTMLEmail"
    " AllowInternetSharing AllowIrDA AllowMobileOTAUpdate AllowNonProvisionableDevices"
    " AllowPOPIMAPEmail AllowRemoteDesktop AllowSimplePassword AllowSMIMESoftCerts"
    " AllowStorageCard AllowTextMessaging AllowUnsignedApplications"
    " AllowUnsignedInstallationPackages AllowWiFi AttachmentsEnabled IrmEnabled"
    " UNCAccessEnabled WSSAccessEnabled"
)
OFF = (
    "IsDefault AllowExternalDeviceManagement AlphanumericPasswordRequired DeviceEncryptionEnabled"
    " PasswordEnabled PasswordRecoveryEnabled RequireDeviceEncryption"
    " RequireEncryptedSMIMEMessages RequireSignedSMIMEMessages RequireManualSyncWhenRoaming"
    " RequireStorageCardEncryption"
)
UNLIMITED = (
    "DevicePolicyRefreshInterval MaxAttachmentSize MaxEmailBodyTruncationSize"
    " MaxEmailHTMLBodyTruncationSize MaxInactivityTimeLock MaxPasswordFailedAttempts"
    " PasswordExpiration"
)
DEFAULTS: dict[str, object] = {
    **dict.fromkeys(ON.split(), True),
    **dict.fromkeys(OFF.split(), False),
    **dict.fromkeys(UNLIMITED.split(), "Unlimited"),
    "AllowBluetooth": "Allow",
    "AllowSMIMEEncryptionAlgorithmNegotiation": "AllowAnyAlgorithmNegotiation",
    "RequireEncryptionSMIMEAlgorithm": "TripleDES",
    "RequireSignedSMIMEAlgorithm": "SHA1",
    "MaxCalendarAgeFilter": "All",
    "MaxEmailAgeFilter": "All",
    "MinPasswordComplexCharacters": 1,
    "MinPasswordLength": None,
    "PasswordHistory": 0,
    "ApprovedApplicationList": [],
    "UnapprovedInROMApplicationList": [],
}


def a_policy(world: World, **settings: object) -> dict[str, Any]:
    [row] = world.rows(NEW, Name="Strict", **settings)
    return row


def policies(world: World) -> dict[str, dict[str, Any]]:
    return {row["Name"]: row for row in world.rows(GET)}


def test_new_and_set_share_fifty_five_parameters() -> None:
    named = {*DEFAULTS, "Name"}

    assert len(named) == 55
    assert set(CMDLETS[NEW].parameters) == named
    assert set(CMDLETS[SET].parameters) == named | {"Identity"}


def test_a_new_policy_has_these_defaults() -> None:
    row = a_policy(World())

    assert {name: row[name] for name in DEFAULTS} == DEFAULTS
    assert row["PasswordHistory@data.type"] == "System.Int32"
    assert row["ApprovedApplicationList@odata.type"] == "#Collection(String)"


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("MaxAttachmentSize", "5MB", "5 MB (5,242,880 bytes)"),
        ("MaxAttachmentSize", 1500, "1.465 KB (1,500 bytes)"),
        ("MaxAttachmentSize", "2097151KB", "2 GB (2,147,482,624 bytes)"),
        ("MaxAttachmentSize", "unlimited", "Unlimited"),
        ("MaxEmailBodyTruncationSize", "10KB", "10240"),
        ("MaxEmailHTMLBodyTruncationSize", 2147483647, "2147483647"),
        ("MaxInactivityTimeLock", "00:15:00", "00:15:00"),
        ("MaxInactivityTimeLock", "01:00:00", "01:00:00"),
        ("PasswordExpiration", "90.00:00:00", "90.00:00:00"),
        ("DevicePolicyRefreshInterval", "1.12:00:00", "1.12:00:00"),
        ("MaxPasswordFailedAttempts", 8, "8"),
        ("MaxPasswordFailedAttempts", "16", "16"),
        ("MinPasswordLength", 6, 6),
        ("MinPasswordComplexCharacters", 4, 4),
        ("PasswordHistory", 50, 50),
        ("AllowBluetooth", "handsfree", "HandsfreeOnly"),
        ("RequireEncryptionSMIMEAlgorithm", "RC2128bit", "RC2128bit"),
        ("ApprovedApplicationList", ["a.exe"], ["a.exe"]),
        ("RequireSignedSMIMEMessages", True, True),
    ],
)
def test_values_are_shown_in_the_form_of_their_type(
    name: str, given: object, shown: object
) -> None:
    assert a_policy(World(), **{name: given})[name] == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MaxAttachmentSize", "2097152KB"),
        ("MaxAttachmentSize", -1),
        ("MaxAttachmentSize", "5 apples"),
        ("MaxEmailBodyTruncationSize", 2147483648),
        ("MaxInactivityTimeLock", "00:00:59"),
        ("MaxInactivityTimeLock", "01:00:01"),
        ("MaxInactivityTimeLock", 15),
        ("MaxInactivityTimeLock", "25:00:00"),
        ("PasswordExpiration", "731.00:00:00"),
        ("PasswordExpiration", "23:59:59"),
        ("MaxPasswordFailedAttempts", 3),
        ("MaxPasswordFailedAttempts", 17),
        ("MinPasswordLength", 17),
        ("MinPasswordLength", "6"),
        ("MinPasswordComplexCharacters", 0),
        ("MinPasswordComplexCharacters", None),
        ("PasswordHistory", 51),
        ("PasswordHistory", True),
        ("AllowCamera", "true"),
        ("AllowCamera", None),
        ("AllowBluetooth", "Sometimes"),
        ("MaxEmailAgeFilter", "SixMonths"),
        ("MaxCalendarAgeFilter", "OneDay"),
        ("ApprovedApplicationList", "a.exe"),
        ("Colour", "red"),
    ],
)
def test_values_outside_their_type_or_bounds_are_400(name: str, value: object) -> None:
    world = World()

    assert world.invoke(NEW, {"Name": "Strict", name: value}).status_code == 400
    assert list(policies(world)) == ["Default"]


def test_null_clears_a_length_and_a_list() -> None:
    world = World()
    a_policy(world, MinPasswordLength=6, UnapprovedInROMApplicationList=["a.exe", "b.exe"])

    world.done(SET, Identity="Strict", UnapprovedInROMApplicationList=amend(Remove="A.EXE"))
    assert policies(world)["Strict"]["UnapprovedInROMApplicationList"] == ["b.exe"]

    world.done(SET, Identity="Strict", MinPasswordLength=None, UnapprovedInROMApplicationList=None)
    assert policies(world)["Strict"]["MinPasswordLength"] is None
    assert policies(world)["Strict"]["UnapprovedInROMApplicationList"] == []


def test_encrypting_the_card_encrypts_the_device() -> None:
    world = World()

    row = a_policy(world, RequireStorageCardEncryption=True)
    world.done(SET, Identity="Default", RequireStorageCardEncryption=True)

    assert row["DeviceEncryptionEnabled"] is True
    assert policies(world)["Default"]["DeviceEncryptionEnabled"] is True


def test_exactly_one_policy_is_the_default() -> None:
    world = World()

    def default() -> list[str]:
        return [name for name, row in policies(world).items() if row["IsDefault"]]

    a_policy(world, IsDefault=True)
    assert default() == ["Strict"]
    world.done(SET, Identity="Default", IsDefault=True)
    assert default() == ["Default"]
    assert world.invoke(SET, {"Identity": "Default", "IsDefault": False}).status_code == 400
    assert default() == ["Default"]


def test_a_change_changes_only_what_it_names_and_none_is_a_warning() -> None:
    world = World()
    a_policy(world, PasswordEnabled=True)

    world.done(SET, Identity="strict", AllowCamera=False)
    again = world.done(SET, Identity="Strict", AllowCamera=False)

    row = policies(world)["Strict"]
    assert (row["PasswordEnabled"], row["AllowCamera"]) == (True, False)
    assert "no settings of 'Strict'" in again["@adminapi.warnings"][0]


def test_names_are_unique_and_can_be_changed_without_losing_users() -> None:
    world = World()
    a_policy(world)
    world.done("Set-CASMailbox", Identity="adele@contoso.com", ActiveSyncMailboxPolicy="Strict")

    assert world.invoke(NEW, {"Name": "STRICT"}).status_code == 400
    assert world.invoke(SET, {"Identity": "Strict", "Name": "default"}).status_code == 400
    world.done(SET, Identity="Strict", Name="Stricter")

    [row] = world.rows("Get-CASMailbox")
    assert (row["ActiveSyncMailboxPolicy"], row["ActiveSyncMailboxPolicyIsDefaulted"]) == (
        "Stricter",
        False,
    )


def test_a_policy_in_use_stays_with_or_without_force() -> None:
    world = World()
    a_policy(world)
    world.done("Set-CASMailbox", Identity="adele@contoso.com", ActiveSyncMailboxPolicy="Strict")

    for identity in ("Strict", "Default"):
        order = {"Identity": identity, "Force": True, "Confirm": False}
        assert world.invoke(REMOVE, order).status_code == 400

    world.done("Set-CASMailbox", Identity="adele@contoso.com", ActiveSyncMailboxPolicy=None)
    world.done(REMOVE, Identity="Strict", Confirm=False)
    assert list(policies(world)) == ["Default"]


def test_a_policy_decides_whether_a_device_may_sync() -> None:
    world = World()
    a_policy(world, AllowNonProvisionableDevices=False)
    device = world.tenant.add_device(world.mailbox, device_id="A1", policy_status="NotApplied")
    assert device.access_state == "Allowed"

    world.done("Set-CASMailbox", Identity="adele@contoso.com", ActiveSyncMailboxPolicy="Strict")

    [row] = world.rows("Get-MobileDevice")
    assert (row["DeviceAccessState"], row["DeviceAccessStateReason"]) == ("Blocked", "Policy")
