"""The command lines of Azure that a hook calls."""

import shutil
import subprocess

from shared.errors import Misconfigured, Retryable

PATIENCE = 300  # seconds


def call(program: str, *arguments: str) -> str:
    """Run it and return what it says; a Failure with its last words if it fails."""
    found = shutil.which(program)
    if found is None:
        raise Misconfigured(f"{program} is not installed, or not on the path")
    # Never arguments with quotes or secrets: on Windows az is a batch file.
    try:
        done = subprocess.run(  # noqa: S603 - ours to call, found on the path
            [found, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Retryable(f"{program} gives no answer within {PATIENCE} seconds") from error
    if done.returncode:
        words = " ".join(arguments[:3])
        raise Misconfigured(f"{program} {words} failed: {_last_line(done.stderr)}")
    return done.stdout.strip()


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it says nothing"
