"""
Fleet's activities, posted to its activity webhook.

The actor is the administrator who did something, not the device's owner: it is not read.
Source: Fleet, docs/Contributing/reference/audit-logs.md, and its webhook's source.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from shared.devices.model import Ownership, Posture
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.paths import find
from shared.mdm.reading import reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Heard, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "mdm_enrolled": Posture.COMPLIANT,
    "mdm_unenrolled": Posture.RETIRED,
    "deleted_host": Posture.RETIRED,
    "wiped_host": Posture.RETIRED,
    # An administrator locks a phone for many reasons; it does not say that it is lost.
    "locked_host": None,
    "unlocked_host": None,
    "fleet_enrolled": None,  # its agent, which no phone has
    "resent_configuration_profile": None,
    "transferred_hosts": None,
}

_reader = Reader.of(
    Fields(
        kind=("type",),
        occurred_at=("timestamp",),
        serial=("details.host_serial",),
        # The number is in all of them, the enrolment only where the phone is personal.
        mdm_id=("details.host_id", "details.enrollment_id"),
        os=("details.platform", "details.host_platform"),
        name=("details.host_display_name",),
    )
)


def _hear(event: object) -> Heard:
    heard = _reader.hear(event)
    enrolment = text(find(event, ("details", "enrollment_id")))
    if enrolment:
        # A personal phone hides its serial; Fleet then writes the enrolment in its place.
        serial = "" if heard.subject.serial == enrolment else heard.subject.serial
        subject = replace(heard.subject, serial=serial)
        return replace(heard, subject=subject, ownership=Ownership.PERSONAL)
    if find(event, ("details", "installed_from_dep")) is True:
        return replace(heard, ownership=Ownership.CORPORATE)
    return heard


VENDOR: Final = Vendor(
    name="fleet",
    schemes=("url", "header"),
    read=reading(_hear, MEANINGS),
    meanings=MEANINGS,
    # Its source: any 2xx is taken; 429 is tried again for half an hour in all, with growing
    # pauses; everything else loses the activity for ever.
    answers=Answers(busy=HTTPStatus.TOO_MANY_REQUESTS),
)
