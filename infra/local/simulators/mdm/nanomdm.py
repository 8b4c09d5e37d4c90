"""
NanoMDM: each MDM message of a device wrapped in JSON, the device's own plist inside as base64.

The envelope follows NanoMDM's published schema and source: event_id is optional and not sent.
X-Hmac-Signature is base64 of HMAC-SHA256 over the body, with the bytes of the key as typed.
The plists follow Apple's Device Management reference; a device spells an IMEI with spaces. The
answer to EraseDevice names no command but by its UUID, so no receiver can know it from others.
"""

import base64
import hashlib
import hmac
import json
import plistlib
from datetime import UTC, datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

EVENTS = (
    "mdm.CheckOut",
    "mdm.Authenticate",
    "mdm.TokenUpdate",
    "mdm.Connect",
    "mdm.DeclarativeManagement",
)
TOPIC = "com.apple.mgmt.External.3f1f2c1e-0b6a-4b0f-9a52-5d1f0c6b7a88"

Answer = Literal["DeviceInformation", "EraseDevice", "Idle"]


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    answer: Answer = "DeviceInformation",
) -> httpx.Request:
    """Return the delivery; *answer* is what the device replies to, for mdm.Connect."""
    check_event(event, EVENTS)
    wrapped = _acknowledge(phone, answer) if event == "mdm.Connect" else _checkin(event, phone)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    told = wrapped | {"created_at": moment, "topic": event}
    content = json.dumps(told, separators=(",", ":")).encode()
    digest = hmac.digest(secret.encode(), content, hashlib.sha256)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Go-http-client/1.1",
        "X-Hmac-Signature": base64.b64encode(digest).decode(),
    }
    return httpx.Request("POST", url, headers=headers, content=content)


def _checkin(event: str, phone: Phone) -> dict[str, object]:
    message = event.removeprefix("mdm.")
    plist = {"MessageType": message, "UDID": phone.udid} | _CHECKINS[message](phone)
    wrapped: dict[str, object] = {"raw_payload": _raw(plist)}
    if message == "TokenUpdate":
        wrapped["token_update_tally"] = 1
    return {"checkin_event": wrapped | {"udid": phone.udid}}


def _acknowledge(phone: Phone, answer: Answer) -> dict[str, object]:
    status = "Idle" if answer == "Idle" else "Acknowledged"
    plist: dict[str, object] = {"Status": status, "UDID": phone.udid}
    wrapped: dict[str, object] = {"command_uuid": "", "status": status, "udid": phone.udid}
    if answer != "Idle":
        plist["CommandUUID"] = str(uuid5(NAMESPACE_URL, f"{answer}/{phone.mdm_id}")).upper()
        wrapped["command_uuid"] = plist["CommandUUID"]
    if answer == "DeviceInformation":
        plist["QueryResponses"] = _information(phone)
    return {"acknowledge_event": wrapped | {"raw_payload": _raw(plist)}}


def _information(phone: Phone) -> dict[str, object]:
    return _identity(phone) | {
        "UDID": phone.udid,
        "EASDeviceIdentifier": phone.eas_device_id,
        "WiFiMAC": phone.wifi_mac,
        "IsSupervised": phone.ownership == "corporate",
    }


def _identity(phone: Phone) -> dict[str, object]:
    imei = phone.imei
    return {
        "BuildVersion": "21F90",
        "DeviceName": phone.friendly_name,
        "IMEI": f"{imei[:2]} {imei[2:8]} {imei[8:14]} {imei[14:]}",
        "Model": "MLTP3LL",
        "ModelName": phone.model_name.partition(" ")[0],
        "OSVersion": phone.os_version,
        "ProductName": phone.model,
        "SerialNumber": phone.serial,
    }


def _authenticate(phone: Phone) -> dict[str, object]:
    return _identity(phone) | {"Topic": TOPIC}


def _token_update(phone: Phone) -> dict[str, object]:
    return {
        "AwaitingConfiguration": False,
        "PushMagic": str(uuid5(NAMESPACE_URL, f"magic/{phone.mdm_id}")).upper(),
        "Token": hashlib.sha256(phone.udid.encode()).digest(),
        "Topic": TOPIC,
    }


def _check_out(_phone: Phone) -> dict[str, object]:
    return {"Topic": TOPIC}


def _declarative_management(_phone: Phone) -> dict[str, object]:
    return {"Endpoint": "tokens"}


_CHECKINS = {
    "Authenticate": _authenticate,
    "TokenUpdate": _token_update,
    "CheckOut": _check_out,
    "DeclarativeManagement": _declarative_management,
}


def _raw(plist: dict[str, object]) -> str:
    return base64.b64encode(plistlib.dumps(plist)).decode()


SENDER = Sender(name="nanomdm", events=EVENTS, compose=compose, new_secret=new_shared_secret)
