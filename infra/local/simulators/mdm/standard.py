"""
The portal of our own making: Standard Webhooks 1.0.0, signed with a shared secret (v1).

The envelope (type, timestamp, data) is the one that specification recommends; the names inside
data are our own. A phone is named by mailbox and EAS device id, or by what is printed on it.
"""

import json
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.portal import Mdm, Posture, standard_webhooks_request
from infra.local.simulators.mdm.sender import Keys, Sender, check_event

EVENTS = tuple(str(posture) for posture in Posture)
NamedBy = Literal["partnership", "hardware"]


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    named_by: NamedBy = "partnership",
    message_id: str | None = None,
) -> httpx.Request:
    """Return the signed report; the same message_id again makes a repeated delivery."""
    return standard_webhooks_request(
        url,
        secrets=[secret],
        body=report(event, phone, at=at, named_by=named_by),
        message_id=message_id or f"msg_{uuid4().hex}",
        sent_at=at,
    )


def report(event: str, phone: Phone, *, at: datetime, named_by: NamedBy = "partnership") -> bytes:
    """Return the body: JSON without spaces, time in UTC with milliseconds."""
    check_event(event, EVENTS)
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = _partnership(phone) if named_by == "partnership" else _hardware(phone)
    body = {"type": event, "timestamp": moment, "data": data | {"ownership": phone.ownership}}
    return json.dumps(body, separators=(",", ":")).encode()


def _partnership(phone: Phone) -> dict[str, str]:
    return {"mailbox": phone.mail, "device_id": phone.eas_device_id}


def _hardware(phone: Phone) -> dict[str, str]:
    return {
        "upn": phone.upn,
        "serial": phone.serial,
        "udid": phone.udid,
        "imei": phone.imei,
        "model": phone.model,
        "os": f"{phone.os_name} {phone.os_version}",
    }


def _new_secret() -> Keys:
    secret = Mdm.new_secret()
    return Keys(signs=secret, checks=secret)


SENDER = Sender(name="standard", events=EVENTS, compose=compose, new_secret=_new_secret)
