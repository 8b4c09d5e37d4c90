"""
What a row of the device search says a device is.

Seen in public clients: the names of the columns, the managed states, "In Compliance",
"Compliant", "Yes" and "No". Guesses: "Out of Compliance", "Not Compliant" and "Complete".
What is none of these is told as unknown, and never taken for compliance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.devices.model import Posture
from shared.mdm.facts import text
from shared.mdm.moments import moment
from shared.mdm.paths import find

Row = Mapping[str, object]


class Kind(StrEnum):
    """What decided; `events` of a sender may give any of these another meaning."""

    REMOVED = "control removed"
    INACTIVE = "inactive"
    NOT_ENROLLED = "not enrolled"
    WIPED = "wiped"
    JAILBROKEN = "jailbroken"
    OUT_OF_COMPLIANCE = "out of compliance"
    IN_COMPLIANCE = "in compliance"
    WIPE_PENDING = "wipe pending"
    NOT_EVALUATED = "not evaluated"


MEANINGS: Final[Mapping[str, Posture | None]] = {
    Kind.REMOVED: Posture.RETIRED,
    Kind.INACTIVE: Posture.RETIRED,
    Kind.NOT_ENROLLED: Posture.RETIRED,
    Kind.WIPED: Posture.RETIRED,
    Kind.JAILBROKEN: Posture.NONCOMPLIANT,
    Kind.OUT_OF_COMPLIANCE: Posture.NONCOMPLIANT,
    Kind.IN_COMPLIANCE: Posture.COMPLIANT,
    # Not yet done, and it can be called back: whatever held before goes on to hold.
    Kind.WIPE_PENDING: None,
    Kind.NOT_EVALUATED: None,
}

# maas360ManagedStatus; None: managed, so that the other columns decide.
_MANAGED: Final[Mapping[str, Kind | None]] = {
    "enrolled": None,
    "activated": None,
    "control removed": Kind.REMOVED,
    "user removed control": Kind.REMOVED,
    "pending control removed": Kind.REMOVED,  # ordered: the device has only not heard of it
    "inactive": Kind.INACTIVE,
    "not enrolled": Kind.NOT_ENROLLED,
}
_NOTHING: Final = frozenset({"", "n/a", "na", "none", "not available", "not applicable"})
_YES: Final = frozenset({"yes", "true"})
_IN: Final = frozenset({"in compliance", "compliant"})
_OUT: Final = frozenset(
    {"out of compliance", "out-of-compliance", "not compliant", "non-compliant", "noncompliant"}
)
# The last says nothing of policies and rules: alone it makes no device compliant.
_COMPLIANCE: Final = ("policyComplianceState", "ruleComplianceState", "appComplianceState")
_PASSCODE: Final = "passcodeCompliance"
_REGISTRATIONS: Final = (
    *("lastMdmRegisteredInEpochms", "lastRegisteredInEpochms"),
    *("firstRegisteredInEpochms", "installedDateInEpochms"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What decided, in a word of ours or, where nobody understands it, of MaaS360's."""

    kind: str
    posture: Posture | None


def verdict(row: Row, wiped_at: datetime | None = None) -> Verdict:
    """Return what a device is; `wiped_at` is what the history of actions says of a wipe."""
    kind = _decided(row, wiped_at)
    return Verdict(kind=kind, posture=MEANINGS.get(kind))


def _decided(row: Row, wiped_at: datetime | None) -> str:
    managed = _word(row, "maas360ManagedStatus")
    if gone := _MANAGED.get(managed):
        return gone
    # Hidden by an administrator, or silent for long: it is not looked after any more.
    if _word(row, "deviceStatus") == "inactive":
        return Kind.INACTIVE
    wipe = _word(row, "selectiveWipeStatus")
    if wipe in {"complete", "completed"} or (wiped_at and wiped_at > _registered_at(row, wiped_at)):
        return Kind.WIPED
    if _word(row, "jailbreakStatus") in _YES:
        return Kind.JAILBROKEN
    said = [_word(row, name) for name in (*_COMPLIANCE, _PASSCODE)]
    if _OUT.intersection(said):
        return Kind.OUT_OF_COMPLIANCE
    return _unknown(row, managed, said) or _fit(row, managed, wipe)


def _unknown(row: Row, managed: str, said: list[str]) -> str:
    """Return what MaaS360 says in words that nobody knows here."""
    if managed not in _NOTHING and managed not in _MANAGED:
        return f"maas360ManagedStatus: {managed}"
    jailbreak = _word(row, "jailbreakStatus")
    if jailbreak not in _NOTHING | {"no", "false"}:
        return f"jailbreakStatus: {jailbreak}"
    strange = [word for word in said if word not in _NOTHING | _IN]
    return f"compliance: {strange[0]}" if strange else ""


def _fit(row: Row, managed: str, wipe: str) -> Kind:
    if wipe == "pending":
        return Kind.WIPE_PENDING
    is_evaluated = any(_word(row, name) in _IN for name in _COMPLIANCE)
    return Kind.IN_COMPLIANCE if managed in _MANAGED and is_evaluated else Kind.NOT_EVALUATED


def _registered_at(row: Row, wiped_at: datetime) -> datetime:
    """Return when it was enrolled last: whatever was done to it before does not count."""
    found = (moment(find(row, (name,))) for name in _REGISTRATIONS)
    return max(filter(None, found), default=wiped_at.min.replace(tzinfo=wiped_at.tzinfo))


def _word(row: Row, name: str) -> str:
    value = find(row, (name,))
    return str(value).lower() if isinstance(value, bool) else text(value).lower()
