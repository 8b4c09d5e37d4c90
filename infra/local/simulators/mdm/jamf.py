"""
Jamf Pro: one webhook per event, as JSON or XML, with a header pair of the administrator's choice.

Fields and spellings are those of Jamf's developer guide; the snake_case form is what a published
log pipeline was fed. Not documented: the XML of lists (elements repeated here), the media type of
XML, what of a phone stands in model and product, the spaces in an IMEI (Apple reports them so).
"""

import json
import re
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

import httpx

from infra.local.simulators.mdm.credentials import basic as basic_credential
from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

SECRET_HEADER = "X-EASGate-Secret"  # noqa: S105 (the name of a header, not a secret)
GROUP_CHANGE = "SmartGroupMobileDeviceMembershipChange"
EVENTS = (
    "MobileDeviceEnrolled",
    "MobileDeviceUnEnrolled",
    GROUP_CHANGE,
    "MobileDeviceCheckIn",
    "MobileDeviceInventoryCompleted",
    "MobileDeviceCommandCompleted",
    "MobileDevicePushSent",
)
GROUP = "Noncompliant phones"  # a smart group an administrator made: only its name has a meaning

Form = Literal["camel", "snake", "xml"]
Member = Literal["added", "removed"]


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    form: Form = "camel",
    member: Member = "added",
    basic: bool = False,
) -> httpx.Request:
    """Return the delivery; with basic the secret is "user:password". *member*: of the group."""
    check_event(event, EVENTS)
    told = {"webhook": _webhook(event, at), "event": _event(event, phone, member)}
    credential = {"Authorization": basic_credential(secret)} if basic else {SECRET_HEADER: secret}
    if form == "xml":
        return _delivery(url, "text/xml", _xml(told), credential)
    body = _snake(told) if form == "snake" else told
    return _delivery(url, "application/json", json.dumps(body).encode(), credential)


def _webhook(event: str, at: datetime) -> dict[str, object]:
    return {
        "id": 1 + EVENTS.index(event),
        "name": "EAS gate",
        "webhookEvent": event,
        "eventTimestamp": int(at.timestamp() * 1000),
    }


def _event(event: str, phone: Phone, member: Member) -> dict[str, object]:
    if event != GROUP_CHANGE:
        return _device(phone)
    added, removed = ([phone], []) if member == "added" else ([], [phone])
    return {
        "computer": False,
        "groupAddedDevices": [_device(one) for one in added],
        "groupAddedDevicesIds": [int(one.mdm_id) for one in added],
        "groupRemovedDevices": [_device(one) for one in removed],
        "groupRemovedDevicesIds": [int(one.mdm_id) for one in removed],
        "jssid": 12,
        "name": GROUP,
        "smartGroup": True,
    }


def _device(phone: Phone) -> dict[str, object]:
    imei = phone.imei
    return {
        "bluetoothMacAddress": "A4:83:E7:5C:10:A0",
        "deviceName": phone.friendly_name,
        "icciID": "89490200001234567890",
        "imei": f"{imei[:2]} {imei[2:8]} {imei[8:14]} {imei[14:]}",
        "ipAddress": "192.0.2.17",
        "jssID": int(phone.mdm_id),
        "managementId": str(uuid5(NAMESPACE_URL, f"management/{phone.mdm_id}")),
        "model": phone.model_name,
        "modelDisplay": phone.model_name,
        "osBuild": "21F90",
        "osVersion": phone.os_version,
        "product": phone.model,
        "room": "",
        "serialNumber": phone.serial,
        "udid": phone.udid,
        "userDirectoryID": "-1",
        "username": phone.upn,
        "version": phone.os_version,
        "wifiMacAddress": phone.wifi_mac.upper(),
    }


def _snake(told: object) -> object:
    """Return the same with every name in snake_case: jssID becomes jss_id, icciID icci_id."""
    if isinstance(told, dict):
        return {_snake_name(name): _snake(value) for name, value in told.items()}
    return [_snake(one) for one in told] if isinstance(told, list) else told


def _snake_name(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _xml(told: dict[str, dict[str, object]]) -> bytes:
    root = ET.Element("JSSEvent")
    for name, fields in told.items():
        _fill(ET.SubElement(root, name), fields)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _fill(parent: ET.Element, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            element = ET.SubElement(parent, name)
            if isinstance(one, dict):
                _fill(element, one)
            else:
                element.text = str(one).lower() if isinstance(one, bool) else str(one)


def _delivery(
    url: str, content_type: str, content: bytes, credential: dict[str, str]
) -> httpx.Request:
    headers = {"Content-Type": content_type} | credential
    return httpx.Request("POST", url, headers=headers, content=content)


SENDER = Sender(name="jamf", events=EVENTS, compose=compose, new_secret=new_shared_secret)
