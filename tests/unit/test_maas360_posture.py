"""What a device of MaaS360 is: the decision table."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.devices.model import Posture
from shared.mdm.maas360.posture import MEANINGS, Kind, verdict
from tests.unit.maas360_portal import a_row

COMPLIANT, NONCOMPLIANT, RETIRED = Posture.COMPLIANT, Posture.NONCOMPLIANT, Posture.RETIRED
UNSAID: dict[str, object] = {
    "policyComplianceState": "",
    "ruleComplianceState": "",
    "appComplianceState": "",
    "passcodeCompliance": "",
}
OUT: dict[str, object] = {"policyComplianceState": "Out of Compliance"}
ENROLLED_AT = datetime(2025, 3, 4, tzinfo=UTC)

# What differs from an enrolled iPhone in compliance, what decides, and what it is.
TABLE: list[tuple[dict[str, object], str, Posture | None]] = [
    ({}, Kind.IN_COMPLIANCE, COMPLIANT),
    ({"maas360ManagedStatus": "Activated"}, Kind.IN_COMPLIANCE, COMPLIANT),
    ({"maas360ManagedStatus": "ENROLLED"}, Kind.IN_COMPLIANCE, COMPLIANT),
    # It is managed no more, whatever else its row still says.
    ({"maas360ManagedStatus": "Control Removed"}, Kind.REMOVED, RETIRED),
    ({"maas360ManagedStatus": "User Removed Control"}, Kind.REMOVED, RETIRED),
    ({"maas360ManagedStatus": "Pending Control Removed"}, Kind.REMOVED, RETIRED),
    ({"maas360ManagedStatus": "Inactive"}, Kind.INACTIVE, RETIRED),
    ({"maas360ManagedStatus": "Not Enrolled"}, Kind.NOT_ENROLLED, RETIRED),
    ({"deviceStatus": "Inactive"}, Kind.INACTIVE, RETIRED),
    ({"maas360ManagedStatus": "Control Removed", **OUT}, Kind.REMOVED, RETIRED),
    ({"deviceStatus": "Inactive", "jailbreakStatus": "Yes"}, Kind.INACTIVE, RETIRED),
    # Its data are gone.
    ({"selectiveWipeStatus": "Complete"}, Kind.WIPED, RETIRED),
    ({"selectiveWipeStatus": "COMPLETED"}, Kind.WIPED, RETIRED),
    ({"selectiveWipeStatus": "Complete", "jailbreakStatus": "Yes"}, Kind.WIPED, RETIRED),
    ({"selectiveWipeStatus": "Pending"}, Kind.WIPE_PENDING, None),
    ({"selectiveWipeStatus": "Pending", **OUT}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    ({"selectiveWipeStatus": "Not Applied"}, Kind.IN_COMPLIANCE, COMPLIANT),
    # It breaks the rules.
    ({"jailbreakStatus": "Yes"}, Kind.JAILBROKEN, NONCOMPLIANT),
    ({"jailbreakStatus": True}, Kind.JAILBROKEN, NONCOMPLIANT),
    ({"jailbreakStatus": "Yes", **UNSAID}, Kind.JAILBROKEN, NONCOMPLIANT),
    (OUT, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    ({"ruleComplianceState": "Out Of Compliance"}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    ({"appComplianceState": "Out of Compliance"}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    ({"passcodeCompliance": "Not Compliant"}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    ({"maas360ManagedStatus": "", **OUT}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
    # Nothing was evaluated, or too little.
    (UNSAID, Kind.NOT_EVALUATED, None),
    (dict.fromkeys(UNSAID, "N/A"), Kind.NOT_EVALUATED, None),
    ({**UNSAID, "passcodeCompliance": "Compliant"}, Kind.NOT_EVALUATED, None),
    ({**UNSAID, "ruleComplianceState": "In Compliance"}, Kind.IN_COMPLIANCE, COMPLIANT),
    ({"maas360ManagedStatus": ""}, Kind.NOT_EVALUATED, None),
    ({"maas360ManagedStatus": 7.5}, Kind.NOT_EVALUATED, None),
    # Words that nobody here knows are never taken for good ones, nor for bad ones.
    ({"maas360ManagedStatus": "Suspended"}, "maas360ManagedStatus: suspended", None),
    ({"policyComplianceState": "Unsure"}, "compliance: unsure", None),
    ({"jailbreakStatus": "Maybe"}, "jailbreakStatus: maybe", None),
    ({"maas360ManagedStatus": "Suspended", **OUT}, Kind.OUT_OF_COMPLIANCE, NONCOMPLIANT),
]


@pytest.mark.parametrize(("changes", "kind", "posture"), TABLE)
def test_what_decides_and_what_the_device_is(
    changes: dict[str, object], kind: str, posture: Posture | None
) -> None:
    """The first that applies, from top to bottom: gone, wiped, breaking rules, unknown, fit."""
    found = verdict(a_row(**changes))
    assert (found.kind, found.posture) == (kind, posture)


def test_every_kind_has_a_meaning() -> None:
    """Only what is not a kind of ours is unknown."""
    assert set(MEANINGS) == set(Kind)


def test_an_empty_row_says_nothing() -> None:
    """Neither good nor bad."""
    assert verdict({}).posture is None


@pytest.mark.parametrize(
    ("after", "posture"),
    [(timedelta(seconds=1), RETIRED), (timedelta(seconds=-1), COMPLIANT)],
)
def test_wipe_counts_until_the_device_is_enrolled_again(after: timedelta, posture: Posture) -> None:
    """The history of actions goes on telling of a wipe that is long mended."""
    dates = ("installedDateInEpochms", "firstRegisteredInEpochms", "lastRegisteredInEpochms")
    before: dict[str, object] = dict.fromkeys(dates, 1_700_000_000_000)
    row = a_row(**before, lastMdmRegisteredInEpochms=int(ENROLLED_AT.timestamp() * 1000))
    assert verdict(row, ENROLLED_AT + after).posture is posture


def test_wipe_counts_where_nobody_knows_when_the_device_was_enrolled() -> None:
    """Without dates there is nothing to set against it."""
    dates = ("installedDateInEpochms", "firstRegisteredInEpochms", "lastRegisteredInEpochms")
    row = a_row(**dict.fromkeys((*dates, "lastMdmRegisteredInEpochms"), ""))
    assert verdict(row, ENROLLED_AT).posture is RETIRED
