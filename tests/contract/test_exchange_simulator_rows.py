"""What rows look like: names, order, annotations and formats."""

from typing import Any

import pytest

from tests.contract.exchange_world import START, TENANT_ID, World

MOBILE_DEVICE = (
    "FriendlyName DeviceId DeviceImei DeviceMobileOperator DeviceOS DeviceOSLanguage"
    " DeviceTelephoneNumber DeviceType DeviceUserAgent DeviceModel FirstSyncTime UserDisplayName"
    " DeviceAccessState DeviceAccessStateReason DeviceAccessControlRule ClientVersion ClientType"
    " IsManaged IsCompliant IsDisabled"
)
TAIL = (
    "AdminDisplayName ExchangeVersion DirectoryObjectVersion Name DistinguishedName Identity"
    " ObjectCategory ObjectClass WhenChanged WhenCreated WhenChangedUTC WhenCreatedUTC"
    " ExchangeObjectId OrganizationalUnitRoot OrganizationId Id Guid OriginatingServer IsValid"
    " ObjectState"
)
STATISTICS = (
    "FirstSyncTime LastPolicyUpdateTime LastSyncAttemptTime LastSuccessSync DeviceType DeviceID"
    " DeviceUserAgent DeviceWipeSentTime DeviceWipeRequestTime DeviceWipeAckTime"
    " AccountOnlyDeviceWipeSentTime AccountOnlyDeviceWipeRequestTime AccountOnlyDeviceWipeAckTime"
    " LastPingHeartbeat RecoveryPassword DeviceModel DeviceImei DeviceFriendlyName DeviceOS"
    " DeviceOSLanguage DevicePhoneNumber MailboxLogReport DeviceEnableOutboundSMS"
    " DeviceMobileOperator Identity Guid IsRemoteWipeSupported Status StatusNote"
    " DeviceAccessState DeviceAccessStateReason DeviceAccessControlRule DevicePolicyApplied"
    " DevicePolicyApplicationStatus LastDeviceWipeRequestor LastAccountOnlyDeviceWipeRequestor"
    " ClientVersion NumberOfFoldersSynced SyncStateUpgradeTime ClientType IsValid ObjectState"
)
CAS_MAILBOX_START = (
    "ExternalDirectoryObjectId EmailAddresses LegacyExchangeDN LinkedMasterAccount"
    " PrimarySmtpAddress SamAccountName ServerLegacyDN ServerName DisplayName"
    " ActiveSyncAllowedDeviceIDs ActiveSyncBlockedDeviceIDs ActiveSyncMailboxPolicy"
    " ActiveSyncMailboxPolicyIsDefaulted ActiveSyncDebugLogging ActiveSyncEnabled"
    " HasActiveSyncDevicePartnership ActiveSyncSuppressReadReceipt"
)
POLICY_START = (
    "AllowNonProvisionableDevices AlphanumericPasswordRequired AttachmentsEnabled"
    " DeviceEncryptionEnabled RequireStorageCardEncryption PasswordEnabled"
    " PasswordRecoveryEnabled DevicePolicyRefreshInterval AllowSimplePassword MaxAttachmentSize"
    " WSSAccessEnabled UNCAccessEnabled MinPasswordLength MaxInactivityTimeLock"
    " MaxPasswordFailedAttempts PasswordExpiration PasswordHistory IsDefault"
)
ORGANIZATION_SETTINGS = (
    "DefaultAccessLevel TenantAdminPreference UserMailInsert AllowAccessForUnSupportedPlatform"
    " EnableMobileMailboxPolicyWhenCAInplace AllowRMSSupportForUnenlightenedApps"
    " AdminMailRecipients OtaNotificationMailInsert DeviceFiltering IsIntuneManaged"
    " HasAzurePremiumSubscription OtherWellKnownObjects"
)


def names(row: dict[str, Any]) -> list[str]:
    return [name for name in row if "@" not in name]


def test_a_mobile_device_has_these_properties_in_this_order() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    [row] = world.rows("Get-MobileDevice")

    assert names(row) == (MOBILE_DEVICE + " " + TAIL).split()


def test_statistics_have_these_properties_in_this_order() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    [row] = world.rows("Get-MobileDeviceStatistics", Mailbox="adele@contoso.com")

    assert names(row) == STATISTICS.split()


@pytest.mark.parametrize(
    ("cmdlet", "start"),
    [
        ("Get-CASMailbox", CAS_MAILBOX_START),
        ("Get-MobileDeviceMailboxPolicy", POLICY_START),
        ("Get-ActiveSyncOrganizationSettings", ORGANIZATION_SETTINGS),
    ],
)
def test_other_rows_start_like_this_and_end_with_the_tail(cmdlet: str, start: str) -> None:
    [row] = World().rows(cmdlet)

    assert names(row)[: len(start.split())] == start.split()
    assert names(row)[-20:] == TAIL.split()


