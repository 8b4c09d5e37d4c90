"""What keeps the embedded host from starting, as it keeps the real one: all or nothing."""

import asyncio
import re
import uuid
from pathlib import Path

import pytest

from infra.local.host import hostfile, index
from infra.local.host.hostfile import HostFileError
from infra.local.host.index import IndexedFunction
from infra.local.host.settings import Settings
from infra.local.host.signatures import IndexingError

GOOD = """
import asyncio
import typing
import azure.functions as func

app = func.FunctionApp()


@app.route("fine")
def fine(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("fine")
"""

OUTPUT = '@app.route("a")\n@app.queue_output("out", "q", "S")\n'


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('at import')", "at import"),
        (
            "nap = asyncio.sleep(0)\ntry:\n    asyncio.run(nap)\nfinally:\n    nap.close()",
            "cannot be called from a running",
        ),
        ("other = func.FunctionApp()", "one top-level FunctionApp is expected, 2 found"),
        ('@app.route("a")\ndef a(req: func.HttpRequest, more: str = ""): ...', "without a binding"),
        ('@app.route("a")\ndef a() -> str: ...', "bindings without a parameter"),
        ('@app.function_name("fine")\n@app.route("a")\ndef a(req): ...', "unique"),
        ("@app.function_name('a')\ndef a(): ...", "does not have a trigger"),
        (
            '@app.queue_trigger("msg", "q", "S")\ndef a(msg: dict): ...',
            "does not match queueTrigger",
        ),
        (
            OUTPUT + "def a(req: func.HttpRequest, out: func.Out[list[str]]) -> str: ...",
            "invalid non-type annotation",
        ),
        (
            OUTPUT + "def a(req: func.HttpRequest, out: func.Out[str | None]) -> str: ...",
            "invalid non-type annotation",
        ),
        ('@app.route("a")\ndef a(req: func.HttpRequest) -> dict: ...', "does not match http"),
        ('@app.blob_trigger("b", "p", "S")\ndef a(b: func.InputStream): ...', "knows no blob"),
        ('@app.route("a", trigger_arg_name="a__b")\ndef a(a__b) -> str: ...', "is invalid"),
    ],
)
def test_one_bad_function_keeps_all_from_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    with pytest.raises(IndexingError, match=re.escape(reason)):
        indexed(tmp_path, monkeypatch, source)


@pytest.mark.parametrize(
    "source",
    [
        '@app.queue_trigger("msg", "q", "S")\ndef a(msg: func.QueueMessage) -> None: ...',
        '@app.queue_trigger("msg", "q", "S")\ndef a(msg: str, context) -> None: ...',
        '@app.queue_trigger("msg", "q", "S")\ndef a(msg) -> None: ...',
        OUTPUT + "def a(req: func.HttpRequest, out: func.Out[typing.List[str]]) -> str: ...",
        OUTPUT + "def a(req: func.HttpRequest, out: func.Out[bytes]) -> str: ...",
        OUTPUT + "def a(req: func.HttpRequest, out) -> str: ...",
    ],
)
def test_a_good_function_is_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    names = [function.name for function in indexed(tmp_path, monkeypatch, source)]

    assert names == ["fine", "a"]


@pytest.mark.parametrize("script", ["../function_app.py", "function_app", "absent.py"])
def test_a_script_that_is_not_in_the_app_folder_is_refused(tmp_path: Path, script: str) -> None:
    with pytest.raises(IndexingError, match=re.escape(script)):
        index.load(tmp_path, script)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"version": "1.0"}', "must be"),
        ("{", "host.json"),
        ('{"version": "2.0", "extensions": {"queues": {"batchSize": 33}}}', "batchSize"),
        ('{"version": "2.0", "functionTimeout": "soon"}', "not a time span: soon"),
    ],
)
def test_a_bad_host_json_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "host.json").write_text(content)

    with pytest.raises(HostFileError, match=reason):
        hostfile.read(tmp_path, Settings({}))


def test_a_setting_overrides_host_json_whatever_its_letter_case(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text(
        '{"version": "2.0", "extensions": {"http": {"routePrefix": "api"}}}'
    )
    override = {"azurefunctionsjobhost__EXTENSIONS__http__routeprefix": "v2"}

    assert hostfile.read(tmp_path, Settings({})).route_prefix == "api"
    assert hostfile.read(tmp_path, Settings(override)).route_prefix == "v2"


def test_without_host_json_the_defaults_hold(tmp_path: Path) -> None:
    options = hostfile.read(tmp_path, Settings({}))

    assert (options.batch_size, options.max_dequeue_count, options.base64) == (16, 5, True)


def indexed(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> list[IndexedFunction]:
    """Index an app of one good function and *source*, inside a loop as the host does."""
    script = f"app_{uuid.uuid4().hex}.py"
    (folder / script).write_text(GOOD + source)
    monkeypatch.syspath_prepend(str(folder))

    async def load() -> list[IndexedFunction]:
        return index.load(folder, script)

    return asyncio.run(load())
