"""`python3 -m infra.local test`: every check and test, each once, with one line as the sum."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from infra.local import places

_CHECKS = {
    "format": ("-m", "ruff", "format", "--check", "--quiet", "."),
    "lint": ("-m", "ruff", "check", "--quiet", "."),
    "types": ("-m", "mypy"),
    # Has no module to run, and its script stops working when the checkout is moved.
    "imports": ("-c", "from importlinter.cli import lint_imports_command as run; run()"),
}
_TESTS = "tests"
# End-to-end tests wait a lot: three at a time, the longest first, or one ends long after all.
_PYTEST = ("-m", "pytest", "-q", "--color=no", "-n", "3", "--dist", "loadfile")
_IN_ORDER = "--no-loadscope-reorder"
_QUICK = ("tests/contract", "tests/unit", "tests/test_shape.py")
_LONGEST = tuple(
    f"tests/e2e/test_{name}.py"
    for name in (
        *("killed_during_wipe", "killed_during_signal", "killed_during_rotation", "brake"),
        *("killed_during_offboarding", "portal", "portal_user_certificates"),
        *("no_secret_leaves", "api_schemathesis", "portal_looks", "outages"),
    )
)
_FULL = (_IN_ORDER, *_LONGEST, "tests/e2e", *_QUICK)
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed)\b")
_FAILED = ("failed", "error", "errors")


@dataclass(frozen=True)
class Tally:
    """How many checks and tests ended in which way."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def main(argv: list[str]) -> int:
    """Run the chosen checks and print the sum as the last line; returns 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.local test")
    parser.add_argument("--only", choices=[*_CHECKS, _TESTS], help="run this step alone")
    parser.add_argument("--quick", action="store_true", help="leave out the end-to-end tests")
    chosen = parser.parse_args(argv)
    total = Tally()
    for name, command in _CHECKS.items():
        if chosen.only in {None, name}:
            total += _check(name, command)
    if chosen.only in {None, _TESTS}:
        total += _tests(_QUICK if chosen.quick else _FULL)
    print(total)
    return 1 if total.failed else 0


def read_tally(output: str, exit_code: int) -> Tally:
    """Read pytest's closing line; a run that failed or ran nothing has at least one failure."""
    counts = {word: int(number) for number, word in _COUNTED.findall(_last_line(output))}
    passed = counts.get("passed", 0)
    failed = sum(counts.get(word, 0) for word in _FAILED)
    if not failed and (exit_code or not passed):
        failed = 1
    return Tally(passed, failed, counts.get("skipped", 0) + counts.get("xfailed", 0))


def _check(name: str, command: tuple[str, ...]) -> Tally:
    started = time.monotonic()
    output, exit_code = _run(command)
    tally = Tally(failed=1) if exit_code else Tally(passed=1)
    _report(name, tally, seconds=time.monotonic() - started, output=output)
    return tally


def _tests(paths: tuple[str, ...]) -> Tally:
    started = time.monotonic()
    output, exit_code = _run((*_PYTEST, *paths))
    tally = read_tally(output, exit_code)
    _report(_TESTS, tally, seconds=time.monotonic() - started, output=output)
    return tally


def _run(command: tuple[str, ...]) -> tuple[str, int]:
    finished = subprocess.run(
        [sys.executable, *command],
        cwd=places.CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return finished.stdout, finished.returncode


def _report(name: str, tally: Tally, *, seconds: float, output: str) -> None:
    if tally.failed:
        print(output.rstrip())
    print(f"{name:8} {tally} ({seconds:.1f} s)", flush=True)


def _last_line(output: str) -> str:
    lines = output.rstrip().splitlines()
    return lines[-1] if lines else ""
