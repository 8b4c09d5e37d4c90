"""
What stands on the queue alerts: one event, for one receiver.

The event stands there as Event Grid got it, byte for byte, unless it is longer than a
message may be.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from shared.alerts import told
from shared.alerts.told import UNREADABLE, Told
from shared.errors import Rejected
from shared.telemetry.traces import carried

QUEUE = "alerts"
SCHEMA = "easgate.alert.v1"
EVENT_LIMIT = 40 * 1024  # bytes; a queue message holds 64 KiB in base64, with a little besides
VALUE_LIMIT = 1024  # bytes of one value of an event that is too long


class AlertMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One alert; the last two are of a message put back."""

    schema: Literal["easgate.alert.v1"]
    alert_id: uuid.UUID
    tenant_id: str
    receiver: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    event: msgspec.Raw
    traceparent: str = ""
    waiting_since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    attempt: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What one receiver is to be told."""

    alert_id: str
    receiver: str
    event: bytes
    told: Told
    waiting_since: datetime | None


def write(receiver: str, event: bytes, known: Told) -> bytes:
    """Return the queue message."""
    return msgspec.json.encode(
        {
            "schema": SCHEMA,
            "alert_id": uuid.uuid5(uuid.NAMESPACE_OID, f"{known.id}|{receiver}"),
            "tenant_id": known.tenant_id,
            "receiver": receiver,
            "event": msgspec.Raw(_fitting(event)),
            **carried(),
        }
    )


def read(body: bytes) -> Alert:
    """Return the alert; Rejected if this is none."""
    try:
        message = msgspec.json.decode(body, type=AlertMessage)
    except UNREADABLE as error:
        raise Rejected(f"the message does not have the documented shape: {error}") from error
    event = bytes(message.event)
    return Alert(
        alert_id=str(message.alert_id),
        receiver=message.receiver,
        event=event,
        told=told.read(event),
        waiting_since=message.waiting_since,
    )


def _fitting(event: bytes) -> bytes:
    """Return the event; of one that is too long without the long parts of its data."""
    if len(event) <= EVENT_LIMIT:
        return event
    fields = msgspec.json.decode(event, type=dict[str, msgspec.Raw])
    data = msgspec.json.decode(fields["data"], type=dict[str, msgspec.Raw])
    kept = {name: raw for name, raw in data.items() if len(bytes(raw)) <= VALUE_LIMIT}
    shortened = msgspec.Raw(msgspec.json.encode({**kept, "shortened": True}))
    return msgspec.json.encode({**fields, "data": shortened})
