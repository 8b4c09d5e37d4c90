"""Azurite, the real storage emulator, for as long as a `with` block lasts."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING, Self

from infra.local import places

if TYPE_CHECKING:
    from pathlib import Path

_SERVICES = ("Blob", "Queue", "Table")
_LISTENING = re.compile(r"Azurite (\w+) service is successfully listening at http://[^:]+:(\d+)")
_PATIENCE = 30.0  # seconds; half a second is normal, a busy machine needs more
_TAIL = 2_000  # characters of output an error quotes


class AzuriteError(RuntimeError):
    """Azurite is missing or did not start; the message ends with what it printed."""


class Azurite:
    """
    Blobs, queues and tables on three loopback ports, with an account and key of their own.

    In memory, or in the folder `location`, which then also keeps account and key. A SIGKILL loses
    what was written in the last five seconds, also on disk. Addresses are known once started and
    survive `stop` and `kill`, so that a client finds the same place after the next `start`.
    """

    def __init__(self, location: Path | None = None) -> None:
        self._location = location
        self._account, self._key = _account(location)
        self._ports = dict.fromkeys(_SERVICES, 0)  # 0: the kernel picks, so no port can be lost
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def blob_url(self) -> str:
        """The blob endpoint, without a slash at its end."""
        return self._url("Blob")

    @property
    def queue_url(self) -> str:
        """The queue endpoint, without a slash at its end."""
        return self._url("Queue")

    @property
    def table_url(self) -> str:
        """The table endpoint, without a slash at its end."""
        return self._url("Table")

    @property
    def connection_string(self) -> str:
        """What `AzureWebJobsStorage` holds: account, key and the three endpoints."""
        endpoints = "".join(f"{name}Endpoint={self._url(name)};" for name in _SERVICES)
        return (
            f"DefaultEndpointsProtocol=http;AccountName={self._account};"
            f"AccountKey={self._key};{endpoints}"
        )

    def start(self) -> None:
        """Start, and return when all three services answer; raises AzuriteError."""
        if self._process:
            raise AzuriteError("Azurite is running already")
        command = self._command()
        with tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(
                command,
                # Held open by us alone: its end tells stop_with_parent.cjs that we are gone. Unlike
                # PR_SET_PDEATHSIG this does not depend on which of our threads called.
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"AZURITE_ACCOUNTS": f"{self._account}:{self._key}"},
                start_new_session=True,  # Ctrl-C is for us; we then stop it in order
            )
            try:
                self._ports = _await_ports(self._process, output)
            except BaseException:
                self.kill()
                raise

    def stop(self) -> None:
        """Let it write its files and end; a second call does nothing."""
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._forget(self._process)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process:
            self._process.kill()
            self._forget(self._process)

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        if process.stdin:
            process.stdin.close()
        self._process = None

    def _url(self, service: str) -> str:
        if not self._ports[service]:
            raise AzuriteError("Azurite has no address before its first start")
        return f"http://127.0.0.1:{self._ports[service]}/{self._account}"

    def _command(self) -> list[str]:
        program = places.AZURITE / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
        if not (places.NODE.exists() and program.exists()):
            raise AzuriteError("Azurite is not installed: run `python3 -m infra.local test`")
        guard = places.NODE_PACKAGE / "stop_with_parent.cjs"
        ports = [
            word
            for name, port in self._ports.items()
            for word in (f"--{name.lower()}Port", str(port))
        ]
        where = ["--location", str(self._location)] if self._location else ["--inMemoryPersistence"]
        # The SDKs speak newer API versions than Azurite knows by name.
        flags = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"]
        return [str(places.NODE), "--require", str(guard), str(program), *ports, *where, *flags]


def _await_ports(process: subprocess.Popen[bytes], output: IO[bytes]) -> dict[str, int]:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        listening = _LISTENING.findall(_printed(output))
        if len(listening) == len(_SERVICES):
            return {name: int(port) for name, port in listening}
        time.sleep(0.02)
    how = "did not start in time" if process.poll() is None else "stopped while starting"
    raise AzuriteError(f"Azurite {how}: {_printed(output)[-_TAIL:].strip()}")


def _printed(output: IO[bytes]) -> str:
    # Azurite writes through the same file position, so read without moving it.
    return os.pread(output.fileno(), 1_000_000, 0).decode(errors="replace")


def _account(location: Path | None) -> tuple[str, str]:
    """Return account name and key: new ones, or those the folder was made with."""
    fresh = (f"local{secrets.token_hex(4)}", base64.b64encode(secrets.token_bytes(64)).decode())
    if location is None:
        return fresh
    location.mkdir(parents=True, exist_ok=True)
    kept = location / "account"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(":".join(fresh))
    name, _, key = kept.read_text().partition(":")
    return name, key
