"""Which host runs an app: `func` where it works, else the embedded one."""

import sys
from pathlib import Path

import pytest

from infra.local.host.launch import FunctionHost
from tests.contract.host_world import SAMPLE_APP, World

SERVES = """
class Status(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"state": "Running"}')

print(sys.argv[1:], os.getcwd(), flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[3])), Status).serve_forever()
"""
GIVES_UP = "sys.exit('no extension bundle')"


def install_func(folder: Path, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    """Put a `func` on the path that has a version, and does *start* when it is to start."""
    program = folder / "func"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "from http.server import BaseHTTPRequestHandler, HTTPServer\n"
        "if sys.argv[1] == '--version':\n"
        "    sys.exit(0)\n" + start
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_func_is_taken_where_it_works_and_enforces_no_keys(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_func(world.folder, monkeypatch, SERVES)
    with FunctionHost.start(SAMPLE_APP, world.settings, log=world.log, master_key="m") as host:
        assert not host.keys_enforced
        assert f"'--python'] {SAMPLE_APP}" in host.log_text()

    assert host.process.returncode is not None


@pytest.mark.parametrize("start", [None, GIVES_UP])
def test_without_a_func_that_starts_the_embedded_host_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch, start: str | None
) -> None:
    monkeypatch.setenv("PATH", str(world.folder))
    if start:
        install_func(world.folder, monkeypatch, start)
    with FunctionHost.start(SAMPLE_APP, world.settings, log=world.log, master_key="m") as host:
        assert host.keys_enforced
        assert host.process.poll() is None
        assert ("func did not get ready" in host.log_text()) is bool(start)
