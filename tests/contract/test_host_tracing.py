"""A host process hands the trace of a request to the function, in an app that asks for it."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.host.launch import FunctionHost

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
APP = """
import json

import azure.functions as func
from opentelemetry import trace

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("seen")
def seen(req: func.HttpRequest, context: func.Context) -> str:
    current = trace.get_current_span().get_span_context()
    told = context.trace_context
    return json.dumps({
        "told": told.trace_parent,
        "state": told.trace_state,
        "current": f"{current.trace_id:032x}-{current.span_id:016x}",
        "is_remote": current.is_remote,
    })
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = tmp_path_factory.mktemp("app")
    (app / "function_app.py").write_text(APP)
    (app / "host.json").write_text('{"version": "2.0", "telemetryMode": "OpenTelemetry"}')
    settings = {"PATH": os.defpath, "PYTHON_ENABLE_OPENTELEMETRY": "true"}
    host = FunctionHost.start(app, settings, log=Path(app / "host.log"), embedded=True)
    with host, httpx.Client(base_url=host.url) as client:
        yield client


def test_a_valid_parent_is_continued_by_the_host(client: httpx.Client) -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "vendor=1"}
    seen = client.get("/api/seen", headers=headers).json()

    version, trace, span, flags = seen["told"].split("-")
    assert (version, trace, flags, seen["state"]) == ("00", TRACE, "01", "vendor=1")
    assert span != SPAN
    assert (seen["current"], seen["is_remote"]) == (f"{TRACE}-{span}", True)


def test_requests_without_a_valid_parent_do_not_share_a_trace(client: httpx.Client) -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}", "tracestate": "vendor=1"}
    answers = [client.get("/api/seen", headers=headers).json() for _ in range(2)]

    assert len({seen["current"][:32] for seen in answers} | {TRACE}) == 3
    assert all(seen["current"] in seen["told"] for seen in answers)
    assert {seen["state"] for seen in answers} == {""}
