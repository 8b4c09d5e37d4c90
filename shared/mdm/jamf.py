"""
Jamf Pro webhooks, in JSON or XML, in camel case or snake case.

Jamf has no event for compliance; what stands for it is membership in a smart group, and only
the group's name tells which way. So its devices are heard one by one, as of the kind
`SmartGroupMobileDeviceMembershipChange added: <group>` or `... removed: <group>`, which the
administrator may give a meaning in `events`.
Source: developer.jamf.com/developer-guide/docs/webhooks.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from shared.devices.model import Posture
from shared.errors import Rejected
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.paths import find
from shared.mdm.reading import names_device, reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Heard, Vendor
from shared.mdm.verification import Verified
from shared.mdm.xml_body import decoded_either

GROUP_CHANGED: Final = "SmartGroupMobileDeviceMembershipChange"

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "MobileDeviceEnrolled": Posture.COMPLIANT,
    "MobileDeviceUnEnrolled": Posture.RETIRED,
    "MobileDeviceUnenrolled": Posture.RETIRED,  # so in some of its lists
    **dict.fromkeys(
        (
            *("MobileDeviceCheckIn", "MobileDeviceCommandCompleted", "MobileDevicePushSent"),
            *("MobileDeviceInventoryCompleted", GROUP_CHANGED, "DeviceAddedToDEP"),
            *("ComputerAdded", "ComputerCheckIn", "ComputerInventoryCompleted"),
            *("ComputerPatchPolicyCompleted", "ComputerPolicyFinished"),
            *("ComputerPushCapabilityChanged", "SmartGroupComputerMembershipChange"),
            *("SmartGroupUserMembershipChange", "DeviceRateLimited", "JSSShutdown"),
            *("JSSStartup", "PatchSoftwareTitleUpdated", "PushSent", "RestAPIOperation"),
            "SCEPChallenge",
        )
    ),
}

_reader = Reader.of(
    Fields(
        kind=("webhook.webhookEvent",),
        occurred_at=("webhook.eventTimestamp",),
        upn=("event.username",),
        mail=("event.emailAddress",),
        serial=("event.serialNumber",),
        udid=("event.udid",),
        imei=("event.imei",),
        mdm_id=("event.jssID", "event.managementId"),
        model=("event.product", "event.model"),  # product is iPhone14,2; model is for people
        os_version=("event.osVersion",),
        name=("event.deviceName",),
    )
)


def _content(verified: Verified) -> object:
    """Return the event; of a group's change, one event for each device that it names."""
    event = decoded_either(verified.body)
    if isinstance(event, list):
        raise Rejected("the body holds several events, and Jamf sends one")
    if _reader.first(event, "kind") != GROUP_CHANGED:
        return event
    return [*_members(event, "Added"), *_members(event, "Removed")] or event


def _members(event: object, direction: str) -> list[object]:
    """Return who joined or left the group, each as events about one device look."""
    group = text(find(event, ("event", "name")))
    webhook = {
        "webhookEvent": f"{GROUP_CHANGED} {direction.lower()}: {group}",
        "eventTimestamp": find(event, ("webhook", "eventTimestamp")),
    }
    whole = _listed(find(event, ("event", f"group{direction}Devices")))
    numbers = _listed(find(event, ("event", f"group{direction}DevicesIds")))
    devices = whole or [{"jssID": number} for number in numbers]
    return [{"webhook": webhook, "event": device} for device in devices]


def _listed(value: object) -> list[object]:
    """Return the items: XML has a list only where there are several."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def _hear(event: object) -> Heard:
    heard = _reader.hear(event)
    if heard.kind.startswith(f"{GROUP_CHANGED} ") and not names_device(heard.subject):
        raise Rejected("a device of the group has no name that we know")
    return heard


VENDOR: Final = Vendor(
    name="jamf",
    schemes=("header", "basic", "url"),
    read=reading(_hear, MEANINGS, content=_content, events=()),
    meanings=MEANINGS,
    # Not documented beyond that it posts: nothing says that it tries again, so `busy` is for
    # its log; it refuses a self-signed certificate.
    answers=Answers(taken=HTTPStatus.OK),
)
