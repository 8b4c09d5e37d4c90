"""The order to release what is held, as it stands on device-commands; only we write it."""

import uuid
from typing import Literal

import msgspec

from shared.devices.guard import Approval, HoldReason
from shared.devices.release import Release
from shared.sender_messages import Attempts, Moment, Schema, Text, decode
from shared.telemetry.traces import carried

RELEASE = "easgate.release.v1"


class ReleaseMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Who approves what."""

    schema: Literal["easgate.release.v1"]
    release_id: uuid.UUID
    tenant_id: uuid.UUID
    approval: Approval
    reason: HoldReason | None = None
    asked_by: Text = ""
    traceparent: str = ""
    waiting_since: Moment | None = None
    attempt: Attempts = 0


def is_release(body: bytes) -> bool:
    """Whether a message is one of these, right or wrong."""
    try:
        return msgspec.json.decode(body, type=Schema).schema == RELEASE
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def read(body: bytes) -> Release:
    """Return the order; Rejected says what is wrong with it."""
    message = decode(body, ReleaseMessage)
    return Release(
        release_id=str(message.release_id),
        tenant_id=str(message.tenant_id),
        approval=message.approval,
        reason=message.reason,
        asked_by=message.asked_by,
    )


def write(release: Release) -> bytes:
    """Return the queue message for *release*."""
    fields: dict[str, object] = msgspec.to_builtins(release)
    return msgspec.json.encode({"schema": RELEASE, **fields, **carried()})
