"""
Fleet: the activities webhook. There is no signature; what is secret is the address.

Envelope and details follow Fleet's audit-log pages and its source. Fleet has no activity for
compliance: its policies judge computers, and their failures go to another webhook. Not documented:
mdm_platform "android"; the actor as null where a device acted by itself.
"""

import json
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import httpx

from infra.local.simulators.mdm.credentials import in_query
from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

_BY_A_DEVICE = ("mdm_enrolled", "mdm_unenrolled")
_BY_A_PERSON = (
    "wiped_host",
    "deleted_host",
    "locked_host",
    "unlocked_host",
    "resent_configuration_profile",
)
EVENTS = _BY_A_DEVICE + _BY_A_PERSON


def compose(event: str, phone: Phone, *, url: str, secret: str, at: datetime) -> httpx.Request:
    """Return the activity; a personal phone is named by an enrolment id, not by its serial."""
    check_event(event, EVENTS)
    person = event in _BY_A_PERSON
    body = {
        "timestamp": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor_full_name": "Megan Bowen" if person else None,
        "actor_id": 3 if person else None,
        "actor_email": "megan@contoso.com" if person else None,
        "type": event,
        "details": _details(event, phone),
    }
    headers = {"Content-Type": "application/json", "User-Agent": "Go-http-client/1.1"}
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Request("POST", in_query(url, secret), headers=headers, content=content)


def _details(event: str, phone: Phone) -> dict[str, object]:
    host = {"host_id": int(phone.mdm_id), "host_display_name": phone.friendly_name}
    more: dict[str, dict[str, object]] = {
        "mdm_enrolled": _enrolment(phone) | {"mdm_platform": _mdm_platform(phone)},
        "mdm_unenrolled": _enrolment(phone),
        "wiped_host": {"host_platform": phone.platform.lower()},
        "deleted_host": {"host_serial": phone.serial, "triggered_by": "manual"},
        "locked_host": {"view_pin": False},
        "unlocked_host": {"host_platform": phone.platform.lower()},
        "resent_configuration_profile": {"profile_name": "Passcode requirements"},
    }
    return host | more[event]


def _enrolment(phone: Phone) -> dict[str, object]:
    owned = phone.ownership == "corporate"
    enrolment_id = None if owned else str(uuid5(NAMESPACE_URL, f"enrolment/{phone.mdm_id}"))
    return {
        "host_serial": enrolment_id or phone.serial,
        "installed_from_dep": owned,
        "enrollment_id": enrolment_id,
        "platform": phone.platform.lower(),
    }


def _mdm_platform(phone: Phone) -> str:
    return "apple" if phone.platform == "iOS" else phone.platform.lower()


SENDER = Sender(name="fleet", events=EVENTS, compose=compose, new_secret=new_shared_secret)
