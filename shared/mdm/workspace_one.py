"""
Workspace ONE UEM event notifications, in JSON or XML, of the older and the newer form.

One form writes `MDMEnrollmentComplete`, the other `MDM Enrollment Complete`: a kind is known
here without its spaces. Every event carries the device's state; it counts as a word about
compliance only where the event is about that, for in any other it may be an old one.
Source: bodies in the tests of public receivers (2013 to 2022); the vendor documents the names
of the events in its console, and no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from shared.devices.model import Ownership, Posture
from shared.devices.subject import Subject
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.paths import find
from shared.mdm.reading import reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Heard, Vendor
from shared.mdm.verification import Verified
from shared.mdm.xml_body import decoded_either

# It knows compliance, so that an enrolment as such says nothing.
ABOUT_COMPLIANCE: Final = frozenset(
    {
        *("MDMEnrollmentComplete", "EnrollmentComplete"),
        *("ComplianceStatusChanged", "CompromisedStatusChanged"),
    }
)

MEANINGS: Final[Mapping[str, Posture | None]] = {
    **dict.fromkeys(ABOUT_COMPLIANCE),  # their data say which way
    "BreakMDMConfirmed": Posture.RETIRED,
    "DeviceEnterpriseWipeRequested": Posture.RETIRED,
    "DeviceWipeRequested": Posture.RETIRED,
    "DeleteDeviceRequested": Posture.RETIRED,
    "DeviceOperatingSystemChanged": None,
    "DeviceOrganizationGroupChanged": None,
    "DeviceMCC": None,
}

_reader = Reader.of(
    Fields(
        kind=("EventType",),  # EventId is a number for the kind, not the event's own
        occurred_at=("EventTime",),
        upn=("EnrollmentUserName",),
        mail=("EnrollmentEmailAddress",),
        serial=("SerialNumber",),
        udid=("Udid",),
        imei=("DeviceIMEI",),
        mdm_id=("DeviceId",),
        os_version=("OperatingSystem",),
        name=("DeviceFriendlyName",),
    )
)

# What its software prints where it should have written out a number.
_NOT_WRITTEN_OUT = "System.Byte[]"

_COMPROMISED = {"compromised", "true", "1"}
_NOT_COMPROMISED = {"", "notcompromised", "false", "0"}
_COMPLIANCE = {
    "compliant": Posture.COMPLIANT,
    "noncompliant": Posture.NONCOMPLIANT,
    "notcompliant": Posture.NONCOMPLIANT,
}


def _hear(event: object) -> Heard:
    heard = _reader.hear(event)
    kind = heard.kind.replace(" ", "")
    return replace(
        heard,
        kind=kind,
        subject=_written_out(heard.subject),
        posture=_posture(event) if kind in ABOUT_COMPLIANCE else None,
        ownership=_ownership(_word(event, "Ownership")),
    )


def _posture(event: object) -> Posture | None:
    if _word(event, "EnrollmentStatus") not in {"", "enrolled"}:
        return None
    compromised = _word(event, "CompromisedStatus")
    if compromised in _COMPROMISED:
        return Posture.NONCOMPLIANT
    if compromised not in _NOT_COMPROMISED:
        return None
    return _COMPLIANCE.get(_word(event, "ComplianceStatus"))


def _ownership(word: str) -> Ownership:
    """Return whose it is: CorporateDedicated, CorporateShared, EmployeeOwned."""
    if word.startswith("corporate"):
        return Ownership.CORPORATE
    return Ownership.PERSONAL if word == "employeeowned" else Ownership.UNKNOWN


def _word(event: object, name: str) -> str:
    """Return one of its words in lower case, written together."""
    value = find(event, (name,))
    word = str(value) if isinstance(value, bool) else text(value)
    return word.lower().replace(" ", "").replace("-", "")


def _written_out(subject: Subject) -> Subject:
    return replace(
        subject,
        serial="" if subject.serial == _NOT_WRITTEN_OUT else subject.serial,
        udid="" if subject.udid == _NOT_WRITTEN_OUT else subject.udid,
    )


def _content(verified: Verified) -> object:
    return decoded_either(verified.body)


VENDOR: Final = Vendor(
    name="workspace_one",
    schemes=("basic", "header", "url"),
    read=reading(_hear, MEANINGS, content=_content),
    meanings=MEANINGS,
    # Not documented: neither what it takes for success, nor whether it ever tries again.
    answers=Answers(taken=HTTPStatus.OK),
)
