"""
Our queue messages: what they look like, strictly checked.

On a queue they stand in base64, as the platform's tools write them, or as plain JSON, as
Event Grid does. We decode them ourselves (host.json: messageEncoding none): the host would
bury what it cannot decode where no function ever sees it, and would let a message's own
properties overwrite its metadata.

Names at the top level that the Functions host overwrites (id, dequeueCount, ...) are not
used. `waiting_since` and `attempt` are ours: they travel with a message that was put back.
`traceparent` (W3C Trace Context) may stand in each, and decides nothing.
"""

import base64
import binascii
import uuid
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec

from shared import inventory_messages, release_messages, sender_messages, tenant_messages
from shared.devices.guard import SYSTEM
from shared.devices.inventory_order import Asker, opened_by_run
from shared.devices.model import (
    Action,
    Command,
    DeviceId,
    MailboxName,
)
from shared.devices.operation import (
    UNREADABLE,
    Operation,
    State,
    opened_by_command,
    opened_by_report,
    opened_by_signal,
    opened_by_tenant_command,
)
from shared.devices.plan_hash import LookedAt
from shared.devices.release import opened_by_release
from shared.devices.subject import Report
from shared.devices.tenant_change import TenantCommand
from shared.errors import Rejected
from shared.sender_messages import Attempts, Moment, Text
from shared.telemetry.message_context import About
from shared.telemetry.traces import TRACEPARENT, carried

SIGNALS = "device-signals"
COMMANDS = "device-commands"
UNKNOWN = "unknown"
GLIMPSE = 320  # characters kept of a field nobody has checked


class CommandMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """An order on one device. Unknown fields are refused: they may change its meaning."""

    schema: Literal["easgate.command.v1"]
    command_id: uuid.UUID
    tenant_id: uuid.UUID
    action: Action
    mailbox: MailboxName
    device_id: DeviceId
    reason: Text
    requested_by: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
    even_if_personal: bool = False
    plan_hash: LookedAt = ""
    traceparent: str = ""
    waiting_since: Moment | None = None
    attempt: Attempts = 0


class Waiting(msgspec.Struct):
    """How long a message has been put back and how often, whatever else it says."""

    waiting_since: Moment | None = None
    attempt: Attempts = 0


class _Traced(msgspec.Struct):
    """Which trace a message belongs to, whatever else it says."""

    traceparent: str = ""


class _Private(msgspec.Struct):
    """Who and what a message is about, whatever else it says."""

    mailbox: Any = ""
    device_id: Any = ""
    subject: Any = None


class Glimpse(msgspec.Struct):
    """As much of an unreadable message as helps to say which one it was."""

    command_id: str = ""
    signal_id: str = ""
    report_id: str = ""
    run_id: str = ""
    release_id: str = ""
    alert_id: str = ""
    tenant_id: str = ""
    action: str = ""
    posture: str = ""
    mailbox: str = ""
    device_id: str = ""
    requested_by: str = ""
    sender: str = ""


def content(text: bytes) -> bytes:
    """Return a message's content: base64 is decoded, anything else is taken as it stands."""
    if text.lstrip().startswith((b"{", b"[")):
        return text
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text


def read_order(body: bytes) -> Command | TenantCommand:
    """Return the order, whatever it is about; Rejected says what is wrong with it."""
    fields = sender_messages.decode(body, dict[str, Any])
    if tenant_messages.is_tenant_command(fields):
        ours = {*Waiting.__struct_fields__, TRACEPARENT}
        return tenant_messages.read({name: fields[name] for name in fields.keys() - ours})
    return read_command(body)


def read_command(body: bytes) -> Command:
    """Return the order; Rejected says which field is wrong."""
    message = sender_messages.decode(body, CommandMessage)
    return Command(
        command_id=str(message.command_id),
        tenant_id=str(message.tenant_id),
        action=message.action,
        mailbox=message.mailbox,
        device_id=message.device_id,
        reason=message.reason,
        requested_by=message.requested_by,
        even_if_personal=message.even_if_personal,
        plan_hash=message.plan_hash,
    )


def write_command(command: Command) -> bytes:
    """Return the queue message for *command*."""
    fields = asdict(command)
    if not command.plan_hash:
        del fields["plan_hash"]
    return msgspec.json.encode({"schema": "easgate.command.v1", **fields, **carried()})


