"""
The plain sender: any portal that speaks Standard Webhooks with our four event types.

{"type": "device.noncompliant", "timestamp": "2026-05-04T10:00:00Z",
 "data": {"mailbox": "adele@contoso.com", "device_id": "<EAS DeviceID>",
          "ownership": "corporate"}}

`ownership` may be left out; what is neither corporate nor personal reads as unknown.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from shared.devices.model import DeviceId, MailboxName, Ownership, Posture
from shared.errors import Rejected
from shared.mdm.signature import VerifiedBody

POSTURES = {
    "device.compliant": Posture.COMPLIANT,
    "device.noncompliant": Posture.NONCOMPLIANT,
    "device.retired": Posture.RETIRED,
    "device.lost": Posture.LOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one delivery says."""

    posture: Posture
    mailbox: str
    device_id: str
    occurred_at: datetime
    ownership: Ownership


class _Kind(msgspec.Struct):
    type: str


class _Data(msgspec.Struct):
    mailbox: MailboxName
    device_id: DeviceId
    ownership: Ownership | None = None


class _Event(msgspec.Struct):
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    data: _Data


def read(body: VerifiedBody) -> Report | None:
    """Return the report, None for event types that do not concern us; Rejected if unreadable."""
    try:
        posture = POSTURES.get(msgspec.json.decode(body, type=_Kind).type)
        if posture is None:
            return None
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"the body is not an event of the documented shape: {error}") from error
    return Report(
        posture=posture,
        mailbox=event.data.mailbox,
        device_id=event.data.device_id,
        occurred_at=event.timestamp,
        ownership=event.data.ownership or Ownership.UNKNOWN,
    )
