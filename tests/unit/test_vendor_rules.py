"""What vendors' words mean, beyond what the samples show."""

import json
from http import HTTPStatus

import pytest

from shared.devices.model import Posture
from shared.errors import Rejected
from shared.mdm.vendors import KNOWN
from tests.unit.calls import proved
from tests.unit.vendor_cases import CASES


@pytest.mark.parametrize("vendor", sorted(CASES))
@pytest.mark.parametrize("body", [b"", b"null", b"[5]", b"5", b"{}", b'"x"', b"\xff\xfe", b"<x/>"])
def test_body_that_says_nothing_is_rejected(vendor: str, body: bytes) -> None:
    """A verified sender may still send nonsense."""
    with pytest.raises(Rejected):
        KNOWN[vendor].read(proved(body))


@pytest.mark.parametrize(
    ("vendor", "body"),
    [
        ("jamf", {"webhook": {"webhookEvent": "MobileDeviceUnEnrolled"}, "event": {}}),
        ("fleet", {"type": "mdm_unenrolled", "details": {"host_display_name": "Phone"}}),
        ("nanomdm", {"topic": "mdm.CheckOut", "checkin_event": {"raw_payload": "AAAA"}}),
        ("simplemdm", {"type": "device.unenrolled", "data": {"device": {"model": "iPhone"}}}),
        ("kolide", {"event": "device_trust.status_changed", "data": {"device_status": "good"}}),
        ("workspace_one", {"EventType": "BreakMDMConfirmed", "SerialNumber": "System.Byte[]"}),
    ],
)
def test_posture_of_nobody_is_rejected(vendor: str, body: object) -> None:
    """What a device is, without saying which, must not look as if it had been heeded."""
    with pytest.raises(Rejected, match="not which"):
        KNOWN[vendor].read(proved(json.dumps(body).encode()))


def test_property_list_that_cannot_be_read_takes_nothing_away() -> None:
    """NanoMDM's JSON names the device too."""
    event = {"topic": "mdm.CheckOut", "checkin_event": {"udid": "U1", "raw_payload": "PHBsaXN0"}}
    told = KNOWN["nanomdm"].read(proved(json.dumps(event).encode()))
    assert [each.subject.udid for each in told] == ["U1"]


def test_groups_members_are_heard_by_number_where_jamf_lists_no_more() -> None:
    """Older versions of Jamf leave the devices themselves out."""
    event = {"groupAddedDevicesIds": [7, 8], "groupRemovedDevicesIds": [9], "name": "Lost ones"}
    webhook = {"webhookEvent": "SmartGroupMobileDeviceMembershipChange"}
    told = KNOWN["jamf"].read(proved(json.dumps({"webhook": webhook, "event": event}).encode()))
    added, removed = (
        f"SmartGroupMobileDeviceMembershipChange {way}: Lost ones" for way in ("added", "removed")
    )
    assert [(each.kind, each.subject.mdm_id) for each in told] == [
        (added, "7"),
        (added, "8"),
        (removed, "9"),
    ]


def test_device_of_a_group_that_has_no_name_is_counted() -> None:
    """Beside those that have one."""
    webhook = {"webhookEvent": "SmartGroupMobileDeviceMembershipChange"}
    event = {"groupAddedDevices": [{"udid": "U1"}, {"model": "iPad"}], "name": "All"}
    told = KNOWN["jamf"].read(proved(json.dumps({"webhook": webhook, "event": event}).encode()))
    assert [(each.kind, each.subject.udid) for each in told] == [
        ("SmartGroupMobileDeviceMembershipChange added: All", "U1"),
        ("unreadable", ""),
    ]


@pytest.mark.parametrize("vendor", sorted({*CASES} - {"soti"}))
def test_list_is_rejected_where_the_vendor_sends_single_events(vendor: str) -> None:
    """Or an empty one would be taken without a word."""
    headers = {"content-type": "application/cloudevents+json"}
    for events in ([], [{"webhook": {"webhookEvent": "JSSStartup"}}, {"type": "webhook.test"}]):
        with pytest.raises(Rejected):
            KNOWN[vendor].read(proved(json.dumps(events).encode(), headers))


@pytest.mark.parametrize("payload", ["nonsense", "{", "[1]", 7, None, ["x"]])
def test_payload_of_apples_that_cannot_be_read_leaves_the_event(payload: object) -> None:
    """What stands in it is not documented."""
    attributes = {"eventType": "ORG_DEVICE_ATTRIBUTE_CHANGED", "payload": payload}
    event = {"data": {"type": "webhookEvents", "attributes": attributes}}
    (told,) = KNOWN["apple_business"].read(proved(json.dumps(event).encode()))
    assert (told.kind, told.posture, told.subject.serial) == (attributes["eventType"], None, "")


def test_compliance_in_an_event_about_something_else_is_not_heeded() -> None:
    """Or it would undo what a person has ordered since."""
    event = {"EventType": "Device MCC", "DeviceId": 4, "ComplianceStatus": "Compliant"}
    told = KNOWN["workspace_one"].read(proved(json.dumps(event).encode()))
    assert [each.posture for each in told] == [None]


@pytest.mark.parametrize(
    ("changes", "posture"),
    [
        ({"ComplianceStatus": "Non-Compliant"}, Posture.NONCOMPLIANT),
        ({"ComplianceStatus": "PendingComplianceCheck"}, None),
        ({"CompromisedStatus": "Not Compromised"}, Posture.COMPLIANT),
        ({"CompromisedStatus": True}, Posture.NONCOMPLIANT),
        ({"CompromisedStatus": "Perhaps"}, None),
        ({"EnrollmentStatus": "Unenrolled"}, None),
    ],
)
def test_compliance_is_only_read_where_all_words_are_understood(
    changes: dict[str, object], posture: Posture | None
) -> None:
    """A word that we do not know is no reason to let a device in."""
    event = {
        "EventType": "Compliance Status Changed",
        "DeviceId": 4,
        "ComplianceStatus": "Compliant",
        **changes,
    }
    told = KNOWN["workspace_one"].read(proved(json.dumps(event).encode()))
    assert [each.posture for each in told] == [posture]


def test_each_vendor_hears_the_codes_that_it_acts_upon() -> None:
    """One answer for all would lose Fleet's events for ever, and NanoMDM takes only a 200."""
    busy = {name for name in CASES if KNOWN[name].answers.busy == 429}
    taken = {name: KNOWN[name].answers.taken for name in CASES}
    assert busy == {"fleet"}
    assert taken["nanomdm"] == HTTPStatus.OK
    assert taken["apple_business"] == HTTPStatus.NO_CONTENT
    assert KNOWN["apple_business"].answers.unverified == HTTPStatus.BAD_REQUEST
