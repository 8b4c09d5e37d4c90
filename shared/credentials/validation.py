"""A validation's nouns: what was checked, what came of it, and what is remembered of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.credentials.advice import ADVICE
from shared.credentials.findings import Finding, Grade

WAITING = frozenset({Finding.NOT_TRIED, Finding.GRAPH_NOT_ASKED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of a fact: fine, or a finding; in either case perhaps some particulars."""

    finding: Finding | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One link of the chain; `code` is null where nothing was found."""

    name: str
    grade: Grade
    code: Finding | None
    meaning: str
    remedy: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    The whole chain of one tenant.

    Its grade says whether the chain works, so a warning does not lower it.
    """

    tenant_id: str
    at: datetime
    grade: Grade
    version: str | None
    thumbprint: str | None  # SHA-256, hex
    expires_in_days: int | None
    checks: tuple[Check, ...]

    @property
    def findings(self) -> tuple[Check, ...]:
        """The checks that found something, without those that only wait for others."""
        return tuple(each for each in self.checks if each.code and each.code not in WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationProgress:
    """How far a validation has come; who began it has named it."""

    run_id: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastValidation:
    """What is remembered of a report."""

    at: datetime
    grade: Grade
    codes: tuple[Finding, ...]
    is_passing: bool  # as far as it could be told: what is unknown changes nothing


def check(name: str, verdict: Verdict, milliseconds: float = 0) -> Check:
    """Return the check that a verdict makes."""
    took = round(milliseconds, 1)
    if verdict.finding is None:
        return Check(
            name=name,
            grade=Grade.PASS,
            code=None,
            meaning=verdict.says,
            remedy="",
            milliseconds=took,
        )
    advice = ADVICE[verdict.finding]
    return Check(
        name=name,
        grade=advice.grade,
        code=verdict.finding,
        meaning=": ".join(filter(None, (advice.meaning, verdict.says))),
        remedy=advice.remedy,
        milliseconds=took,
    )


# The token itself tells what these would have told of the registration; the policies limit
# nothing. Without this, an app without rights in Graph could never be said to work.
ASIDE = frozenset(
    {
        Finding.GRAPH_NOT_ASKED,
        Finding.GRAPH_UNREACHABLE,
        Finding.GRAPH_REFUSES,
        Finding.REGISTRATION_UNREADABLE,
        Finding.REGISTRATION_ELSEWHERE,
        Finding.ACCESS_POLICIES_UNREADABLE,
    }
)


def overall(checks: Iterable[Check]) -> Grade:
    """Return whether the chain works."""
    grades = {each.grade for each in checks if each.code not in ASIDE}
    return next((each for each in (Grade.FAIL, Grade.UNKNOWN) if each in grades), Grade.PASS)


def remembered(report: Report, before: LastValidation | None) -> LastValidation:
    """Return what to remember of a report."""
    was_passing = before is not None and before.is_passing
    is_told = report.grade is not Grade.UNKNOWN
    codes = dict.fromkeys(each.code for each in report.findings if each.code)
    return LastValidation(
        at=report.at,
        grade=report.grade,
        codes=tuple(codes),
        is_passing=report.grade is Grade.PASS if is_told else was_passing,
    )
