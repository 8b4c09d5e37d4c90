"""
An MDM that speaks CloudEvents 1.0 over HTTP, by its HTTP binding and its web-hook profile.

The type names, the source and what is in data are our own: the specification leaves them to
the producer. Credential: a bearer token, on deliveries only; the handshake carries none.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

import httpx

from infra.local.simulators.mdm.credentials import bearer
from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

EVENTS = tuple(
    f"com.example.mdm.device.{what}"
    for what in (
        "noncompliant",
        "compliant",
        "enrolled",
        "unenrolled",
        "wiped",
        "deleted",
        "compromised",
        "lost",
        "checkedin",
    )
)
ORIGIN = "mdm.example.com"
SOURCE = "https://mdm.example.com/tenants/contoso"
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')

Mode = Literal["structured", "binary", "batched"]


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    mode: Mode = "structured",
    event_id: str | None = None,
) -> httpx.Request:
    """Return the delivery; batched is a batch of one. The same event_id again is a repeat."""
    told = _event(event, phone, at=at, event_id=event_id)
    if mode == "binary":
        data = told.pop("data")
        attributes = {f"ce-{name}": _header(str(value)) for name, value in told.items()}
        del attributes["ce-datacontenttype"]  # in binary mode that is Content-Type itself
        return _delivery(url, secret, data, "application/json", attributes)
    if mode == "batched":
        return _delivery(url, secret, [told], "application/cloudevents-batch+json")
    return _delivery(url, secret, told, "application/cloudevents+json")


def batch(
    reports: Sequence[tuple[str, Phone]], *, url: str, secret: str, at: datetime
) -> httpx.Request:
    """Return one delivery of several events, each with an id of its own."""
    told = [_event(event, phone, at=at, event_id=None) for event, phone in reports]
    return _delivery(url, secret, told, "application/cloudevents-batch+json")


def handshake(
    url: str, *, origin: str = ORIGIN, callback: str | None = None, rate: int | None = None
) -> httpx.Request:
    """Return the OPTIONS request that asks for leave to deliver; *rate* is events a minute."""
    headers = {"WebHook-Request-Origin": origin}
    if callback is not None:
        headers["WebHook-Request-Callback"] = callback
    if rate is not None:
        headers["WebHook-Request-Rate"] = str(rate)
    return httpx.Request("OPTIONS", url, headers=headers)


def _event(event: str, phone: Phone, *, at: datetime, event_id: str | None) -> dict[str, object]:
    check_event(event, EVENTS)
    return {
        "specversion": "1.0",
        "id": event_id or str(uuid4()),
        "source": SOURCE,
        "type": event,
        "subject": f"devices/{phone.mdm_id}",
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "mailbox": phone.mail,
            "upn": phone.upn,
            "device_id": phone.eas_device_id,
            "serial": phone.serial,
            "udid": phone.udid,
            "imei": phone.imei,
            "model": phone.model,
            "os": f"{phone.os_name} {phone.os_version}",
            "ownership": phone.ownership,
        },
    }


def _delivery(
    url: str,
    secret: str,
    body: object,
    content_type: str,
    attributes: dict[str, str] | None = None,
) -> httpx.Request:
    headers = {
        "Content-Type": f"{content_type}; charset=utf-8",
        "Authorization": bearer(secret),
        "WebHook-Request-Origin": ORIGIN,
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Request("POST", url, headers=headers | (attributes or {}), content=content)


def _header(value: str) -> str:
    """Return an attribute as a header line: space, quote, percent, all beyond ASCII escaped."""
    return quote(value, safe=_PRINTABLE)


SENDER = Sender(name="cloudevents", events=EVENTS, compose=compose, new_secret=new_shared_secret)
