"""The host process: how it starts, stops, dies, and outlives a storage outage."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local.azurite import Azurite
from infra.local.host.launch import CHECKOUT, HostStartError
from tests.contract.host_world import World, until, waiting


def test_a_stopping_host_lets_a_running_function_finish(world: World) -> None:
    world.send("slow 1")
    with world.host() as host:
        world.until_recorded("work")
        told = time.monotonic()
        host.stop()
        took = time.monotonic() - told

    assert host.process.returncode == 0
    assert took < 5
    assert len(world.records("worked")) == 1
    assert waiting(world.queue("WORK_QUEUE")) == 0


def test_a_killed_host_loses_nothing(world: World) -> None:
    world.send("slow 0.6")
    with world.host(lease=1) as host:
        world.until_recorded("work")
        host.kill()
    assert world.records("worked") == []

    with world.host(lease=1):
        world.until_recorded("worked")
        until(lambda: waiting(world.queue("WORK_QUEUE")) == 0, world.log)
    assert [seen["attempt"] for seen in world.records("work")] == [1, 2]


def test_a_listener_outlives_a_storage_outage(tmp_path: Path) -> None:
    with Azurite(tmp_path / "storage") as azurite:
        world = World(azurite.connection_string, tmp_path)
        with world.host():
            world.send("before")
            world.until_recorded("worked")
            azurite.stop()
            until(lambda: "work - storage does not answer" in world.log.read_text(), world.log)
            azurite.start()
            world.send("after")
            world.until_recorded("worked", 2)


def test_a_host_stops_with_the_program_that_started_it(world: World) -> None:
    with world.host() as host:
        assert host.process.stdin
        host.process.stdin.close()
        assert host.process.wait(10) == 0


def test_what_only_azure_sets_is_left_out(world: World) -> None:
    world.settings |= {"CONTAINER_NAME": "x", "WEBSITE_INSTANCE_ID": "y"}
    app = an_app(
        world.folder,
        "import os\n"
        "assert 'CONTAINER_NAME' not in os.environ and 'WEBSITE_INSTANCE_ID' not in os.environ\n"
        "print('this goes to the log')\n",
    )
    with world.host(app):
        assert "this goes to the log" in world.log.read_text()


def test_stdout_carries_one_line_only(world: World) -> None:
    app = an_app(world.folder, "print('noise')\n")
    command = [sys.executable, "-m", "infra.local.host", "--port", "0", "--until-stdin-closes"]
    with (
        world.log.open("w") as log,
        subprocess.Popen(
            [*command, "--app", str(app)],
            cwd=CHECKOUT,
            env=world.settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        process.stdin.close()
        rest = process.stdout.read()

    assert json.loads(line)["functions"] == ["fine"]
    assert rest == b""
    assert process.returncode == 0


def test_a_host_that_refuses_says_why_to_its_starter(world: World) -> None:
    app = an_app(world.folder, "raise RuntimeError('at import')\n")

    with pytest.raises(HostStartError, match="at import"), world.host(app):
        pass


def test_a_refusal_is_exit_code_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local.host", "--port", "0", "--app", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env={"PATH": os.defpath},
        capture_output=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == 1
    assert b"there is no function_app.py" in done.stderr
    assert done.stdout == b""


def test_a_script_of_another_name_is_found_and_finds_its_neighbours(world: World) -> None:
    app = an_app(world.folder, "import neighbour\nassert neighbour.HERE")
    (app / "function_app.py").rename(app / "entry.py")
    (app / "neighbour.py").write_text("HERE = True")
    world.settings["PYTHON_SCRIPT_FILE_NAME"] = "entry.py"

    with world.host(app) as host:
        assert host.process.poll() is None


GOOD = """
import azure.functions as func

app = func.FunctionApp()


@app.route("fine")
def fine(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("fine")
"""


def an_app(folder: Path, source: str) -> Path:
    """Write an app of one good function and *source*."""
    app = folder / "app"
    app.mkdir()
    (app / "function_app.py").write_text(GOOD + source)
    return app
