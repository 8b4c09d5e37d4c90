"""Steps of the set-up: each is done once for the same inputs, and anew when it was cut short."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class StepError(RuntimeError):
    """A step failed; the message holds all that its program printed."""


@dataclass(frozen=True)
class Step:
    """Something to install: what it makes, what that depends on, and how to make it."""

    title: str
    result: Path  # without this the step is not done, whatever its stamp says
    stamp: Path  # written last, so that it stands for the whole step
    inputs: tuple[Path | str, ...]
    work: Callable[[], None]

    def is_done(self) -> bool:
        """Tell whether the result is there and was made from these inputs."""
        return (
            self.result.exists()
            and self.stamp.is_file()
            and self.stamp.read_text() == _fingerprint(self.inputs)
        )


def take(step: Step) -> None:
    """Do the step unless it is done; raises what its work raises, and then it is not done."""
    if step.is_done():
        return
    print(f"{step.title} ... ", end="", file=sys.stderr, flush=True)
    started = time.monotonic()
    step.stamp.unlink(missing_ok=True)
    try:
        step.work()
    except BaseException:
        print("failed", file=sys.stderr)
        raise
    step.stamp.write_text(_fingerprint(step.inputs))
    print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)


def run(*command: Path | str, cwd: Path | None = None) -> None:
    """Run a program without a word of its output; raises StepError with all of it."""
    finished = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,  # nobody is there to answer a question
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode:
        raise StepError(f"{' '.join(map(str, command))}\n{finished.stdout}")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one set-up at a time touch the checkout; the kernel frees the lock of a dead one."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for a set-up that is under way", file=sys.stderr, flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _fingerprint(inputs: tuple[Path | str, ...]) -> str:
    digest = hashlib.sha256()
    for part in inputs:
        content = part.encode() if isinstance(part, str) else part.read_bytes()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
