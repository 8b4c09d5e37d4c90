"""What simulated MDM senders say: each vendor's spelling, and never two spellings at once."""

import base64
import json
import plistlib
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from infra.local.simulators.mdm.phones import ADELES
from infra.local.simulators.mdm.vendors import SENDERS
from tests.contract.exchange_world import START

PERSONAL = replace(ADELES, ownership="personal")
URL = "https://gate.example/api/mdm/acme"
OLDER_FIELDS = {
    *("EventId", "EventType", "EventTime", "DeviceId", "DeviceFriendlyName", "PhoneNumber"),
    *("EnrollmentEmailAddress", "EnrollmentUserName", "EnrollmentStatus", "ComplianceStatus"),
    *("CompromisedStatus", "CompromisedTimeStamp", "Udid", "SerialNumber", "MACAddress"),
}


def raw(vendor: str, event: str, **options: Any) -> bytes:  # noqa: ANN401 (any keyword)
    """Return a body as it would be sent."""
    phone = options.pop("phone", ADELES)
    sender = SENDERS[vendor]
    secret = sender.new_secret().signs
    request = sender.compose(event, phone, url=URL, secret=secret, at=START, **options)
    return request.content


def told(vendor: str, event: str, **options: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return what a body says."""
    return json.loads(raw(vendor, event, **options))


def names(value: object) -> set[str]:
    """Return all names in a body, however deep."""
    if isinstance(value, dict):
        return set(value).union(*(names(one) for one in value.values()))
    return set().union(*(names(one) for one in value)) if isinstance(value, list) else set()


def plist(wrapped: dict[str, Any]) -> dict[str, Any]:
    """Return what the device itself said."""
    said: dict[str, Any] = plistlib.loads(base64.b64decode(wrapped["raw_payload"], validate=True))
    return said


def test_standard_names_a_phone_by_partnership_or_by_hardware() -> None:
    either = told("standard", "device.compliant")["data"]
    other = told("standard_ed25519", "device.compliant", named_by="hardware")["data"]

    assert set(either) == {"mailbox", "device_id", "ownership"}
    assert set(other) == {"upn", "serial", "udid", "imei", "model", "os", "ownership"}
    assert other["os"] == "iOS 17.5.1"


def test_workspace_one_of_old_has_fifteen_fields_and_its_known_defect() -> None:
    body = raw("workspace_one", "MDMEnrollmentComplete")

    said = json.loads(body)
    assert set(said) == OLDER_FIELDS
    assert rb'"EventTime":"\/Date(1772438400000)\/"' in body
    assert said["MACAddress"] == "System.Byte[]"
    assert said["EventId"] == 148


def test_workspace_one_of_today_writes_times_in_iso_and_ids_without_hyphens() -> None:
    said = told("workspace_one", "MDM Enrollment Complete", phone=PERSONAL)

    assert said["EventTime"] == "2026-03-02T08:00:00.0000000Z"
    assert said["Udid"] == "00008110000A55E01E2B401E"
    assert said["MACAddress"] == "A483E75C109F"
    assert said["Ownership"] == "EmployeeOwned"
    assert set(said) > OLDER_FIELDS


@pytest.mark.parametrize("spelling", ["Compliance Status Changed", "ComplianceStatusChanged"])
def test_compliance_turns_both_ways(spelling: str) -> None:
    worse = told("workspace_one", spelling)
    better = told("workspace_one", spelling, turn="better")

    assert worse["ComplianceStatus"] == "NonCompliant"
    assert better["ComplianceStatus"] == "Compliant"
    assert worse["CompromisedStatus"] == better["CompromisedStatus"] == ""


def test_a_jamf_body_has_one_spelling() -> None:
    event = "SmartGroupMobileDeviceMembershipChange"
    camel, snake = (names(told("jamf", event, form=form)) for form in ("camel", "snake"))

    assert {"webhookEvent", "eventTimestamp", "jssID", "icciID", "userDirectoryID"} < camel
    assert {"webhook_event", "event_timestamp", "jss_id", "icci_id", "user_directory_id"} < snake
    assert not [name for name in camel if "_" in name]
    assert not [name for name in snake if re.search("[A-Z]", name)]


def test_jamf_says_the_same_in_xml() -> None:
    said = told("jamf", "MobileDeviceUnEnrolled")
    root = ET.fromstring(raw("jamf", "MobileDeviceUnEnrolled", form="xml"))  # noqa: S314 (ours)

    assert root.tag == "JSSEvent"
    assert {part.tag: {one.tag: one.text or "" for one in part} for part in root} == {
        part: {name: str(value) for name, value in fields.items()} for part, fields in said.items()
    }
    assert said["webhook"]["eventTimestamp"] == 1772438400000


def test_a_smart_group_is_joined_or_left() -> None:
    event = "SmartGroupMobileDeviceMembershipChange"
    joined = told("jamf", event)["event"]
    left = told("jamf", event, member="removed")["event"]

    assert (joined["groupAddedDevicesIds"], joined["groupRemovedDevicesIds"]) == ([4711], [])
    assert (left["groupAddedDevicesIds"], left["groupRemovedDevicesIds"]) == ([], [4711])
    assert left["groupRemovedDevices"][0]["serialNumber"] == ADELES.serial


def test_fleet_names_a_personal_phone_by_its_enrolment() -> None:
    owned = told("fleet", "mdm_unenrolled")["details"]
    personal = told("fleet", "mdm_unenrolled", phone=PERSONAL)["details"]

    assert (owned["host_serial"], owned["enrollment_id"]) == (ADELES.serial, None)
    assert personal["host_serial"] == personal["enrollment_id"] != ADELES.serial


def test_fleet_names_who_wiped_and_only_the_display_name_of_what() -> None:
    said = told("fleet", "wiped_host")

    assert set(said) == {
        *("timestamp", "actor_full_name", "actor_id", "actor_email", "type", "details")
    }
    assert said["actor_email"] == "megan@contoso.com"
    assert set(said["details"]) == {"host_id", "host_display_name", "host_platform"}


@pytest.mark.parametrize("message", ["Authenticate", "TokenUpdate", "CheckOut"])
def test_nanomdm_wraps_what_the_device_said(message: str) -> None:
    said = told("nanomdm", f"mdm.{message}")

    assert set(said) == {"checkin_event", "created_at", "topic"}
    inside = plist(said["checkin_event"])
    assert (inside["MessageType"], inside["UDID"]) == (message, said["checkin_event"]["udid"])
    assert ("token_update_tally" in said["checkin_event"]) is (message == "TokenUpdate")


def test_an_answer_to_device_information_tells_the_id_that_exchange_knows() -> None:
    wrapped = told("nanomdm", "mdm.Connect")["acknowledge_event"]

    inside = plist(wrapped)
    assert inside["QueryResponses"]["EASDeviceIdentifier"] == ADELES.eas_device_id
    assert inside["QueryResponses"]["IMEI"].replace(" ", "") == ADELES.imei
    assert inside["CommandUUID"] == wrapped["command_uuid"]
    assert inside["Status"] == wrapped["status"] == "Acknowledged"


def test_an_idle_device_says_no_more_than_that() -> None:
    wrapped = told("nanomdm", "mdm.Connect", answer="Idle")["acknowledge_event"]

    assert plist(wrapped) == {"Status": "Idle", "UDID": ADELES.udid}
    assert wrapped["command_uuid"] == ""


def test_simplemdm_tells_the_time_with_its_offset() -> None:
    said = told("simplemdm", "device.unenrolled")

    assert (said["type"], said["at"]) == ("device.unenrolled", "2026-03-02T01:00:00.000-07:00")
    assert said["data"]["device"]["serial_number"] == ADELES.serial