def waiting(body: bytes) -> Waiting:
    """Return how long the message has waited; anything unreadable has not."""
    try:
        return msgspec.json.decode(body, type=Waiting)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Waiting()


def put_off(body: bytes, now: datetime) -> bytes:
    """Return the message with its waiting noted, to be put back."""
    so_far = waiting(body)
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
    # A start in the future would never run out.
    since = min(so_far.waiting_since or now, now)
    noted = Waiting(waiting_since=since, attempt=so_far.attempt + 1)
    return msgspec.json.encode({**fields, **msgspec.structs.asdict(noted)})


def glimpse(body: bytes) -> Glimpse:
    """Return what can be told of a message that could not be handled."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Glimpse()
    names = Glimpse.__struct_fields__
    return Glimpse(**{name: fields[name] for name in names if isinstance(fields.get(name), str)})


def named(body: bytes) -> str:
    """Return which message this is, for the log: ids only."""
    seen = glimpse(body)
    which = next(filter(is_guid, (_id(seen), seen.alert_id)), "a message without an id")
    return f"{which} of tenant {seen.tenant_id if is_guid(seen.tenant_id) else UNKNOWN}"


def traceparent(body: bytes) -> str:
    """Return the trace that the message belongs to; nothing if it names none."""
    try:
        return msgspec.json.decode(body, type=_Traced).traceparent
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def about(body: bytes) -> About:
    """Return what telemetry may say of the message, and what it must not."""
    try:
        names = msgspec.json.decode(body, type=_Private)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        names = _Private()
    seen = glimpse(body)
    told = {"easgate.operation_id": _id(seen), "easgate.tenant_id": seen.tenant_id}
    subject = names.subject.values() if isinstance(names.subject, dict) else ()
    private = (names.mailbox, names.device_id, *subject)
    return About(
        ids={name: text.lower() for name, text in told.items() if is_guid(text)},
        private=tuple(text for text in private if isinstance(text, str)),
    )


def asked(body: bytes, now: datetime) -> Operation:
    """Return the operation that a message, even an unreadable one, would have started."""
    with suppress(Rejected):
        return opened_by_run(inventory_messages.read(body), Asker(name="inventory"), now)
    with suppress(Rejected):
        return opened_by_release(release_messages.read(body), now, SYSTEM)
    with suppress(Rejected):
        return _opened_by_order(read_order(body), now)
    try:
        word = sender_messages.read_word(body)
    except Rejected:
        return _opened_by_anything(body, now)
    if isinstance(word, Report):
        return opened_by_report(word, now)
    return opened_by_signal(word, now)


def _opened_by_order(order: Command | TenantCommand, now: datetime) -> Operation:
    if isinstance(order, TenantCommand):
        return opened_by_tenant_command(order, now)
    return opened_by_command(order, now)


def _id(seen: Glimpse) -> str:
    """Return the message's id; what is none names something else, or somebody."""
    known = (seen.command_id, seen.signal_id, seen.report_id, seen.run_id, seen.release_id)
    return next(filter(is_guid, known), "")


def _opened_by_anything(body: bytes, now: datetime) -> Operation:
    """Open an operation for a message of which little or nothing can be read."""
    seen = glimpse(body)
    operation = Operation(
        # Not the id it claims: that may be another message's.
        operation_id=str(uuid.uuid5(uuid.NAMESPACE_OID, sha256(as_sent(body)).hexdigest())),
        tenant_id=seen.tenant_id.lower() if is_guid(seen.tenant_id) else UNKNOWN,
        asked=(seen.action or seen.posture or UNKNOWN)[:GLIMPSE],
        asked_by=(seen.requested_by or seen.sender or UNKNOWN)[:GLIMPSE],
        mailbox=seen.mailbox[:GLIMPSE],
        device_id=seen.device_id[:GLIMPSE],
        opened_at=now,
    )
    return operation.stepped(State.WAITING, UNREADABLE, now)


def as_sent(body: bytes) -> bytes:
    """Return the message without what put_off added, so that its id stays the same."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
    kept = {name: raw for name, raw in fields.items() if name not in Waiting.__struct_fields__}
    return msgspec.json.encode(kept, order="sorted")


def is_guid(text: str) -> bool:
    """Whether the text is a GUID in its usual form."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
