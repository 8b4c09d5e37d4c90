"""What each sample of a vendor's webhook has to be heard as: one line for each file."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from shared.devices.model import Posture
from shared.devices.subject import Subject

Meaning = Posture | Literal["nothing", "unknown"]

COMPLIANT, NONCOMPLIANT = Posture.COMPLIANT, Posture.NONCOMPLIANT
RETIRED, LOST = Posture.RETIRED, Posture.LOST
NOTHING: Literal["nothing"] = "nothing"  # known, and nothing to us
UNKNOWN: Literal["unknown"] = "unknown"  # acknowledged and counted

MARCH = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 16, 8, 20, 33, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One event of a sample; a sample with several has a case for each, in their order."""

    sample: str
    kind: str
    means: Meaning
    subject: Subject
    occurred_at: datetime | None = MARCH


EAS = Subject(mail="adele@contoso.com", eas_device_id="K7Q2M9TB4H1V83NDR5C0GJ6LXA")
HARDWARE = Subject(
    upn="adele@contoso.com",
    serial="F2LX40ADELE7",
    udid="00008110-000A55E01E2B401E",
    imei="356728114509322",
    model="iPhone14,2",
    os="iOS 17.5.1",
)
STANDARD = [
    Case("compliant.json", "device.compliant", COMPLIANT, EAS),
    Case("compliant_personal.json", "device.compliant", COMPLIANT, EAS),
    Case("lost.json", "device.lost", LOST, EAS),
    Case("noncompliant.json", "device.noncompliant", NONCOMPLIANT, EAS),
    Case("noncompliant_hardware.json", "device.noncompliant", NONCOMPLIANT, HARDWARE),
    Case("retired.json", "device.retired", RETIRED, EAS),
    Case("unknown.json", "device.polished", UNKNOWN, EAS),
]

# A producer's own types mean nothing until its administrator says what.
ALL = replace(HARDWARE, mail=EAS.mail, eas_device_id=EAS.eas_device_id)
MEGANS_SERIAL = Subject(upn="megan@contoso.com", serial="F2LX41MEGAN8")
TYPES = "com.example.mdm.device"
CLOUD_EVENTS = [
    Case("batch.json", f"{TYPES}.noncompliant", UNKNOWN, EAS),
    Case("batch.json", f"{TYPES}.compliant", UNKNOWN, MEGANS_SERIAL, MARCH.replace(second=1)),
    Case(
        "batch.json",
        f"{TYPES}.polished",
        UNKNOWN,
        Subject(mdm_id="devices/4713"),
        MARCH.replace(second=2),
    ),
    Case("batch_of_one.json", f"{TYPES}.noncompliant", UNKNOWN, ALL),
    Case("checkedin.json", f"{TYPES}.checkedin", UNKNOWN, ALL),
    Case("compliant.json", f"{TYPES}.compliant", UNKNOWN, ALL),
    Case("compliant_binary.json", f"{TYPES}.compliant", UNKNOWN, ALL),
    Case("compromised.json", f"{TYPES}.compromised", UNKNOWN, ALL),
    Case("deleted.json", f"{TYPES}.deleted", UNKNOWN, ALL),
    Case("enrolled.json", f"{TYPES}.enrolled", UNKNOWN, ALL),
    Case("lost.json", f"{TYPES}.lost", UNKNOWN, ALL),
    Case("noncompliant.json", f"{TYPES}.noncompliant", UNKNOWN, ALL),
    Case("noncompliant_binary.json", f"{TYPES}.noncompliant", UNKNOWN, ALL),
    Case("unenrolled.json", f"{TYPES}.unenrolled", UNKNOWN, ALL),
    Case("unknown.json", f"{TYPES}.polished", UNKNOWN, ALL),
    Case("wiped.json", f"{TYPES}.wiped", UNKNOWN, ALL),
]

