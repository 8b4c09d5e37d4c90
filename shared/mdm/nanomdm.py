"""
NanoMDM's webhook (and MicroMDM's): what a device said to its MDM, as the device wrote it.

The device's own message is a property list, in base64 inside the JSON; from it comes what the
JSON does not have. Where it cannot be read, the JSON alone speaks.
Source: micromdm/nanomdm, service/webhook/event.json and service.go; Apple's MDM protocol.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from shared.devices.model import Posture
from shared.mdm.fields import Reader
from shared.mdm.paths import find
from shared.mdm.reading import reading
from shared.mdm.settings import Fields, Signature
from shared.mdm.vendor import Answers, Heard, Vendor

# The answer to a question that our side never asks, but whoever runs the MDM may: among the
# device's properties is its EAS DeviceID. It tells which device this is, and nothing else.
DEVICE_INFORMATION: Final = "mdm.Connect.DeviceInformation"

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "mdm.TokenUpdate": Posture.COMPLIANT,  # from now on it can be managed
    "mdm.CheckOut": Posture.RETIRED,
    "mdm.Authenticate": None,  # wants to be enrolled, and is not yet
    "mdm.Connect": None,
    DEVICE_INFORMATION: None,
    "mdm.UserAuthenticate": None,
    "mdm.SetBootstrapToken": None,
    "mdm.GetBootstrapToken": None,
    "mdm.DeclarativeManagement": None,
    "mdm.GetToken": None,
}

SIGNATURE: Final = Signature(header="X-Hmac-Signature", encoding="base64")

_BLOCKS = ("checkin_event", "acknowledge_event")

_reader = Reader.of(
    Fields(
        kind=("topic",),
        event_id=("event_id",),
        occurred_at=("created_at",),
        eas_device_id=("device.QueryResponses.EASDeviceIdentifier",),
        serial=("device.SerialNumber", "device.QueryResponses.SerialNumber"),
        udid=(*(f"{block}.udid" for block in _BLOCKS), "device.UDID"),
        imei=(
            *("device.IMEI", "device.QueryResponses.IMEI"),
            "device.QueryResponses.ServiceSubscriptions[0].IMEI",
        ),
        mdm_id=(*(f"{block}.enrollment_id" for block in _BLOCKS), "device.EnrollmentID"),
        # ProductName is iPhone14,2; ModelName is for people.
        model=(
            *("device.ProductName", "device.QueryResponses.ProductName"),
            *("device.ModelName", "device.QueryResponses.ModelName"),
        ),
        os_version=("device.OSVersion", "device.QueryResponses.OSVersion"),
        name=("device.DeviceName", "device.QueryResponses.DeviceName"),
    )
)


def _hear(event: object) -> Heard:
    packed = next(filter(None, (find(event, (block, "raw_payload")) for block in _BLOCKS)), None)
    device = _property_list(packed)
    whole = event | {"device": device} if isinstance(event, dict) else event
    heard = _reader.hear(whole)
    if heard.kind == "mdm.Connect" and isinstance(find(device, ("QueryResponses",)), dict):
        return replace(heard, kind=DEVICE_INFORMATION)
    return heard


def _property_list(packed: object) -> object:
    """Return what the device has sent, or None if that is not a property list in XML."""
    if not isinstance(packed, str):
        return None
    import plistlib  # noqa: PLC0415 - with it comes expat, which no other sender of JSON needs
    from xml.parsers.expat import ExpatError  # noqa: PLC0415 - likewise

    try:
        # Apple's own DOCTYPE is in every one; plistlib refuses to declare entities in it.
        found: object = plistlib.loads(base64.b64decode(packed), fmt=plistlib.FMT_XML)
    except (ValueError, AttributeError, LookupError, ExpatError):
        return None  # plistlib has no error of its own for half of what can be wrong
    return found


VENDOR: Final = Vendor(
    name="nanomdm",
    schemes=("hmac", "header", "basic", "url"),
    read=reading(_hear, MEANINGS),
    meanings=MEANINGS,
    # Its source, service/webhook/post.go: 200 and nothing else is taken; nothing is tried again.
    answers=Answers(taken=HTTPStatus.OK),
    signature=SIGNATURE,
)
