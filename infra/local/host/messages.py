"""Queue messages: their text on the wire, and the metadata the platform makes of them."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.functions.meta import Datum
from azure.storage.queue import QueueMessage


class UndecodableError(Exception):
    """The message is not base64; the platform moves it to poison without a call."""


def decode(text: str, *, base64_encoded: bool) -> str:
    """Return the content of a message's *text*; bytes that are no UTF-8 are replaced."""
    if not base64_encoded:
        return text
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise UndecodableError(str(error)) from error


def encode(content: str | bytes, *, base64_encoded: bool) -> str:
    """Return the text to put on a queue."""
    raw = content.encode() if isinstance(content, str) else content
    return base64.b64encode(raw).decode() if base64_encoded else raw.decode("utf-8", "replace")


def metadata(message: QueueMessage, content: str) -> dict[str, Datum]:
    """Describe a received message, as far as its own content lets us."""
    system = {
        "QueueTrigger": Datum(content, "string"),
        "Id": Datum(message.id, "string"),
        "PopReceipt": Datum(message.pop_receipt, "string"),
        "DequeueCount": Datum(json.dumps(message.dequeue_count), "json"),
        "InsertionTime": _moment(message.inserted_on),
        "ExpirationTime": _moment(message.expires_on),
        "NextVisibleTime": _moment(message.next_visible_on),
    }
    return promote(content, system)


def promote(content: str, system: Mapping[str, Datum]) -> dict[str, Datum]:
    """
    Let the top-level properties of a JSON object overwrite *system*, whatever their letter case.

    Source: azure-functions-host, Utility.ApplyBindingData: arrays and nulls are passed over,
    objects stay JSON, the rest becomes text.
    """
    promoted = dict(system)
    spelled = {name.lower(): name for name in system}
    for name, value in _properties(content).items():
        if value is not None and not isinstance(value, list):
            promoted[spelled.setdefault(name.lower(), name)] = _property(value)
    return promoted


def _properties(content: str) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _property(value: object) -> Datum:
    if isinstance(value, dict):
        return Datum(json.dumps(value), "json")
    return Datum(str(value), "string")


def _moment(value: datetime | None) -> Datum:
    return Datum(json.dumps(value.isoformat() if value else None), "json")