OLDER = Subject(
    mail="adele@contoso.com", serial="F2LX40ADELE7", mdm_id="4711", name="Adele's iPhone"
)
NEWER = replace(OLDER, udid="00008110000A55E01E2B401E", imei="356728114509322", os="17.5.1")
COMPLIANCE, COMPROMISED = "ComplianceStatusChanged", "CompromisedStatusChanged"
DELETE, WIPE = "DeleteDeviceRequested", "DeviceWipeRequested"
ENTERPRISE_WIPE = "DeviceEnterpriseWipeRequested"
WORKSPACE_ONE = [
    Case("compliant.json", COMPLIANCE, COMPLIANT, NEWER),
    Case("compliant_older.json", COMPLIANCE, COMPLIANT, OLDER),
    Case("compromised.json", COMPROMISED, NONCOMPLIANT, NEWER),
    Case("compromised_older.json", COMPROMISED, NONCOMPLIANT, OLDER),
    Case("compromised_xml.xml", COMPROMISED, NONCOMPLIANT, OLDER),
    Case("delete_requested.json", DELETE, RETIRED, NEWER),
    Case("delete_requested_older.json", DELETE, RETIRED, OLDER),
    Case("enrolled.json", "MDMEnrollmentComplete", COMPLIANT, NEWER),
    Case("enrolled_older.json", "MDMEnrollmentComplete", COMPLIANT, OLDER),
    Case("enrolled_personal.json", "MDMEnrollmentComplete", COMPLIANT, NEWER),
    Case("enterprise_wipe_requested.json", ENTERPRISE_WIPE, RETIRED, NEWER),
    Case("enterprise_wipe_requested_older.json", ENTERPRISE_WIPE, RETIRED, OLDER),
    Case("group_changed.json", "DeviceOrganizationGroupChanged", NOTHING, NEWER),
    Case("no_longer_compromised.json", COMPROMISED, COMPLIANT, NEWER),
    Case("noncompliant.json", COMPLIANCE, NONCOMPLIANT, NEWER),
    Case("noncompliant_older.json", COMPLIANCE, NONCOMPLIANT, OLDER),
    Case("system_changed.json", "DeviceOperatingSystemChanged", NOTHING, NEWER),
    Case("unenrolled.json", "BreakMDMConfirmed", RETIRED, NEWER),
    Case("unenrolled_older.json", "BreakMDMConfirmed", RETIRED, OLDER),
    Case("unknown.json", "DeviceCasePolished", UNKNOWN, NEWER),
    Case("wipe_requested.json", WIPE, RETIRED, NEWER),
    Case("wipe_requested_older.json", WIPE, RETIRED, OLDER),
]

JAMFS = Subject(
    upn="adele@contoso.com",
    serial="F2LX40ADELE7",
    udid="00008110-000A55E01E2B401E",
    imei="35 672811 450932 2",
    mdm_id="4711",
    model="iPhone14,2",
    os="17.5.1",
    name="Adele's iPhone",
)
ADDED = "SmartGroupMobileDeviceMembershipChange added: Noncompliant phones"
REMOVED = "SmartGroupMobileDeviceMembershipChange removed: Noncompliant phones"
JAMF = [
    Case("check_in.json", "MobileDeviceCheckIn", NOTHING, JAMFS),
    Case("command_completed.json", "MobileDeviceCommandCompleted", NOTHING, JAMFS),
    Case("enrolled.json", "MobileDeviceEnrolled", COMPLIANT, JAMFS),
    Case("enrolled_snake.json", "MobileDeviceEnrolled", COMPLIANT, JAMFS),
    Case("enrolled_test.json", "MobileDeviceEnrolled(TEST)", UNKNOWN, JAMFS),
    Case("enrolled_xml.xml", "MobileDeviceEnrolled", COMPLIANT, JAMFS),
    Case("group_added.json", ADDED, UNKNOWN, JAMFS),
    Case("group_added_snake.json", ADDED, UNKNOWN, JAMFS),
    Case("group_added_xml.xml", ADDED, UNKNOWN, JAMFS),
    Case("group_removed.json", REMOVED, UNKNOWN, JAMFS),
    Case("group_removed_snake.json", REMOVED, UNKNOWN, JAMFS),
    Case("group_removed_xml.xml", REMOVED, UNKNOWN, JAMFS),
    Case("inventory_completed.json", "MobileDeviceInventoryCompleted", NOTHING, JAMFS),
    Case("push_sent.json", "MobileDevicePushSent", NOTHING, JAMFS),
    Case("unenrolled.json", "MobileDeviceUnEnrolled", RETIRED, JAMFS),
    Case("unenrolled_snake.json", "MobileDeviceUnEnrolled", RETIRED, JAMFS),
    Case("unenrolled_xml.xml", "MobileDeviceUnEnrolled", RETIRED, JAMFS),
    Case("unknown.json", "MobileDevicePolished", UNKNOWN, JAMFS),
]

