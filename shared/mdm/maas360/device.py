"""
One row of the device search, as far as it tells which device it is.

Numbers come as numbers or as text, as it happens; a numeric-looking id may have lost its
leading zeros on the way. What is missing comes as "".
"""

from datetime import datetime
from typing import Final

from shared.devices.model import Ownership
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.maas360.posture import Kind, Row, verdict
from shared.mdm.moments import moment
from shared.mdm.paths import find
from shared.mdm.settings import Fields
from shared.mdm.vendor import Heard

_reader = Reader.of(
    Fields(
        kind=(),
        upn=("username", "emailAddress"),  # where the one is no address, the other is
        mail=("emailAddress",),
        # The first is what Exchange knows it by; the second, what a profile of the MDM sets.
        eas_device_id=("mailboxDeviceId", "mdmMailboxDeviceId"),
        serial=("platformSerialNumber",),
        udid=("udid",),
        imei=("imeiEsn",),
        mdm_id=("maas360DeviceID",),
        model=("modelId", "model"),  # iPhone14,7 before iPhone 14
        os=("platformName", "osName"),
        os_version=("osVersion",),
        name=("deviceName",),
    )
)
# The second has no zone: it is only looked at where the first is missing.
_REPORTED: Final = "lastReportedInEpochms", "lastReported"
_VERSION: Final = "osversion"
_NOT_SAID: Final = frozenset({"n/a", "na", "none", "null", "not available", "not applicable"})


def hear(row: Row, wiped_at: datetime | None = None) -> Heard:
    """Return what the row says; without `mdm_id` in its subject, it cannot be told of whom."""
    said = {name: _said(name, value) for name, value in row.items()}
    found = verdict(row, wiped_at)
    reported = filter(None, (moment(find(row, (name,))) for name in _REPORTED))
    moments = [next(reported, None), wiped_at if found.kind == Kind.WIPED else None]
    return Heard(
        kind=found.kind,
        subject=_reader.subject(said),
        occurred_at=max(filter(None, moments), default=None),
        posture=found.posture,
        ownership=_ownership(text(find(row, ("ownership",))).lower()),
    )


def _ownership(word: str) -> Ownership:
    """Return whose it is: Corporate Owned, Corporate Shared, Employee Owned, Not Defined."""
    if word.startswith("corporate"):
        return Ownership.CORPORATE
    return Ownership.PERSONAL if word.startswith("employee") else Ownership.UNKNOWN


def _said(name: str, value: object) -> object:
    """Return a value; nothing where it only says that there is none."""
    if isinstance(value, float) and name.lower() == _VERSION:
        return str(value)  # 17.5; of any other field, digits would be lost
    return "" if text(value).lower() in _NOT_SAID else value
