"""
SimpleMDM: type, at and data as JSON. There is no signature; what is secret is the address.

The API reference gives the envelope and the names of the events, and says that data is minimal and
varies. Not documented: data itself. device with id and serial_number is what published receivers
read, model of a device added to Apple's portal too; name, udid, imei and group are ours.
"""

import json
from datetime import datetime, timedelta, timezone

import httpx

from infra.local.simulators.mdm.credentials import in_query
from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

EVENTS = (
    "device.unenrolled",
    "device.enrolled",
    "device.lock.enabled",
    "device.changed_group",
    "abm.device.added",
)
_PACIFIC = timezone(timedelta(hours=-7))  # the reference shows local times, this offset among them


def compose(event: str, phone: Phone, *, url: str, secret: str, at: datetime) -> httpx.Request:
    """Return the delivery, its time at an offset from UTC."""
    check_event(event, EVENTS)
    body = {
        "type": event,
        "at": at.astimezone(_PACIFIC).isoformat(timespec="milliseconds"),
        "data": _data(event, phone),
    }
    headers = {"Content-Type": "application/json"}
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Request("POST", in_query(url, secret), headers=headers, content=content)


def _data(event: str, phone: Phone) -> dict[str, object]:
    if event == "abm.device.added":  # known to Apple, not yet to SimpleMDM: no id
        return {"device": {"serial_number": phone.serial, "model": phone.model_name}}
    device = {
        "id": int(phone.mdm_id),
        "name": phone.friendly_name,
        "serial_number": phone.serial,
        "udid": phone.udid,
        "imei": phone.imei,
    }
    if event == "device.changed_group":
        return {"device": device, "device_group": {"id": 38, "name": "Field staff"}}
    return {"device": device}


SENDER = Sender(name="simplemdm", events=EVENTS, compose=compose, new_secret=new_shared_secret)