NUMBERED = Subject(mdm_id="4711", name="Adele's iPhone")
NUMBERED_IOS = replace(NUMBERED, os="ios")
FLEETS = replace(NUMBERED_IOS, serial="F2LX40ADELE7")
FLEET = [
    Case("deleted_host.json", "deleted_host", RETIRED, replace(FLEETS, os="")),
    Case("locked_host.json", "locked_host", NOTHING, NUMBERED),
    Case("mdm_enrolled.json", "mdm_enrolled", COMPLIANT, FLEETS),
    # What stands for a personal phone's serial is none.
    Case("mdm_enrolled_personal.json", "mdm_enrolled", COMPLIANT, NUMBERED_IOS),
    Case("mdm_unenrolled.json", "mdm_unenrolled", RETIRED, FLEETS),
    Case("mdm_unenrolled_personal.json", "mdm_unenrolled", RETIRED, NUMBERED_IOS),
    Case("resent_configuration_profile.json", "resent_configuration_profile", NOTHING, NUMBERED),
    Case("unknown.json", "polished_host", UNKNOWN, NUMBERED),
    Case("unlocked_host.json", "unlocked_host", NOTHING, NUMBERED_IOS),
    Case("wiped_host.json", "wiped_host", RETIRED, NUMBERED_IOS),
]

UDID = Subject(udid="00008110-000A55E01E2B401E")
TOLD_BY_DEVICE = replace(JAMFS, upn="", mdm_id="")
INFORMED = replace(TOLD_BY_DEVICE, eas_device_id="K7Q2M9TB4H1V83NDR5C0GJ6LXA")
NANOMDM = [
    Case("authenticate.json", "mdm.Authenticate", NOTHING, TOLD_BY_DEVICE),
    Case("check_out.json", "mdm.CheckOut", RETIRED, UDID),
    Case("declarative_management.json", "mdm.DeclarativeManagement", NOTHING, UDID),
    Case("device_information.json", "mdm.Connect.DeviceInformation", NOTHING, INFORMED),
    Case("erase_device.json", "mdm.Connect", NOTHING, UDID),
    Case("idle.json", "mdm.Connect", NOTHING, UDID),
    Case("token_update.json", "mdm.TokenUpdate", COMPLIANT, UDID),
    Case("unknown.json", "mdm.Polish", UNKNOWN, UDID),
]

SIMPLES = replace(JAMFS, upn="", imei="356728114509322", model="", os="")
BOUGHT = Subject(serial="F2LX40ADELE7", model="iPhone 13 Pro")
SIMPLEMDM = [
    Case("added_to_abm.json", "abm.device.added", NOTHING, BOUGHT),
    Case("changed_group.json", "device.changed_group", NOTHING, SIMPLES),
    Case("enrolled.json", "device.enrolled", COMPLIANT, SIMPLES),
    Case("lock_enabled.json", "device.lock.enabled", NOTHING, SIMPLES),
    Case("unenrolled.json", "device.unenrolled", RETIRED, SIMPLES),
    Case("unknown.json", "device.polished", UNKNOWN, SIMPLES),
]

# Meraki does not say how Systems Manager's alerts are called: none has a meaning of ours.
MERAKIS = Subject(
    upn="megan@contoso.com",
    mail="megan@contoso.com",
    serial="G6TQ7MEGAN04",
    udid="00008120-001C4D3A0E98201E",
    imei="353817220641098",
    mdm_id="2208",
    model="iPhone 14",
    os="iOS 17.6.1",
    name="Megan's iPhone",
)
ALERT = NOVEMBER.replace(microsecond=41877)
WIRELESS = Subject(name="Wireless settings")
MERAKI = [
    Case("compliant.json", "sm_security_policy_compliant", UNKNOWN, MERAKIS, ALERT),
    Case("enrolled.json", "sm_device_enrolled", UNKNOWN, MERAKIS, ALERT),
    Case("settings_changed.json", "settings_changed", NOTHING, WIRELESS, ALERT),
    Case("unenrolled.json", "sm_device_unenrolled", UNKNOWN, MERAKIS, ALERT),
    Case("unknown.json", "sm_device_lease_ends", UNKNOWN, MERAKIS, ALERT),
    Case("violated.json", "sm_security_policy_violated", UNKNOWN, MERAKIS, ALERT),
    Case("wiped.json", "sm_device_wiped", UNKNOWN, MERAKIS, ALERT),
]

