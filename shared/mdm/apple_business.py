"""
Apple Business: what Apple tells an organisation about the devices it has bought.

None of it says how a device stands with its MDM. A device that was released belongs to the
organisation no more. One that is assigned to another server, or to none, stays where it is
enrolled until it is erased; an administrator may still give the kind a meaning in `events`.
What stands around the event and inside its payload is not documented, so several places are
tried; a device's id is its serial number.
Source: developer.apple.com/documentation/applebusinessapi (events), and for the signature and
the health check business.apple.com/docs/api/v1/events, which is about the brands' webhooks:
that both are signed alike is not documented.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from shared.devices.model import Posture
from shared.errors import Rejected
from shared.mdm.fields import Reader
from shared.mdm.json_body import decoded
from shared.mdm.moments import moment
from shared.mdm.paths import find
from shared.mdm.reading import reading
from shared.mdm.settings import Fields, Signature
from shared.mdm.vendor import Answers, Heard, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "ORG_DEVICE_ATTRIBUTE_CHANGED": None,
    "ORG_DEVICE_ATTRIBUTE_MIGRATION_DETAILS_CHANGED": None,
    "ORG_DEVICE_RELATIONSHIP_ASSIGNED_SERVER_CHANGED": None,
    "ORG_DEVICE_RELATIONSHIP_WARRANTY_CHANGED": None,
    "HEALTH_CHECK": None,  # one of a valid signature; Apple also sends one of an invalid one
}

SIGNATURE: Final = Signature(
    header="Business-Signature",
    algorithm="sha512",
    encoding="base64",
    signed="{body}{timestamp}",
    timestamp_header="Business-Timestamp",
)

_PAYLOADS = (("data", "attributes", "payload"), ("attributes", "payload"), ("payload",))

_RELEASED = (("newValue", "releasedFromOrgDateTime"), ("releasedFromOrgDateTime",))

_reader = Reader.of(
    Fields(
        # `type` comes last: beside an eventType it is the type of the resource.
        kind=("data.attributes.eventType", "attributes.eventType", "eventType", "type"),
        event_id=("data.id", "id"),
        occurred_at=(
            *("data.attributes.createdDateTime", "attributes.createdDateTime"),
            *("createdDateTime", "createdDate"),
        ),
        serial=("device.serialNumber", "device.deviceId"),
        mdm_id=("device.deviceId",),
    )
)


def _hear(event: object) -> Heard:
    if not isinstance(event, dict):
        return _reader.hear(event)
    packed = next(filter(None, (find(event, path) for path in _PAYLOADS)), None)
    payload = _payload(packed)
    heard = _reader.hear(event | {"device": payload})
    is_released = any(moment(find(payload, path)) for path in _RELEASED)
    return replace(heard, posture=Posture.RETIRED) if is_released else heard


def _payload(packed: object) -> object:
    """Return the event's data, which Apple writes as JSON inside a text."""
    if not isinstance(packed, str):
        return packed
    try:
        return decoded(packed.encode(errors="replace"))
    except Rejected:
        return None


VENDOR: Final = Vendor(
    name="apple_business",
    schemes=("hmac",),
    read=reading(_hear, MEANINGS),
    meanings=MEANINGS,
    # Webhook Health Check POST: 204 where the signature is right, 400 where it is wrong, both
    # with an empty body. Whether and when Apple tries again is not documented.
    answers=Answers(taken=HTTPStatus.NO_CONTENT, unverified=HTTPStatus.BAD_REQUEST),
    signature=SIGNATURE,
)
