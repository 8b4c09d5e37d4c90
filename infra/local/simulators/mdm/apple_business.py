"""
Apple Business: webhooks about organisation devices, and the health check of an endpoint.

Documented: the event names, all four of them; the words of the device API (resource type
webhookEvents, attributes eventType and payload, the payload being JSON inside a text; a device's
id is its serial number). Documented for Apple Business' other webhooks, those of brands: the
headers Business-Signature and Business-Timestamp, and the health check. Not documented in what we
could read: which headers the device webhooks carry, and what a payload holds; we use the brands'
scheme, and payloads with old and new values. No event tells of enrolment, compliance, wiping or
lost mode: the nearest is a device taken from its management service.
"""

import base64
import hashlib
import hmac
import json
import secrets as randomness
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

EVENTS = (
    "ORG_DEVICE_RELATIONSHIP_ASSIGNED_SERVER_CHANGED",
    "ORG_DEVICE_ATTRIBUTE_CHANGED",
    "ORG_DEVICE_ATTRIBUTE_MIGRATION_DETAILS_CHANGED",
    "ORG_DEVICE_RELATIONSHIP_WARRANTY_CHANGED",
)
SERVER = {"id": "4D20A7F1C86B4E5390B2E77A1C3F58D6", "serverName": "Contoso MDM"}


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    assigned_to: dict[str, str] | None = None,
    event_id: str | None = None,
) -> httpx.Request:
    """Return the event; *assigned_to* is the new management service (SERVER), None if none."""
    check_event(event, EVENTS)
    old, new = _values(event, at, assigned_to)
    told = {"deviceId": phone.serial, "serialNumber": phone.serial}
    attributes = {
        "eventType": event,
        "createdDateTime": _moment(at),
        "payload": json.dumps(told | {"oldValue": old, "newValue": new}, separators=(",", ":")),
    }
    body = {
        "data": {
            "type": "webhookEvents",
            "id": event_id or str(uuid4()),
            "attributes": attributes,
        }
    }
    return _signed(url, json.dumps(body, separators=(",", ":")).encode(), secret=secret, at=at)


def health_check(url: str, *, at: datetime, event_id: str | None = None) -> httpx.Request:
    """Return the probe, signed by nobody's secret as documented: it wants 400, not 2xx."""
    body = {
        "type": "HEALTH_CHECK",
        "id": event_id or f"{uuid4()}_HEALTH",
        "createdDate": _moment(at),
    }
    return _signed(url, json.dumps(body).encode(), secret=randomness.token_urlsafe(32), at=at)


def signature(body: bytes, timestamp: str, *, secret: str) -> str:
    """Return base64 of HMAC-SHA512 over the body with the timestamp right behind it."""
    signed = body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha512)).decode()


def _signed(url: str, body: bytes, *, secret: str, at: datetime) -> httpx.Request:
    timestamp = str(int(at.timestamp() * 1000))
    headers = {
        "Content-Type": "application/json",
        "Business-Signature": signature(body, timestamp, secret=secret),
        "Business-Timestamp": timestamp,
    }
    return httpx.Request("POST", url, headers=headers, content=body)


def _values(
    event: str, at: datetime, assigned_to: dict[str, str] | None
) -> tuple[dict[str, object], dict[str, object] | None]:
    """Return what was, and what is now."""
    match event:
        case "ORG_DEVICE_RELATIONSHIP_ASSIGNED_SERVER_CHANGED":
            former = {"id": "0B7D9C5E2A814F6B93D1C8E74F20A615", "serverName": "Old MDM"}
            if assigned_to is None:
                return {"assignedServer": SERVER}, None
            return {"assignedServer": former}, {"assignedServer": assigned_to}
        case "ORG_DEVICE_ATTRIBUTE_CHANGED":
            return (
                {"status": "ASSIGNED", "releasedFromOrgDateTime": None},
                {"status": "UNASSIGNED", "releasedFromOrgDateTime": _moment(at)},
            )
        case "ORG_DEVICE_ATTRIBUTE_MIGRATION_DETAILS_CHANGED":
            return {"migrationStatus": "NONE"}, {"migrationStatus": "SCHEDULED"}
        case _:
            return {"warranty": "LIMITED"}, {"warranty": "APPLECARE"}


def _moment(at: datetime) -> str:
    """Return UTC with milliseconds and a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


SENDER = Sender(name="apple_business", events=EVENTS, compose=compose, new_secret=new_shared_secret)
