r"""
Workspace ONE UEM: Event Notifications as JSON, in the wording of two generations.

Older (seen from 2013 on): EventType in one word, times as \/Date(ms)\/ with the slashes escaped,
fifteen fields, MACAddress the text of a byte array, Udid empty or that text too. Newer (seen from
2022 on): EventType in words, times in ISO form with seven decimals, more fields, Udid without
hyphens. EventId 39, 148, 178 and 229 have been seen; the other numbers are ours.
Not documented: DeleteDeviceRequested and DeviceWipeRequested as notifications (the event log has
such names), the newer wording of wipes and deletions, NonCompliant (from the REST API), the status
Compromised, EnrollmentStatus DeviceWipePending and Unenrolled, Platform Apple.
The credential is HTTP basic: the secret is "user:password".
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import httpx

from infra.local.simulators.mdm.credentials import basic
from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_basic_pair

_BYTES = "System.Byte[]"  # what the older generation says instead of an address
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# EventType -> EventId, EnrollmentStatus and ComplianceStatus
_EVENTS = {
    "Compliance Status Changed": (184, "Enrolled", "NonCompliant"),
    "MDM Enrollment Complete": (148, "Enrolled", "Compliant"),
    "Break MDM Confirmed": (39, "Unenrolled", "NotAvailable"),
    "Compromised Status Changed": (178, "Enrolled", "Compliant"),
    "Device Wipe Requested": (230, "DeviceWipePending", "Compliant"),
    "Device Enterprise Wipe Requested": (229, "EnterpriseWipePending", "Compliant"),
    "Delete Device Requested": (231, "Unenrolled", "NotAvailable"),
    "Device Operating System Changed": (191, "Enrolled", "Compliant"),
    "Device Organization Group Changed": (192, "Enrolled", "Compliant"),
    "ComplianceStatusChanged": (184, "Enrolled", "NonCompliant"),
    "MDMEnrollmentComplete": (148, "Enrolled", "Compliant"),
    "BreakMDMConfirmed": (39, "Unenrolled", "NotAvailable"),
    "CompromisedStatusChanged": (178, "Enrolled", "PendingComplianceCheck"),
    "DeviceWipeRequested": (230, "DeviceWipePending", "Compliant"),
    "DeviceEnterpriseWipeRequested": (229, "EnterpriseWipePending", "Compliant"),
    "DeleteDeviceRequested": (231, "Unenrolled", "NotAvailable"),
}
_COMPROMISED = ("Compromised Status Changed", "CompromisedStatusChanged")
_COMPLIANCE = ("Compliance Status Changed", "ComplianceStatusChanged")

Turn = Literal["worse", "better"]


def compose(
    event: str, phone: Phone, *, url: str, secret: str, at: datetime, turn: Turn = "worse"
) -> httpx.Request:
    """Return the notification; *turn* is where a compliance or compromised status has gone."""
    check_event(event, _EVENTS)
    fields = _shared(event, phone) | _states(event, turn)
    body = (_newer if " " in event else _older)(fields, phone, at)
    headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": basic(secret)}
    return httpx.Request("POST", url, headers=headers, content=body.encode())


def connection_test(url: str, *, secret: str) -> httpx.Request:
    """Return what the console's Test Connection sends: a GET with the same credential."""
    return httpx.Request("GET", url, headers={"Authorization": basic(secret)})


def _newer(fields: dict[str, object], phone: Phone, at: datetime) -> str:
    body = fields | {
        "EventTime": _iso(at),
        "CompromisedTimeStamp": _iso(at + timedelta(milliseconds=530)),
        "Udid": phone.udid.replace("-", ""),
        "MACAddress": phone.wifi_mac.replace(":", "").upper(),
        "DeviceIMEI": phone.imei,
        "EnrollmentUserId": 455 + int(phone.mdm_id),
        "AssetNumber": phone.udid.replace("-", "") or phone.serial,
        "Platform": "Apple" if phone.platform == "iOS" else phone.platform,
        "OperatingSystem": phone.os_version,
        "Ownership": "CorporateDedicated" if phone.ownership == "corporate" else "EmployeeOwned",
        "SIMMCC": "",
        "CurrentMCC": "",
        "OrganizationGroupName": "Contoso",
        "DeviceUUID": str(uuid5(NAMESPACE_URL, f"device/{phone.mdm_id}")),
        "EnrollmentUserUUID": str(uuid5(NAMESPACE_URL, f"user/{phone.upn}")),
    }
    return json.dumps(body, separators=(",", ":"))


def _older(fields: dict[str, object], phone: Phone, at: datetime) -> str:
    body = fields | {
        "EventTime": _ticks(at),
        "CompromisedTimeStamp": _ticks(at + timedelta(milliseconds=530)),
        "Udid": "" if phone.platform == "iOS" else _BYTES,
        "MACAddress": _BYTES,
    }
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/")


def _shared(event: str, phone: Phone) -> dict[str, object]:
    number, enrolment, _ = _EVENTS[event]
    return {
        "EventId": number,
        "EventType": event,
        "DeviceId": int(phone.mdm_id),
        "DeviceFriendlyName": phone.friendly_name,
        "EnrollmentEmailAddress": phone.mail,
        "EnrollmentUserName": phone.upn.partition("@")[0],
        "EnrollmentStatus": enrolment,
        "PhoneNumber": "",
        "SerialNumber": phone.serial,
    }


def _states(event: str, turn: Turn) -> dict[str, object]:
    compliance = _EVENTS[event][2]
    if event in _COMPLIANCE and turn == "better":
        compliance = "Compliant"
    compromised = event in _COMPROMISED and turn == "worse"
    return {
        "CompromisedStatus": "Compromised" if compromised else "",
        "ComplianceStatus": compliance,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _ticks(at: datetime) -> str:
    return f"/Date({(at - _EPOCH) // timedelta(milliseconds=1)})/"


SENDER = Sender(
    name="workspace_one", events=tuple(_EVENTS), compose=compose, new_secret=new_basic_pair
)
