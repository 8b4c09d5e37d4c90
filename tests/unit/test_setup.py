"""The set-up: done once, done again when it must be, and clear about what went wrong."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from infra.local import steps
from infra.local.__main__ import main
from infra.local.places import CHECKOUT
from infra.local.steps import Step, StepError

OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 10, 9)
sys.version = "3.10.9 (main)"
runpy.run_module("infra.local", run_name="__main__")
"""


class _Workshop:
    """A step that makes one folder out of one file, and counts how often it does."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.result = folder / "result"
        self.source.write_text("first")
        self.times = 0
        self.error: BaseException | None = None

    def take(self) -> None:
        steps.take(
            Step(
                title="a folder",
                result=self.result,
                stamp=self.result / ".ready",
                inputs=(self.source, "3.11"),
                work=self._work,
            )
        )

    def _work(self) -> None:
        self.times += 1
        self.result.mkdir(exist_ok=True)
        if self.error:
            raise self.error


@pytest.fixture
def workshop(tmp_path: Path) -> _Workshop:
    return _Workshop(tmp_path)


def test_what_is_done_is_not_done_again(
    workshop: _Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run is silent and costs nothing; the first says what took how long."""
    workshop.take()
    first = capsys.readouterr().err
    workshop.take()

    assert workshop.times == 1
    assert first.startswith("a folder ... ")
    assert first.endswith(" s\n")
    assert capsys.readouterr().err == ""


def test_changed_input_is_built_anew(workshop: _Workshop) -> None:
    """A new pin reaches a checkout that was set up before."""
    workshop.take()
    workshop.source.write_text("second")
    workshop.take()

    assert workshop.times == 2


def test_missing_result_is_built_anew(workshop: _Workshop) -> None:
    """Deleting a folder is a fair way to ask for a fresh one."""
    workshop.take()
    (workshop.result / ".ready").unlink()
    workshop.result.rmdir()
    workshop.take()

    assert workshop.times == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StepError("no network")])
def test_work_cut_short_is_taken_up_again(workshop: _Workshop, error: BaseException) -> None:
    """Half a result never counts as one."""
    workshop.error = error
    with pytest.raises(type(error)):
        workshop.take()
    workshop.error = None
    workshop.take()

    assert workshop.times == 2


def test_program_speaks_only_when_it_fails(capfd: pytest.CaptureFixture[str]) -> None:
    """Chatter of installers is hidden until it explains a failure."""
    program = "import sys; print('told'); print('warned', file=sys.stderr); sys.exit(%d)"
    steps.run(sys.executable, "-c", program % 0)
    assert capfd.readouterr() == ("", "")

    with pytest.raises(StepError, match=r"(?s)told.*warned|warned.*told"):
        steps.run(sys.executable, "-c", program % 3)


def test_second_set_up_waits_for_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two terminals may start at once; the later one says why nothing happens."""
    order: list[str] = []
    said = ""

    def second() -> None:
        with steps.alone(tmp_path / "lock"):
            order.append("second")

    waiting = threading.Thread(target=second)
    with steps.alone(tmp_path / "lock"):
        waiting.start()
        deadline = time.monotonic() + 10
        while "waiting" not in said and time.monotonic() < deadline:
            said += capsys.readouterr().err
        order.append("first")
    waiting.join(timeout=10)

    assert "waiting for a set-up that is under way" in said
    assert order == ["first", "second"]


def test_no_command_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever types the bare command learns what there is."""
    assert main([]) == 0
    assert "  test " in capsys.readouterr().out


def test_unknown_command_is_an_error_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing mistake installs nothing and ends with exit code 2."""
    assert main(["tset"]) == 2
    assert capsys.readouterr().err.startswith("unknown command: tset\nusage: ")


def test_old_python_gets_one_clear_sentence() -> None:
    """No traceback: the reader is told what is needed and what is there."""
    run = subprocess.run(
        [sys.executable, "-c", OLD_PYTHON],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == f"This needs Python 3.11 or newer; {sys.executable} is 3.10.9.\n"
