"""What stands on the queue inventory-pages: which run is to be taken, or taken further."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.errors import Rejected
from shared.telemetry.traces import carried

QUEUE = "inventory-pages"
SCHEMA = "easgate.inventory.v1"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class RunMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One run; how far it has come is in its record. The last two are of a message put back."""

    schema: Literal["easgate.inventory.v1"]
    tenant_id: uuid.UUID
    run_id: uuid.UUID
    scope: Scope
    traceparent: str = ""
    waiting_since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    attempt: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class RunRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who orders a run over HTTP, and of which scope."""

    requested_by: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
    scope: Scope = Scope.FULL


def read(body: bytes) -> RunOrder:
    """Return the order; Rejected says which field is wrong."""
    try:
        message = msgspec.json.decode(body, type=RunMessage)
    except UNREADABLE as error:
        raise Rejected(f"the message does not have the documented shape: {error}") from error
    return RunOrder(
        tenant_id=str(message.tenant_id), run_id=str(message.run_id), scope=message.scope
    )


def write(order: RunOrder) -> bytes:
    """Return the queue message for *order*."""
    fields = {"tenant_id": order.tenant_id, "run_id": order.run_id, "scope": order.scope}
    return msgspec.json.encode({"schema": SCHEMA, **fields, **carried()})


def read_request(body: bytes) -> RunRequest:
    """Return what was asked for over HTTP; Rejected says which field is wrong."""
    try:
        return msgspec.json.decode(body, type=RunRequest)
    except UNREADABLE as error:
        raise Rejected(f"the request does not have the documented shape: {error}") from error
