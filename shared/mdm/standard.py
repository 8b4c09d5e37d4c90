"""
The plain sender: any portal that speaks Standard Webhooks with our four event types.

{"type": "device.noncompliant", "timestamp": "2026-05-04T10:00:00Z",
 "data": {"mailbox": "adele@contoso.com", "device_id": "<EAS DeviceID>",
          "ownership": "corporate"}}

In place of `mailbox` and `device_id`, or beside them, `data` may hold what else tells which
device it is: upn, mail, directory_id, serial, udid, imei, mdm_id, with model, os, os_version
and name. `ownership` may be left out; what is neither corporate nor personal reads as unknown.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

import msgspec

from shared.devices.model import DeviceId, MailboxName, Posture
from shared.errors import Rejected
from shared.mdm.fields import Reader
from shared.mdm.reading import names_device, reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Heard, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "device.compliant": Posture.COMPLIANT,
    "device.noncompliant": Posture.NONCOMPLIANT,
    "device.retired": Posture.RETIRED,
    "device.lost": Posture.LOST,
}

FIELDS: Final = Fields(
    kind=("type",),
    occurred_at=("timestamp",),
    ownership=("data.ownership",),
    upn=("data.upn",),
    mail=("data.mailbox", "data.mail"),
    directory_id=("data.directory_id",),
    eas_device_id=("data.device_id", "data.eas_device_id"),
    serial=("data.serial", "data.serial_number"),
    udid=("data.udid",),
    imei=("data.imei",),
    mdm_id=("data.mdm_id",),
    model=("data.model",),
    os=("data.os",),
    os_version=("data.os_version",),
    name=("data.name",),
)

_reader = Reader.of(FIELDS)


class _Data(msgspec.Struct):
    mailbox: MailboxName | msgspec.UnsetType = msgspec.UNSET
    device_id: DeviceId | msgspec.UnsetType = msgspec.UNSET


class _Event(msgspec.Struct):
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    data: _Data


def _hear(event: object) -> Heard:
    """
    Return what the event says; of the types that are ours, every word must be right.

    The portal is built for us: a report that it spells wrongly had better be noticed there.
    """
    heard = _reader.hear(event)
    if heard.kind not in MEANINGS:
        return heard
    told = _strictly(event)
    subject = heard.subject
    if isinstance(told.data.mailbox, str):
        subject = replace(subject, mail=told.data.mailbox)
    if isinstance(told.data.device_id, str):
        subject = replace(subject, eas_device_id=told.data.device_id)
    if not names_device(subject):
        raise Rejected("data names no device: give device_id, serial, udid, imei or mdm_id")
    return replace(heard, subject=subject, occurred_at=told.timestamp)


def _strictly(event: object) -> _Event:
    try:
        return msgspec.convert(event, _Event)
    except msgspec.ValidationError as error:
        raise Rejected(f"the body is not an event of the documented shape: {error}") from error


VENDOR: Final = Vendor(
    name="standard",
    schemes=("standard-webhooks",),
    read=reading(_hear, MEANINGS),
    meanings=MEANINGS,
    # Standard Webhooks 1.0.0: any 2xx is taken, 503 with Retry-After is tried again, 410 stops
    # the sender; it waits 15 s at least.
    answers=Answers(),
)
