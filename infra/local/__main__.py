"""`python3 -m infra.local COMMAND`: from a bare Python to the whole world on this machine."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - says so in one sentence before anything else fails
    sys.exit(f"This needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")

import importlib
import os
from importlib.util import find_spec

from infra.local import places, setup, steps

_COMMANDS = {
    "demo": ("demo", "start the whole world, tell its story in about 20 lines, stop"),
    "up": ("up", "start the same world and keep it running"),
    "send": ("send", "send an MDM's event into the world that `up` runs: send VENDOR EVENT"),
    "sync": ("sync", "take the inventory of the world that `up` runs, with a progress bar"),
    "test": ("checks", "run every check and test"),
    "bench": ("bench", "run the benchmarks"),
}


def main(argv: list[str]) -> int:
    """Run one command in an environment that has what it needs; returns its exit code."""
    available = {name: found for name, found in _COMMANDS.items() if _exists(found[0])}
    if not argv or argv[0] in {"-h", "--help"}:
        print(_usage(available))
        return 0
    if argv[0] not in available:
        print(f"unknown command: {argv[0]}\n{_usage(available)}", file=sys.stderr)
        return 2
    try:
        setup.prepare(for_tests=argv[0] == "test")
        if not setup.is_inside():
            _continue_inside(argv)
        command = importlib.import_module(f"infra.local.{available[argv[0]][0]}")
        code: int = command.main(argv[1:])
    except steps.StepError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _exists(module: str) -> bool:
    return find_spec(f"infra.local.{module}") is not None


def _usage(available: dict[str, tuple[str, str]]) -> str:
    lines = [f"  {name:6} {what}" for name, (_, what) in available.items()]
    return "\n".join(["usage: python3 -m infra.local COMMAND [OPTION ...]", "", *lines])


def _continue_inside(argv: list[str]) -> None:
    # Becomes the other Python: Ctrl-C, exit code and terminal need no passing on.
    sys.stdout.flush()
    sys.stderr.flush()
    python = str(places.VENV_PYTHON)
    os.execv(python, [python, "-m", "infra.local", *argv])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
