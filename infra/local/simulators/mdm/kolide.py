"""
Kolide, now 1Password Device Trust: signed webhooks with event, id, timestamp and data.

Documented: the event names; Authorization is the hex HMAC-SHA256 of the raw body under the
endpoint's signing secret, with no scheme in front; X-Kolide-Webhook-Identifier is constant per
endpoint. The data names a device by Kolide's own number and its name only: no serial, no UDID, no
EAS id. There are no events on wiping or lost mode. Not documented: every value of device_status
("good" and "blocked" were seen).
"""

import hashlib
import hmac
import json
import secrets as randomness
from datetime import UTC, datetime

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

EVENTS = (
    "device_trust.status_changed",
    "issues.new",
    "issues.resolved",
    "devices.created",
    "devices.registered",
    "devices.destroyed",
    "auth_logs.success",
    "auth_logs.failure",
    "audit_log.recorded",  # of no phone
)
ENDPOINT = "5f0c2b9e61d74a0f8a35"
_API = "https://api.kolide.com"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    device_status: str = "blocked",
    event_id: str | None = None,
) -> httpx.Request:
    """Return the signed event; *device_status* is what a status change changed to."""
    check_event(event, EVENTS)
    body = {
        "event": event,
        "id": event_id or _ulid(at),
        "timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": _data(event, phone, device_status),
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": signature(content, secret),
        "X-Kolide-Webhook-Identifier": ENDPOINT,
    }
    return httpx.Request("POST", url, headers=headers, content=content)


def signature(body: bytes, secret: str) -> str:
    """Return 64 hex digits."""
    return hmac.digest(secret.encode(), body, hashlib.sha256).hex()


def _data(event: str, phone: Phone, device_status: str) -> dict[str, object]:
    number = int(phone.mdm_id)
    device: dict[str, object] = {"device_id": number, "device_name": phone.friendly_name}
    address = {"device_url": f"{_API}/devices/{number}"}
    match event:
        case "devices.created" | "devices.registered":
            owner = {"registered_owner": _owner(phone)}
            return device | {"device_status": "good"} | address | owner
        case "devices.destroyed":
            return device | {"device_status": "good"}
        case "device_trust.status_changed":
            return device | {"device_status": device_status} | address
        case "issues.new" | "issues.resolved":
            return _issue(phone, number)
        case "auth_logs.success" | "auth_logs.failure":
            return device | _sign_in()
        case _:
            return _console_action()


def _owner(phone: Phone) -> dict[str, object]:
    person = {"id": 88, "name": phone.owner_name, "email": phone.mail}
    return person | {"owner_url": f"{_API}/people/88"}


def _issue(phone: Phone, number: int) -> dict[str, object]:
    check = {"id": 311, "name": f"{phone.os_name} - Require a Passcode", "tags": ["phones"]}
    return {
        "issue_id": 9021,
        "title": "Passcode is not set",
        "check_id": 311,
        "device": {"id": number, "name": phone.friendly_name},
        "check": check,
    }


def _sign_in() -> dict[str, object]:
    return {
        "auth_log_url": f"{_API}/auth_logs/id660914273055",
        "browser_name": "Mobile Safari",
        "browser_version": "17.5",
        "launcher_version": None,  # phones run no launcher
        "person_id": 88,
    }


def _console_action() -> dict[str, object]:
    return {
        "actor_name": "Pat Admin",
        "actor_type": "User",
        "actor_email": "pat@contoso.com",
        "ip_address": "203.0.113.17",
        "description": "Changed the grace period of check 311",
    }


def _ulid(at: datetime) -> str:
    """Return a ULID: 48 bits of milliseconds, 80 random ones, in Crockford's base 32."""
    number = int(at.timestamp() * 1000) << 80 | randomness.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


SENDER = Sender(name="kolide", events=EVENTS, compose=compose, new_secret=new_shared_secret)
