"""`python3 -m infra.azure validate`, as far as it says and returns something by itself."""

import io
import json
from pathlib import Path

import pytest

from infra.azure import validate
from infra.azure.__main__ import main
from shared.credentials import validation
from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Report, Verdict
from tests.unit.validation_chain import Chain

SETTINGS = {
    "TENANTS": "[]",
    "KEY_VAULT_URL": "https://vault.example",
    "EVENT_GRID_TOPIC_ENDPOINT": "https://topic.example",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}


def said(folder: Path, written: str, tenant: str = "") -> tuple[int, str]:
    """Return exit code and output for a file of settings."""
    file, out = folder / "settings.json", io.StringIO()
    file.write_text(written)
    return validate.run(file, tenant, out), out.getvalue()


@pytest.mark.parametrize(
    ("grades", "code"),
    [
        ([Grade.PASS], 0),
        ([Grade.PASS, Grade.UNKNOWN], 2),
        ([Grade.UNKNOWN, Grade.FAIL, Grade.PASS], 1),
    ],
)
def test_exit_code_is_that_of_the_worst_tenant(grades: list[Grade], code: int) -> None:
    """A failure counts more than a doubt."""
    found: dict[Grade, Finding | None] = {
        Grade.PASS: None,
        Grade.FAIL: Finding.APP_DISABLED,
        Grade.UNKNOWN: Finding.VAULT_UNREACHABLE,
    }
    reports = [a_report(found[grade]) for grade in grades]
    assert [report.grade for report in reports] == grades
    assert validate.worst(reports) == code


def a_report(finding: Finding | None) -> Report:
    """Return a report with one check."""
    checks = (validation.check("a link", Verdict(finding)),)
    healthy = Chain().report()
    return Report(
        tenant_id=healthy.tenant_id,
        at=healthy.at,
        grade=validation.overall(checks),
        version=None,
        thumbprint=None,
        expires_in_days=None,
        checks=checks,
    )


def test_check_is_one_line_and_what_was_found_stands_below() -> None:
    """With the remedy last."""
    good = validation.check("a link", Verdict(), 12.3)
    bad = validation.check("a link", Verdict(Finding.KEY_TOO_SMALL, "it has 1024"), 0.4)
    assert validate.shown(good) == "pass    a link (12 ms)"
    assert validate.shown(bad).splitlines() == [
        "fail    a link key_too_small (0 ms)",
        "        the key is shorter than 2048 bits: it has 1024",
        "        -> create a version whose policy has a key size of 2048 or more, and register it",
    ]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("", "is no file of app settings"),
        ('{"Values": {"TENANTS": 1}}', "is no file of app settings"),
        ('{"Values": {}}', "TENANTS is missing"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path: Path, written: str, complaint: str) -> None:
    """Nothing is called."""
    code, out = said(tmp_path, written)
    assert (code, complaint in out) == (1, True)


def test_file_that_is_missing_and_tenant_that_is_not_served_are_named(tmp_path: Path) -> None:
    """As they were given."""
    out = io.StringIO()
    assert validate.run(tmp_path / "gone.json", "", out) == 1
    assert "gone.json cannot be read" in out.getvalue()
    code, said_so = said(tmp_path, json.dumps({"Values": SETTINGS}), "someone")
    assert (code, "tenant someone is not served here" in said_so) == (1, True)


def test_command_must_be_one_that_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are listed."""
    with pytest.raises(SystemExit):
        main(["onbord"])
    assert "validate" in capsys.readouterr().err