def test_typed_values_stand_behind_their_annotations() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    [row] = world.rows("Get-MobileDevice")

    assert row["Guid"] == row["ExchangeObjectId"] == str(device.guid)
    assert row["Guid@data.type"] == "System.Guid"
    assert row["Guid@odata.type"] == "#Guid"
    assert row["FirstSyncTime"] == "2026-03-02T08:00:00.0000000+00:00"
    assert row["FirstSyncTime@data.type"] == "System.DateTime"
    assert "FirstSyncTime@odata.type" not in row
    assert row["ObjectClass@odata.type"] == "#Collection(String)"
    assert row["IsManaged"] is False
    assert not [name for name in row if name.startswith("IsManaged@")]
    assert row["DeviceAccessControlRule"] is None


def test_a_number_is_annotated_as_int32() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    [row] = world.rows("Get-MobileDeviceStatistics", Mailbox="adele@contoso.com")

    assert row["NumberOfFoldersSynced@data.type"] == "System.Int32"
    assert "NumberOfFoldersSynced@odata.type" not in row


def test_the_identity_of_a_device_has_a_section_sign_and_its_protocol() -> None:
    world = World()
    native = world.tenant.add_device(world.mailbox, device_id="A1", device_type="iPad")
    outlook = world.tenant.add_device(
        world.mailbox, device_id="B2", device_type="Outlook", client_type="Outlook"
    )
    rest = world.tenant.add_device(
        world.mailbox, device_id="C3", device_type="Outlook", client_type="REST"
    )

    folder = f"{world.mailbox.external_id}\\ExchangeActiveSyncDevices\\"
    assert native.identity == f"{folder}iPad§A1"
    assert outlook.identity == f"{folder}Hx§Outlook§B2"
    assert rest.identity == f"{folder}REST§Outlook§C3"
    [row] = world.rows("Get-MobileDevice", Identity=outlook.identity)
    assert row["Identity"] == outlook.identity
    assert row["Name"] == "Hx§Outlook§B2"


def test_the_envelope_of_an_answer() -> None:
    body = World().done("Get-MobileDevice")

    assert body == {
        "@odata.context": f"https://outlook.office365.com/adminapi/beta/{TENANT_ID}"
        "/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
        "value": [],
    }


def test_select_shrinks_rows_and_keeps_the_annotations_of_what_stays() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")
    path = f"/adminapi/beta/{TENANT_ID}/InvokeCommand?%24select=DeviceId,Guid"

    response = world.invoke("Get-MobileDevice", path=path)

    response.read()
    [row] = response.json()["value"]
    assert set(row) == {"DeviceId", "Guid", "Guid@data.type", "Guid@odata.type"}


def test_accepted_domains_and_the_organization_are_listed() -> None:
    world = World()

    domains = world.rows("Get-AcceptedDomain")
    [organization] = world.rows("Get-OrganizationConfig")

    assert [row["DomainName"] for row in domains] == ["contoso.onmicrosoft.com", "contoso.com"]
    assert organization["Name"] == "contoso.onmicrosoft.com"


def test_a_missing_or_null_identity_means_all_objects_and_an_unknown_one_none() -> None:
    world = World()
    world.tenant.add_mailbox("lee@contoso.com")
    for owner in ("adele@contoso.com", "lee@contoso.com"):
        world.tenant.add_device(owner, device_id="A1")

    assert len(world.rows("Get-MobileDevice")) == 2
    assert len(world.rows("Get-MobileDevice", Identity=None)) == 2
    assert len(world.rows("Get-CASMailbox", Identity="")) == 2
    assert world.invoke("Get-MobileDevice", {"Identity": "A1"}).status_code == 404


def test_devices_are_filtered_by_mailbox_client_type_and_opath() -> None:
    world = World()
    world.tenant.add_mailbox("lee@contoso.com")
    world.tenant.add_device("lee@contoso.com", device_id="L1")
    world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.add_device(world.mailbox, device_id="A2", client_type="MOWA", device_type="X")

    def ids(**parameters: object) -> list[str]:
        return [row["DeviceId"] for row in world.rows("Get-MobileDevice", **parameters)]

    assert ids(Mailbox="lee@contoso.com") == ["L1"]
    assert ids(Mailbox="ADELE@contoso.com", OWAforDevices=True) == ["A2"]
    assert ids(Filter="DeviceId -like 'a*' -and -not (ClientType -eq 'MOWA')") == ["A1"]
    assert ids(Filter=f"FirstSyncTime -gt '{START.isoformat()}'") == []
    assert ids(SortBy="DeviceId") == ["A1", "A2", "L1"]


@pytest.mark.parametrize(
    "written", ["Guid -eq 'x'", "DeviceId -eq", "DeviceId = 'x'", "DeviceId -eq $true", "("]
)
def test_a_filter_that_makes_no_sense_is_400(written: str) -> None:
    assert World().invoke("Get-MobileDevice", {"Filter": written}).status_code == 400
