"""What is remembered of validations, and when the world is told."""

from datetime import timedelta

import pytest

from shared.credentials import validation
from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Report, ValidationProgress, Verdict
from shared.errors import Retryable
from shared.flows.validation_memory import remember
from shared.records.validations import Validations
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import an_app
from tests.unit.stand_ins import FakeEvents, FakeTable

GOOD, BAD, DOUBTFUL = None, Finding.APP_DISABLED, Finding.VAULT_UNREACHABLE


def a_report(finding: Finding | None, minutes: int = 0) -> Report:
    """Return a report with one check."""
    checks = (validation.check("a link", Verdict(finding)),)
    return Report(
        tenant_id=TENANT,
        at=NOW + timedelta(minutes=minutes),
        grade=validation.overall(checks),
        version="v1",
        thumbprint="ab",
        expires_in_days=9,
        checks=checks,
    )


def told(*findings: Finding | None) -> list[str]:
    """Return what is announced when validations find this, one after the other."""
    validations, events = Validations(FakeTable()), FakeEvents()
    for minute, finding in enumerate(findings):
        report = a_report(finding, minute)
        remember(an_app(), report, validations=validations, events=events)
    return events.types


@pytest.mark.parametrize(
    ("findings", "announced"),
    [
        ([GOOD, GOOD], 0),
        ([BAD, BAD], 0),
        ([GOOD, BAD], 1),
        ([GOOD, BAD, BAD], 1),
        ([GOOD, DOUBTFUL, BAD], 1),
        ([GOOD, DOUBTFUL, DOUBTFUL], 0),
        ([GOOD, BAD, DOUBTFUL, BAD], 1),
        ([GOOD, BAD, GOOD, BAD], 2),
    ],
)
def test_only_what_worked_before_is_announced_when_it_fails(
    findings: list[Finding | None], announced: int
) -> None:
    """What cannot be told changes nothing."""
    assert told(*findings).count("certificate.validation_failed") == announced


@pytest.mark.parametrize(
    ("findings", "announced"),
    [
        ([GOOD, GOOD], 0),
        ([GOOD, BAD, GOOD, GOOD], 1),
        ([GOOD, BAD, DOUBTFUL, GOOD], 1),
        ([GOOD, DOUBTFUL, GOOD], 0),
        ([GOOD, BAD, BAD, DOUBTFUL], 0),
    ],
)
def test_what_works_again_is_announced_once(findings: list[Finding | None], announced: int) -> None:
    """So that an incident ends which its failure began."""
    assert told(*findings).count("certificate.validation_passed") == announced


def test_event_says_what_failed_and_what_to_do() -> None:
    """Without anything secret; a repeat has the same id."""
    validations, events = Validations(FakeTable()), FakeEvents()
    remember(an_app(), a_report(GOOD), validations=validations, events=events)
    before = validations.last(TENANT)
    assert before is not None
    for _ in range(2):
        events.validation_failed(an_app(), a_report(BAD, 1), before)
    first, second = events.sent
    assert first.id == second.id
    assert first.data["findings"] == [
        {"check": "a link", "code": "app_disabled", "remedy": "enable the enterprise application"}
    ]
    assert (first.data["tenant_id"], first.data["version"]) == (TENANT, "v1")


def test_failure_that_cannot_be_announced_is_not_noted_either() -> None:
    """The next validation announces it."""
    validations, events = Validations(FakeTable()), FakeEvents()
    remember(an_app(), a_report(GOOD), validations=validations, events=events)
    events.down = Retryable("busy")
    with pytest.raises(Retryable):
        remember(an_app(), a_report(BAD, 1), validations=validations, events=events)
    events.down = None
    remember(an_app(), a_report(BAD, 2), validations=validations, events=events)
    assert events.types == ["certificate.validation_failed"]


def test_last_validation_is_remembered_with_time_grade_and_codes() -> None:
    """A code that a later version of the app has dropped is left out."""
    table = FakeTable()
    validations = Validations(table)
    assert validations.last(TENANT) is None
    remember(an_app(), a_report(BAD), validations=validations, events=FakeEvents())
    table.rows[TENANT, "validation"]["codes"] = "app_disabled of_long_ago"
    last = validations.last(TENANT)
    assert last is not None
    assert (last.at, last.grade, last.codes) == (NOW, Grade.FAIL, (BAD,))
    assert not last.is_passing


def test_progress_is_the_last_ones_and_none_where_another_version_has_noted_it() -> None:
    table = FakeTable()
    validations = Validations(table)
    for run in ("one", "two"):
        progress = ValidationProgress(run_id=run, checks=a_report(GOOD).checks)
        validations.has_come(TENANT, progress)
        assert validations.progress(TENANT) == progress
    table.rows[TENANT, "validation-progress"]["checks"] = '[{"grade": "splendid"}]'
    assert validations.progress(TENANT) is None
