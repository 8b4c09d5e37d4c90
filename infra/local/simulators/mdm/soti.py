"""
SOTI MobiControl: the action Trigger Webhook of a signal policy.

Documented: a signal policy posts JSON (or XML) with a subject its operator types, and with the
device attributes its operator selects. Not documented: how the JSON is laid out, and what
protects it. Here: one flat object, the attributes named as MobiControl's REST API names them; the
header X-Signature as a gateway of the customer's adds it, "sha256=" and the hex HMAC-SHA256 of
the body. The subjects are those that an operator of ours has typed.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

_COMPLIANCE = {
    "DeviceNotCompliant": "NonCompliant",
    "DeviceEnrolled": "Compliant",
    "DeviceCompliant": "Compliant",
}
EVENTS = (
    "DeviceNotCompliant",
    "DeviceCompliant",
    "DeviceEnrolled",
    "DeviceUnenrolled",
    "DeviceWiped",
    "DeviceLostModeOn",
    "DeviceLostModeOff",
    "DeviceLowOnMemory",
)


def compose(event: str, phone: Phone, *, url: str, secret: str, at: datetime) -> httpx.Request:
    """Return the signed message; *event* is its subject. It has no id of its own."""
    check_event(event, EVENTS)
    body = {
        "Subject": event,
        "PolicyName": f"Mail access: {event}",
        "TriggeredAt": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "DeviceId": phone.mdm_id,
        "DeviceName": phone.friendly_name,
        "Platform": phone.platform,
        "OSVersion": phone.os_version,
        "Model": phone.model,
        "HardwareSerialNumber": phone.serial,
        "IMEI_MEID_ESN": phone.imei,
        "WifiMAC": phone.wifi_mac,
        "UserName": phone.upn,
        "Email": phone.mail,
        "ComplianceStatus": _COMPLIANCE.get(event, "Unknown"),
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "X-Signature": signature(content, secret)}
    return httpx.Request("POST", url, headers=headers, content=content)


def signature(body: bytes, secret: str) -> str:
    """Return sha256= and 64 hex digits."""
    return "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()


SENDER = Sender(name="soti", events=EVENTS, compose=compose, new_secret=new_shared_secret)
