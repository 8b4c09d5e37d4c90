"""
Any sender of CloudEvents 1.0 over HTTP: structured, binary and batched, with its handshake.

The type is the kind, as it stands: what `com.example.mdm.device.lost` means is for the
administrator to say, in `events`. In `data` the names of the standard sender are read, and
before them the paths in `fields`, which begin at the event: `data.phone.serial`, `subject`.
Source: CloudEvents 1.0.2, json-format.md, http-protocol-binding.md and http-webhook.md.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from msgspec.structs import replace as replace_fields

from shared.errors import Misconfigured, Rejected
from shared.mdm import standard
from shared.mdm.call import Answer, Call
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.json_body import decoded
from shared.mdm.paths import find
from shared.mdm.reading import names_device, reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Heard, Vendor
from shared.mdm.verification import Verified

NAME: Final = "cloudevents"

ONE: Final = "application/cloudevents+json"
SEVERAL: Final = "application/cloudevents-batch+json"

Event = dict[str, object]


def vendor(fields: Fields | None = None) -> Vendor:
    """Return the vendor; Misconfigured if one of an administrator's paths is none."""
    reader = Reader.of(_with_ours(fields))

    def hear(event: object) -> Heard:
        return _hear(event, reader)

    return Vendor(
        name=NAME,
        schemes=("bearer", "hmac", "header", "basic", "standard-webhooks", "url"),
        read=reading(hear, standard.MEANINGS, content=_content, events=()),
        meanings=standard.MEANINGS,
        answers=_ANSWERS,
        greet=greet,
    )


def greet(call: Call, origins: Sequence[str]) -> Answer | None:
    """
    Answer the question whether a sender of this origin may send.

    What it asks back (WebHook-Request-Callback) is never called: it may be anybody's address.
    """
    origin = call.headers.get("webhook-request-origin")
    if call.method != "OPTIONS" or not origin:
        return None
    granted = next((each for each in origins if each.lower() in {origin.lower(), "*"}), None)
    if granted is None:
        return Answer(status=HTTPStatus.FORBIDDEN)
    headers = {"WebHook-Allowed-Origin": granted, "Allow": "POST"}
    if "webhook-request-rate" in call.headers:
        headers["WebHook-Allowed-Rate"] = "*"  # a queue takes what comes
    return Answer(status=HTTPStatus.OK, headers=headers)


def _hear(event: object, reader: Reader) -> Heard:
    if text(find(event, ("specversion",))) != "1.0":
        raise Rejected("the event's specversion is not 1.0")
    heard = reader.hear(event)
    source, key = text(find(event, ("source",))), text(find(event, ("id",)))
    subject = heard.subject
    if not names_device(subject):
        # What the event is about, in the sender's own words: its key for the device.
        subject = replace(subject, mdm_id=text(find(event, ("subject",))))
    # Only both together are unique; a source, being a URI, holds no space.
    return replace(heard, subject=subject, event_id=f"{source} {key}" if source and key else "")


def _content(verified: Verified) -> object:
    """Return one event or a list of them; Rejected if the call says it is something else."""
    headers, body = verified.call.headers, verified.body
    media_type = _media_type(headers.get("content-type", ""))
    if media_type == SEVERAL:
        events = decoded(body)
        if not isinstance(events, list):
            raise Rejected("the batch of events is not a list")
        return [_with_data(event) for event in events]
    if media_type == ONE:
        event = decoded(body)
        if isinstance(event, list):
            raise Rejected(f"several events come as {SEVERAL}")
        return _with_data(event)
    if "ce-specversion" in headers:
        return _binary(verified.call, media_type)
    raise Rejected(f"the content type is neither {ONE} nor {SEVERAL}, and no header is an event's")


def _binary(call: Call, media_type: str) -> Event:
    attributes: Event = {
        name.removeprefix("ce-"): unquote(value)
        for name, value in call.headers.items()
        if name.startswith("ce-")
    }
    if not call.body:
        return attributes
    if not _is_json(media_type):
        raise Rejected(f"the data are {media_type[:64]}, not JSON")
    return attributes | {"data": decoded(call.body)}


def _with_data(event: object) -> object:
    """Return the event with its data readable, if they came in base64."""
    if not isinstance(event, dict) or "data" in event:
        return event
    packed = event.get("data_base64")
    if not isinstance(packed, str) or not _is_json(_media_type(event.get("datacontenttype"))):
        return event
    try:
        return event | {"data": decoded(base64.b64decode(packed, validate=True))}
    except (binascii.Error, ValueError, Rejected):
        return event


def _media_type(value: object) -> str:
    return text(value).partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type in {"", "application/json", "text/json"} or media_type.endswith("+json")


def _with_ours(fields: Fields | None) -> Fields:
    """Return an administrator's paths with ours behind them."""
    if fields is None:
        return _FIELDS
    if fields.events:
        raise Misconfigured("fields.events has no place in CloudEvents: they have batches")
    both = {
        name: (*getattr(fields, name), *getattr(_FIELDS, name))
        for name in fields.__struct_fields__
        if name != "events"
    }
    return replace_fields(fields, **both)


# http-webhook.md: 200, 201, 202 and 204 are taken, 410 says that nobody is here any more. It
# asks for 429 with Retry-After where a sender is too fast; 503 is what brokers try again upon.
_ANSWERS: Final = Answers()

_FIELDS: Final = replace_fields(standard.FIELDS, occurred_at=("time",))

VENDOR: Final = vendor()