KOLIDES = Subject(mdm_id="2208", name="Megan's iPhone")
OWNED = replace(KOLIDES, mail="megan@contoso.com")
NOBODY = Subject()
STATUS = "device_trust.status_changed"
KOLIDE = [
    Case("audit_log_recorded.json", "audit_log.recorded", NOTHING, NOBODY, NOVEMBER),
    Case("auth_logs_failure.json", "auth_logs.failure", NOTHING, KOLIDES, NOVEMBER),
    Case("auth_logs_success.json", "auth_logs.success", NOTHING, KOLIDES, NOVEMBER),
    Case("device_trust_status_changed_blocked.json", STATUS, NONCOMPLIANT, KOLIDES, NOVEMBER),
    Case("device_trust_status_changed_good.json", STATUS, COMPLIANT, KOLIDES, NOVEMBER),
    Case("devices_created.json", "devices.created", NOTHING, OWNED, NOVEMBER),
    Case("devices_destroyed.json", "devices.destroyed", RETIRED, KOLIDES, NOVEMBER),
    Case("devices_registered.json", "devices.registered", NOTHING, OWNED, NOVEMBER),
    Case("issues_new.json", "issues.new", NOTHING, KOLIDES, NOVEMBER),
    Case("issues_resolved.json", "issues.resolved", NOTHING, KOLIDES, NOVEMBER),
    Case("unknown.json", "devices.hibernated", UNKNOWN, KOLIDES, NOVEMBER),
]

APPLES = Subject(serial="G6TQ7MEGAN04", mdm_id="G6TQ7MEGAN04")
CREATED = NOVEMBER.replace(microsecond=41000)
DETAILS = "ORG_DEVICE_ATTRIBUTE_MIGRATION_DETAILS_CHANGED"
SERVER = "ORG_DEVICE_RELATIONSHIP_ASSIGNED_SERVER_CHANGED"
WARRANTY = "ORG_DEVICE_RELATIONSHIP_WARRANTY_CHANGED"
HEALTH = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
APPLE_BUSINESS = [
    Case("health_check.json", "HEALTH_CHECK", NOTHING, NOBODY, HEALTH),
    Case("migration_details_changed.json", DETAILS, NOTHING, APPLES, CREATED),
    Case("released.json", "ORG_DEVICE_ATTRIBUTE_CHANGED", RETIRED, APPLES, CREATED),
    Case("server_assigned.json", SERVER, NOTHING, APPLES, CREATED),
    Case("server_unassigned.json", SERVER, NOTHING, APPLES, CREATED),
    Case("unknown.json", "ORG_DEVICE_RELATIONSHIP_OWNER_CHANGED", UNKNOWN, APPLES, CREATED),
    Case("warranty_changed.json", WARRANTY, NOTHING, APPLES, CREATED),
]

SOTIS = Subject(
    upn="megan@contoso.com",
    mail="megan@contoso.com",
    serial="R5CWMEGAN2A",
    imei="350196447280515",
    mdm_id="and-0c77f1e9a2",
    model="SM-S911B",
    os="Android 14",
    name="Megan's Galaxy",
)
FEW = Subject(serial="R5CWMEGAN2A", mdm_id="and-0c77f1e9a2")
SOTI = [
    Case("compliant.json", "DeviceCompliant", COMPLIANT, SOTIS, NOVEMBER),
    Case("enrolled.json", "DeviceEnrolled", NOTHING, SOTIS, NOVEMBER),
    Case("few_attributes.json", "DeviceNotCompliant", NONCOMPLIANT, FEW, None),
    Case("lost_mode_off.json", "DeviceLostModeOff", NOTHING, SOTIS, NOVEMBER),
    Case("lost_mode_on.json", "DeviceLostModeOn", LOST, SOTIS, NOVEMBER),
    Case("low_on_memory.json", "DeviceLowOnMemory", UNKNOWN, SOTIS, NOVEMBER),
    Case("not_compliant.json", "DeviceNotCompliant", NONCOMPLIANT, SOTIS, NOVEMBER),
    Case("unenrolled.json", "DeviceUnenrolled", RETIRED, SOTIS, NOVEMBER),
    Case("unknown.json", "DeviceEnteredDepot", UNKNOWN, SOTIS, NOVEMBER),
    Case("wiped.json", "DeviceWiped", RETIRED, SOTIS, NOVEMBER),
]

CASES = {
    "standard": STANDARD,
    "cloudevents": CLOUD_EVENTS,
    "workspace_one": WORKSPACE_ONE,
    "jamf": JAMF,
    "fleet": FLEET,
    "nanomdm": NANOMDM,
    "simplemdm": SIMPLEMDM,
    "meraki": MERAKI,
    "kolide": KOLIDE,
    "apple_business": APPLE_BUSINESS,
    "soti": SOTI,
}
