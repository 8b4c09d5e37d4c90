"""The nouns: a row of what is looked at, what was found there, and the whole report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.credentials.findings import Grade
from shared.errors import Failure, NotPermitted, Retryable
from shared.trust.doctor.advice import ADVICE
from shared.trust.doctor.codes import NOT_ASKED, Code
from shared.trust.doctor.rows import ROWS, Row

WORST_FIRST = (Grade.FAIL, Grade.UNKNOWN, Grade.WARN, Grade.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One thing that was found; `code` is null where nothing is wrong."""

    about: str  # an authority, a domain, a binding, a permission; "": the row as a whole
    grade: Grade
    code: str | None
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one row; its grade is that of the worst detail."""

    row: Row
    title: str
    endpoint: str
    permission: str  # the least that reads it
    grade: Grade
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All rows of one tenant; its grade is that of the worst, but for what nobody asked."""

    tenant_id: str
    at: datetime
    grade: Grade
    in_use: bool | None  # null: it cannot be told
    user: str  # whom it is about; "": nobody in particular
    rows: tuple[Finding, ...]


def fine(says: str, about: str = "") -> Detail:
    """Return that something is as it should be."""
    return Detail(about=about, grade=Grade.PASS, code=None, meaning=says, remedy="")


def found(code: Code, says: str = "", about: str = "") -> Detail:
    """Return that something is not, with what to do about it."""
    advice = ADVICE[code]
    return Detail(
        about=about,
        grade=advice.grade,
        code=code,
        meaning=": ".join(filter(None, (advice.meaning, says))),
        remedy=advice.remedy,
    )


def unread(failure: Failure, about: str = "") -> Detail:
    """Return that something could not be read: that is never healthy."""
    match failure:
        case NotPermitted():
            return found(Code.NOT_PERMITTED, str(failure), about)
        case Retryable():
            return found(Code.NOT_ANSWERED, str(failure), about)
        case _:
            return found(Code.NOT_TOLD, str(failure), about)


def worst(grades: Iterable[Grade]) -> Grade:
    """Return the worst of them; without any, nothing is known."""
    there = set(grades)
    return next((each for each in WORST_FIRST if each in there), Grade.UNKNOWN)


def finding(row: Row, details: Iterable[Detail]) -> Finding:
    """Return what was found about a row; nothing at all is unknown."""
    told = tuple(details)
    about = ROWS[row]
    return Finding(
        row=row,
        title=about.title,
        endpoint=about.endpoint,
        permission=about.permission,
        grade=worst(each.grade for each in told),
        details=told,
    )


def overall(rows: Iterable[Finding]) -> Grade:
    """Return the worst grade of what was asked."""
    details = [detail for row in rows for detail in row.details]
    return worst(each.grade for each in details if each.code not in NOT_ASKED)
