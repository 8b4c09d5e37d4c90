"""Orders that are not about one device, as they stand on device-commands."""

import uuid
from typing import Annotated, Any, Literal

import msgspec

from shared.devices import tenant_change
from shared.devices.plan_hash import LookedAt
from shared.devices.tenant_change import (
    RemoveStale,
    RotateCertificate,
    TenantChange,
    TenantCommand,
)
from shared.errors import Rejected
from shared.telemetry.traces import carried

COMMAND = "easgate.command.v1"
Requester = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
Reason = Annotated[str, msgspec.Meta(max_length=1000)]


class Envelope(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every order carries beside what is to change."""

    schema: Literal["easgate.command.v1"]
    command_id: uuid.UUID
    tenant_id: uuid.UUID
    reason: Reason
    requested_by: Requester
    plan_hash: LookedAt = ""  # of remove_stale: that of the plan that it carries out


class RotationRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who orders a new certificate, and why; command_id is the idempotency key."""

    requested_by: Requester
    reason: Reason = ""
    command_id: uuid.UUID | None = None


def is_tenant_command(fields: dict[str, Any]) -> bool:
    """Whether a message, decoded so far, asks for one of these changes."""
    action = fields.get("action")
    return isinstance(action, str) and action in tenant_change.ACTIONS


def read(fields: dict[str, Any]) -> TenantCommand:
    """Return the order; Rejected says what is wrong with it."""
    names = _around(fields.get("action"))
    try:
        envelope = msgspec.convert(
            {name: fields[name] for name in names if name in fields}, Envelope
        )
        rest = {name: value for name, value in fields.items() if name not in names}
        change: TenantChange = msgspec.convert(rest, TenantChange)
    except msgspec.MsgspecError as error:
        raise Rejected(f"the message does not have the documented shape: {error}") from error
    tenant_change.check(change)
    return TenantCommand(
        command_id=str(envelope.command_id),
        tenant_id=str(envelope.tenant_id),
        change=change,
        reason=envelope.reason,
        requested_by=envelope.requested_by,
        plan_hash=envelope.plan_hash,
    )


def read_rotation(body: bytes, tenant_id: str) -> TenantCommand:
    """Return the order for a new certificate; Rejected says what is wrong with it."""
    try:
        asked = msgspec.json.decode(body, type=RotationRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"the request does not have the documented shape: {error}") from error
    return TenantCommand(
        command_id=str(asked.command_id or uuid.uuid4()),
        tenant_id=tenant_id,
        change=RotateCertificate(),
        reason=asked.reason,
        requested_by=asked.requested_by,
    )


def write(command: TenantCommand) -> bytes:
    """Return the queue message for *command*."""
    change: dict[str, object] = msgspec.to_builtins(command.change)
    envelope = {
        "schema": COMMAND,
        "command_id": command.command_id,
        "tenant_id": command.tenant_id,
        "reason": command.reason,
        "requested_by": command.requested_by,
        **({"plan_hash": command.plan_hash} if command.plan_hash else {}),
    }
    return msgspec.json.encode({**envelope, **change, **carried()})


def _around(action: object) -> frozenset[str]:
    """Return the names of the fields around the change; a removal has a plan's hash of its own."""
    own = {"plan_hash"} if action == RemoveStale.__struct_config__.tag else set()
    return frozenset(Envelope.__struct_fields__) - own
