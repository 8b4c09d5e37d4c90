"""The host tells a function its trace, and OpenTelemetry too if that is switched on."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace

from infra.local.host import admin, hostfile
from infra.local.host.asgi import Request
from infra.local.host.hostfile import HostFileError
from infra.local.host.http import call_for
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Invoker
from infra.local.host.settings import Settings
from infra.local.host.signatures import Binding, Signature
from infra.local.host.tracing import Caller, TraceContext, Tracing

CHECKOUT = Path(__file__).parents[2]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
ON = Settings({"PYTHON_ENABLE_OPENTELEMETRY": "True"})
OFF = Settings({})
EXPORTING = Settings({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=1"})


def function(call: Callable[..., Any]) -> IndexedFunction:
    return IndexedFunction(
        name="seeing",
        call=call,
        directory="/app",
        trigger=Binding(name="message", type="queueTrigger", direction="IN", properties={}),
        bindings=[],
        signature=Signature(inputs={}, outputs={}, returned=None, wants_context=True),
        retry=None,
    )


async def unwanted(binding: Binding, datum: object) -> None:
    raise AssertionError(binding, datum)


def run(settings: Settings, *callers: Caller, is_async: bool = False) -> list[tuple[str, str, str]]:
    """Run a call for each caller in one thread; return (told, current trace, current span)."""
    seen = []

    def see(context: Any) -> None:  # noqa: ANN401 - the worker's own kind
        current = trace.get_current_span().get_span_context()
        seen.append(
            (
                context.trace_context.trace_parent,
                f"{current.trace_id:032x}",
                f"{current.span_id:016x}",
            )
        )

    async def see_async(context: Any) -> None:  # noqa: ANN401
        see(context)

    async def all_calls() -> None:
        invoker = Invoker(
            timeout=timedelta(seconds=5),
            threads=1,
            names={},
            deliver=unwanted,
            tracing=Tracing.of(settings, "OpenTelemetry"),
        )
        for caller in callers:
            call = admin.message_call(function(see_async if is_async else see), "text")
            call = replace(call, caller=caller)
            assert (await invoker.attempt(call)).failure is None

    asyncio.run(all_calls())
    return seen


@pytest.mark.parametrize("is_async", [False, True])
def test_the_callers_trace_goes_on_in_the_function(*, is_async: bool) -> None:
    [(told, trace_id, span_id)] = run(ON, Caller(traceparent=PARENT), is_async=is_async)

    assert told == f"00-{TRACE}-{span_id}-01"
    assert trace_id == TRACE
    assert span_id != SPAN


@pytest.mark.parametrize("is_async", [False, True])
def test_each_call_without_a_caller_has_a_trace_of_its_own(*, is_async: bool) -> None:
    calls = run(ON, Caller(traceparent=PARENT), Caller(), Caller(), is_async=is_async)

    assert len({trace_id for _, trace_id, _ in calls}) == 3
    assert all(told.split("-")[1:3] == [trace_id, span] for told, trace_id, span in calls)


def test_nothing_is_current_unless_it_is_switched_on() -> None:
    [(told, trace_id, _)] = run(OFF, Caller(traceparent=PARENT))

    assert told.startswith(f"00-{TRACE}-")
    assert trace_id == "0" * 32


def test_the_state_of_a_trace_comes_with_it_only() -> None:
    tracing = Tracing()

    assert tracing.trace(Caller(traceparent=PARENT, tracestate="a=1,b=2")).trace_state == "a=1,b=2"
    assert tracing.trace(Caller(traceparent="", tracestate="a=1")).trace_state == ""


@pytest.mark.parametrize(
    "header",
    [
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}",
        f"{PARENT},{PARENT}",
        f" {PARENT}",
    ],
)
def test_a_malformed_parent_begins_another_trace(header: str) -> None:
    assert TRACE not in Tracing().trace(Caller(traceparent=header)).trace_parent


def test_a_later_version_of_the_header_is_read_as_far_as_it_is_known() -> None:
    parent = Tracing().trace(Caller(traceparent=f"01-{TRACE}-{SPAN}-00-more")).trace_parent

    assert parent.startswith(f"00-{TRACE}-")
    assert parent.endswith("-00")


@pytest.mark.parametrize(
    ("settings", "mode", "flags"),
    [
        (EXPORTING, "OpenTelemetry", "01"),
        (EXPORTING, "ApplicationInsights", "00"),
        (OFF, "OpenTelemetry", "00"),
    ],
)
def test_a_new_trace_is_sampled_if_the_host_has_somewhere_to_send_it(
    settings: Settings, mode: str, flags: str
) -> None:
    assert Tracing.of(settings, mode).trace(Caller()).trace_parent.endswith(f"-{flags}")


def test_a_request_hands_its_headers_on() -> None:
    request = Request(
        method="GET",
        path="/",
        url="http://localhost/",
        headers={"traceparent": PARENT, "tracestate": "a=1"},
        query={},
        body=b"",
    )

    caller = call_for(function(print), request, {}).caller
    assert caller == Caller(traceparent=PARENT, tracestate="a=1")


@pytest.mark.parametrize("value", ["", "false", "0", "on"])
def test_opentelemetry_is_not_imported_unless_it_is_switched_on(value: str) -> None:
    program = (
        "import sys; from infra.local.host import __main__; "
        "from infra.local.host.settings import Settings; "
        "from infra.local.host.tracing import Tracing; "
        f"Tracing.of(Settings({{'PYTHON_ENABLE_OPENTELEMETRY': {value!r}}}), 'OpenTelemetry'); "
        "print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_a_call_is_told_attributes_though_there_are_none() -> None:
    assert TraceContext(trace_parent=PARENT).attributes == {}


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        ('{"version": "2.0"}', "ApplicationInsights"),
        ('{"version": "2.0", "telemetryMode": "OpenTelemetry"}', "OpenTelemetry"),
        ('{"version": "2.0", "telemetryMode": "applicationinsights"}', "ApplicationInsights"),
    ],
)
def test_host_json_chooses_the_telemetry_mode(tmp_path: Path, content: str, mode: str) -> None:
    (tmp_path / "host.json").write_text(content)

    assert hostfile.read(tmp_path, OFF).telemetry_mode == mode


def test_an_unknown_telemetry_mode_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0", "telemetryMode": "OpenCensus"}')

    with pytest.raises(HostFileError, match="telemetryMode must be"):
        hostfile.read(tmp_path, OFF)
