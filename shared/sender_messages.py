"""What senders say, as it stands on device-signals."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from shared.devices.model import DeviceId, MailboxName, Ownership, Posture, Signal, Trust
from shared.devices.subject import About, Report, Subject
from shared.errors import Rejected
from shared.telemetry.traces import carried

Text = Annotated[str, msgspec.Meta(max_length=1000)]
Attempts = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")
REPORT = "easgate.report.v1"
BUNDLED = 16  # words in one message: they are handled one after the other
BUNDLE_LIMIT = 44 * 1024  # bytes; a queue message holds 48 KiB before it is put in base64


class SignalMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One verified posture report."""

    schema: Literal["easgate.signal.v1"]
    signal_id: uuid.UUID
    tenant_id: uuid.UUID
    sender: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    trust: Trust
    posture: Posture
    mailbox: MailboxName
    device_id: DeviceId
    occurred_at: Moment
    ownership: Ownership = Ownership.UNKNOWN
    verified_by: Text = ""
    traceparent: str = ""
    waiting_since: Moment | None = None
    attempt: Attempts = 0


class ReportMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One verified report, about a device that is known by whatever its sender calls it."""

    schema: Literal["easgate.report.v1"]
    report_id: uuid.UUID
    tenant_id: uuid.UUID
    sender: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    trust: Trust
    posture: Posture
    subject: Subject
    occurred_at: Moment
    about: About = About.DEVICE
    ownership: Ownership = Ownership.UNKNOWN
    verified_by: Text = ""
    traceparent: str = ""
    waiting_since: Moment | None = None
    attempt: Attempts = 0


class Chosen(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One partnership that a device is."""

    mailbox: MailboxName
    device_id: DeviceId


class LinkRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which partnerships a device is, by somebody's word; none: it is not in Exchange."""

    requested_by: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
    links: Annotated[list[Chosen], msgspec.Meta(max_length=20)]


class Schema(msgspec.Struct):
    """What kind of message it is."""

    schema: str = ""


def decode(body: bytes, shape: type[T]) -> T:
    """Return the message; Rejected says what is wrong with its shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"the message does not have the documented shape: {error}") from error


def each(body: bytes) -> list[bytes]:
    """Return the words of a message one by one: one is usual, an array is possible."""
    try:
        return [bytes(word) for word in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [body]


def bundled(words: Sequence[bytes]) -> list[bytes]:
    """Return the queue messages that carry the written words, in their order."""
    messages: list[list[bytes]] = []
    size = 0
    for written in words:
        size += len(written) + 1
        if not messages or len(messages[-1]) == BUNDLED or size > BUNDLE_LIMIT:
            messages.append([])
            size = len(written) + 2
        messages[-1].append(written)
    return [bundle[0] if len(bundle) == 1 else b"[%s]" % b",".join(bundle) for bundle in messages]


def write_word(word: Signal | Report) -> bytes:
    """Return one word as it stands on the queue."""
    return write_report(word) if isinstance(word, Report) else write_signal(word)


def read_word(body: bytes) -> Signal | Report:
    """Return what a sender said, about one partnership or about a device to be recognised."""
    if decode(body, Schema).schema == REPORT:
        return read_report(body)
    return read_signal(body)


def read_signal(body: bytes) -> Signal:
    """Return the report; Rejected says which field is wrong."""
    message = decode(body, SignalMessage)
    return Signal(
        signal_id=str(message.signal_id),
        tenant_id=str(message.tenant_id),
        sender=message.sender,
        trust=message.trust,
        posture=message.posture,
        mailbox=message.mailbox,
        device_id=message.device_id,
        occurred_at=message.occurred_at,
        ownership=message.ownership,
        verified_by=message.verified_by,
    )


def read_report(body: bytes) -> Report:
    """Return the report; Rejected says which field is wrong."""
    message = decode(body, ReportMessage)
    return Report(
        report_id=str(message.report_id),
        tenant_id=str(message.tenant_id),
        sender=message.sender,
        trust=message.trust,
        posture=message.posture,
        subject=message.subject,
        occurred_at=message.occurred_at,
        about=message.about,
        ownership=message.ownership,
        verified_by=message.verified_by,
    )


def write_signal(signal: Signal) -> bytes:
    """Return the queue message for *signal*."""
    fields = msgspec.to_builtins(signal)
    return msgspec.json.encode({"schema": "easgate.signal.v1", **fields, **carried()})


def write_report(report: Report) -> bytes:
    """Return the queue message for *report*."""
    return msgspec.json.encode({"schema": REPORT, **msgspec.to_builtins(report), **carried()})
