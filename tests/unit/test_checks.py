"""The sum of a test run: nothing that went wrong may read as success."""

import pytest

from infra.local.checks import Tally, read_tally

CLOSING_LINES = [
    ("12 passed in 0.31s", 0, Tally(passed=12)),
    ("2 failed, 10 passed, 1 skipped in 4.00s", 1, Tally(passed=10, failed=2, skipped=1)),
    ("1 passed, 1 error in 4.00s", 1, Tally(passed=1, failed=1)),
    ("1 failed, 3 passed, 2 errors in 4.00s", 1, Tally(passed=3, failed=3)),
    ("3 passed, 1 xfailed in 4.00s", 0, Tally(passed=3, skipped=1)),
]


@pytest.mark.parametrize(("line", "exit_code", "tally"), CLOSING_LINES)
def test_closing_line_is_counted(line: str, exit_code: int, tally: Tally) -> None:
    """Errors in fixtures and in collecting are failures too."""
    assert read_tally(f"F..\nFAILED tests/test_x.py - 7 failed\n{line}\n", exit_code) == tally


@pytest.mark.parametrize(
    ("output", "exit_code"),
    [
        ("no tests ran in 0.01s", 5),
        ("4 skipped in 0.01s", 0),
        ("12 passed in 0.31s", 3),
        ("INTERNALERROR> boom", 3),
        ("", -9),
    ],
)
def test_run_without_a_result_is_a_failure(output: str, exit_code: int) -> None:
    """A runner that crashed, or found nothing to run, must not look green."""
    assert read_tally(output, exit_code).failed == 1


def test_sum_is_one_line_of_a_fixed_form() -> None:
    """Other programs read this line; skipped tests are named only when there are any."""
    assert str(Tally(passed=3) + Tally(failed=1)) == "3 passed, 1 failed"
    assert str(Tally(passed=3, skipped=2)) == "3 passed, 0 failed, 2 skipped"
