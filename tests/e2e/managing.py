"""Phones as their MDMs know them, and what MDMs of every kind send about them."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import httpx

from infra.local.simulators.exchange import Device
from infra.local.simulators.mdm.phones import ADELES, Phone
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import World, utc_now
from tests.e2e.asking import get
from tests.e2e.looking import finished

Operation = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """One phone, from both sides."""

    phone: Phone  # as an MDM knows it
    device: Device  # as it syncs


def managed(world: World, name: str, *, device_id: str = "") -> Managed:
    """Let an iPhone sync a mailbox of its own; by default its DeviceID is made of its serial."""
    told_apart = sha256(name.encode()).hexdigest().upper()
    serial = f"F2LX40{told_apart[:6]}"
    mailbox = world.tenant.add_mailbox(f"{name}@contoso.com")
    device = world.tenant.add_device(
        mailbox,
        device_id=device_id or f"Appl{serial}",
        model="iPhone14C2",
        os="iOS 17.5.1 21F90",
        user_agent="Apple-iPhone14C2/2106.90",
    )
    phone = replace(
        ADELES,
        upn=mailbox.address,
        mail=mailbox.address,
        eas_device_id=device.device_id,
        serial=serial,
        udid=f"00008110-{told_apart[:16]}",
        imei="",  # of a phone that uses Wi-Fi alone
        mdm_id=str(int(told_apart[:6], 16)),
    )
    return Managed(phone=phone, device=device)


def composed(
    world: World, vendor: str, event: str, phone: Phone, **details: object
) -> httpx.Request:
    """Return a vendor's call about a phone, as the sender of that name makes it."""
    return SENDERS[vendor].compose(
        event,
        phone,
        url=address(world, vendor),
        secret=signs(world, vendor),
        at=utc_now(),
        **details,
    )


def address(world: World, vendor: str) -> str:
    """Return where a sender posts to."""
    return f"{world.url}/api/mdm/{vendor}"


def signs(world: World, vendor: str) -> str:
    """Return the secret as the sender holds it."""
    return world.sender_keys[vendor].signs


def reported(
    world: World, client: httpx.Client, vendor: str, event: str, phone: Phone, **details: object
) -> str:
    """Send a call that starts one operation; returns the operation's id."""
    answer = client.send(composed(world, vendor, event, phone, **details))
    assert answer.is_success, answer.text
    (operation_id,) = answer.json()["operation_ids"]
    return str(operation_id)


def held(world: World, client: httpx.Client, phone: Phone) -> Operation:
    """Return the operation that waits for a person to say which device a phone is, if any."""
    listed = get(world, client, "operations?state=held").json()["operations"]
    reports = [each for each in listed if each["subject"]]
    about: list[Operation] = [each for each in reports if each["subject"]["serial"] == phone.serial]
    return about[0] if about else {}


def carried_out(world: World, client: httpx.Client, operation_id: str) -> list[Operation]:
    """Return a report's operation and those it was passed on to; empty until all are done."""
    found = finished(world, client, operation_id)
    ids = found.get("signal_ids", [])
    passed_on = [finished(world, client, each) for each in ids]
    return [found, *passed_on] if found and all(passed_on) else []


def which(mine: Managed) -> dict[str, Any]:
    """Return somebody's word that a report is about this very phone."""
    device = {"mailbox": mine.device.mailbox.address, "device_id": mine.device.device_id}
    return {"requested_by": "helpdesk:jo", "links": [device]}
