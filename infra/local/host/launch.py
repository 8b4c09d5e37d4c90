"""Starts a function host for a folder: Microsoft's `func` if this machine has it, else our own."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0  # seconds; one is normal for our own host
FUNC_PATIENCE = 60.0  # seconds; it starts a worker, and its first start downloads extensions
STOP_PATIENCE = 15.0


class HostStartError(RuntimeError):
    """The host did not start; the message ends with its log."""


class FunctionHost:
    """
    A running function host; leaving the `with` block stops it.

    `keys_enforced` is False under `func`, which lets everyone in.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], url: str, log: Path, *, keys_enforced: bool
    ) -> None:
        self.process = process
        self.url = url
        self.keys_enforced = keys_enforced
        self._log = log

    @classmethod
    def start(
        cls,
        app: Path,
        environment: dict[str, str],
        *,
        log: Path,
        function_key: str | None = None,
        master_key: str | None = None,
        lease: float | None = None,
        embedded: bool = False,
        sign_in: Path | None = None,
    ) -> Self:
        """
        Run *app* with exactly *environment*; HostStartError if it does not get ready.

        `func` is tried first, unless *embedded*; *lease* (seconds), the keys and *sign_in* are for
        our host.
        """
        program = None if embedded else _working_func()
        host = cls._start_func(program, app, environment, log) if program else None
        if host:
            return host
        options = {
            "--function-key": function_key,
            "--master-key": master_key,
            "--sign-in": str(sign_in) if sign_in else None,
            "--lease": str(max(1, round(lease))) if lease else None,
        }
        words = [f"{name}={value}" for name, value in options.items() if value]
        keys_enforced = bool(function_key or master_key)
        return cls._start_embedded(app, environment, log, words, keys_enforced=keys_enforced)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask it to stop, and see to it; a second call does nothing."""
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        self._close()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def log_text(self) -> str:
        """Return what it has logged so far."""
        return self._log.read_text("utf-8", "replace")

    @classmethod
    def _start_func(
        cls, program: str, app: Path, environment: dict[str, str], log: Path
    ) -> Self | None:
        port = _free_port()
        python = Path(sys.executable).parent
        settings = environment | {
            "PATH": f"{python}{os.pathsep}{environment.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": str(python.parent),
        }
        command = [program, "start", "--port", str(port), "--python"]
        host = cls(
            _spawn(command, app, settings, log, stdout=None),
            f"http://127.0.0.1:{port}",
            log,
            keys_enforced=False,
        )
        if _answers(host, FUNC_PATIENCE):
            return host
        host.kill()
        with log.open("a", encoding="utf-8") as file:
            file.write("func did not get ready: going on with the embedded host\n")
        return None

    @classmethod
    def _start_embedded(
        cls,
        app: Path,
        environment: dict[str, str],
        log: Path,
        words: Sequence[str],
        *,
        keys_enforced: bool,
    ) -> Self:
        command = [sys.executable, "-m", "infra.local.host", "--port", "0", "--app", str(app)]
        command += ["--until-stdin-closes", *words]
        process = _spawn(command, CHECKOUT, environment, log, stdout=subprocess.PIPE)
        host = cls(process, "", log, keys_enforced=keys_enforced)
        announcement = _first_line(process)
        if not announcement:
            host.kill()
            raise HostStartError(f"the function host did not start:\n{host.log_text()[-4000:]}")
        host.url = json.loads(announcement)["listening"]
        return host

    def _signal(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            with suppress(ProcessLookupError):  # another thread has just seen it end
                os.killpg(self.process.pid, number)

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


def _spawn(
    command: Sequence[str], folder: Path, environment: dict[str, str], log: Path, stdout: int | None
) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,  # held open by us alone: its end says that we are gone
            stdout=stdout or file,
            stderr=file,
            start_new_session=True,  # Ctrl-C is for us, and `func` has children of its own
        )


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """Return what the host announces, or nothing if it ends or takes too long."""
    if process.stdout is None:
        return b""
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    return process.stdout.readline() if ready else b""


def _working_func() -> str | None:
    program = shutil.which("func")
    if program is None:
        return None
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if asked.returncode == 0 else None


def _answers(host: FunctionHost, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while host.process.poll() is None and time.monotonic() < deadline:
        try:
            address = f"{host.url}/admin/host/status"
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  loopback
                if json.load(answer).get("state") == "Running":
                    return True
        except (OSError, ValueError):
            time.sleep(0.2)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
