"""The real exporter of Azure Monitor sends to the simulated Application Insights."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import TokenCredential
from azure.identity import ManagedIdentityCredential
from azure.monitor.opentelemetry.exporter import (
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from infra.local import telemetry
from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.entra import Entra
from infra.local.simulators.insights import Insights
from infra.local.simulators.managed_identity import ManagedIdentity
from tests.contract.exchange_world import TENANT_ID
from tests.contract.insights_world import KEY, Bearer, component

GOOD = SpanExportResult.SUCCESS
BAD = SpanExportResult.FAILURE
Export = Callable[..., SpanExportResult]


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    authority = Authority.create(tmp_path_factory.mktemp("authority"))
    with Server(authority) as server:
        yield server, authority.bundle


@pytest.fixture
def insights() -> Insights:
    return component(now)


@pytest.fixture
def address(
    server: tuple[Server, Path], insights: Insights, monkeypatch: pytest.MonkeyPatch
) -> str:
    mounted, bundle = server
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.delenv("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", raising=False)
    for name, value in telemetry.QUIET.items():
        monkeypatch.setenv(name, value)
    return mounted.mount(insights, name="insights")


@pytest.fixture
def options(address: str, insights: Insights) -> dict[str, Any]:
    """Return what every exporter here is made with."""
    return {
        "connection_string": insights.connection_string(address),
        "credential": Bearer(now()),
        "disable_offline_storage": True,
    }


@pytest.fixture
def export(options: dict[str, Any]) -> Iterator[Export]:
    """Return how to send spans; None as a credential sends them without a token."""
    made = []

    def send(
        *spans: ReadableSpan,
        credential: TokenCredential | None = options["credential"],
        **more: Any,  # noqa: ANN401 - the exporter's own
    ) -> SpanExportResult:
        exporter = AzureMonitorTraceExporter(**{**options, "credential": credential, **more})
        made.append(exporter)
        return exporter.export(spans or [finished("work")])

    yield send
    for exporter in made:
        exporter.shutdown()


def finished(name: str, kind: SpanKind = SpanKind.CLIENT) -> ReadableSpan:
    memory = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    provider.get_tracer("test").start_span(name, kind=kind).end()
    return memory.get_finished_spans()[0]


def content(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = item["data"]["baseData"]
    return found


def test_spans_arrive_as_requests_dependencies_and_exceptions(
    options: dict[str, Any], insights: Insights
) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(AzureMonitorTraceExporter(**options)))
    tracer = provider.get_tracer("test")
    with (
        pytest.raises(ValueError, match="broken"),
        tracer.start_as_current_span("signals process", kind=SpanKind.CONSUMER),
        tracer.start_as_current_span("Exchange Get-CASMailbox", kind=SpanKind.CLIENT),
    ):
        raise ValueError("broken")
    provider.shutdown()

    [request] = insights.items("RequestData")
    [dependency] = insights.items("RemoteDependencyData")
    assert content(request)["name"] == "signals process"
    assert content(dependency)["name"] == "Exchange Get-CASMailbox"
    assert not content(dependency)["success"]
    thrown = [
        content(item)["exceptions"][0]["typeName"] for item in insights.items("ExceptionData")
    ]
    assert thrown == ["ValueError", "ValueError"]
    assert {item["tags"]["ai.operation.id"] for item in (request, dependency)} == {  # type: ignore[index] # JSON
        request["tags"]["ai.operation.id"]  # type: ignore[index] # JSON
    }
    assert options["credential"].asked[:1] == ["https://monitor.azure.com//.default"]
    assert insights.refused == []


def test_metrics_arrive_with_their_attributes(options: dict[str, Any], insights: Insights) -> None:
    reader = PeriodicExportingMetricReader(AzureMonitorMetricExporter(**options))
    provider = MeterProvider([reader], shutdown_on_exit=False)
    meter = provider.get_meter("easgate")
    meter.create_counter("easgate.actions").add(2, {"tenant_id": "t-1"})
    for age in (1.5, 2.5):
        meter.create_histogram("easgate.queue.age").record(age)
    provider.shutdown()

    sent = {
        content(item)["metrics"][0]["name"]: content(item) for item in insights.items("MetricData")
    }
    assert sent["easgate.actions"]["properties"] == {"tenant_id": "t-1"}
    assert sent["easgate.actions"]["metrics"][0]["value"] == 2
    age = sent["easgate.queue.age"]["metrics"][0]
    assert (age["value"], age["count"], age["min"], age["max"]) == (4.0, 2, 1.5, 2.5)
    assert insights.refused == []


def test_logs_arrive_as_messages(options: dict[str, Any], insights: Insights) -> None:
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(AzureMonitorLogExporter(**options)))
    provider.get_logger("easgate").emit(
        body="a device was blocked", severity_text="WARN", attributes={"operation_id": "o-1"}
    )
    provider.shutdown()

    [item] = insights.items("MessageData")
    assert content(item)["message"] == "a device was blocked"
    assert content(item)["properties"]["operation_id"] == "o-1"
    assert insights.refused == []


def test_a_managed_identity_needs_the_role(
    server: tuple[Server, Path],
    export: Export,
    insights: Insights,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entra = Entra()
    entra.directory.add_tenant(TENANT_ID)
    insights = Insights(jwks=entra.jwks, clock=now, tenant_id=TENANT_ID)
    string = insights.connection_string(server[0].mount(insights, name="another"))
    identity = ManagedIdentity(entra, principal_id="p-1", secret="s3cret")
    base = server[0].mount(identity, name="identity", tls=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{base}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "s3cret")

    with ManagedIdentityCredential() as credential:
        insights.roles.grant("p-1", "Monitoring Reader")
        assert export(credential=credential, connection_string=string) is BAD
        insights.roles.grant("p-1")
        assert export(credential=credential, connection_string=string) is GOOD
        insights.roles.revoke("p-1")
        assert export(credential=credential, connection_string=string) is BAD

    assert len(insights.items()) == 1


def test_the_key_alone_opens_nothing(
    export: Export, insights: Insights, caplog: pytest.LogCaptureFixture
) -> None:
    assert export(credential=None) is BAD
    assert insights.items() == []
    assert "invalid status 'Unauthorized'" in caplog.text


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://vault.azure.net"},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"tid": "99999999-6d55-4f0f-9d0c-0f7b1c8a1d11"},
        {"key": "somebody else"},
        {"oid": "another principal"},
    ],
)
def test_a_wrong_token_opens_nothing(
    export: Export, insights: Insights, claims: dict[str, Any]
) -> None:
    assert export(credential=Bearer(now(), **claims)) is BAD
    assert insights.items() == []


def test_the_key_of_another_component_is_refused(
    options: dict[str, Any], export: Export, insights: Insights
) -> None:
    string = options["connection_string"].replace(KEY, KEY.replace("1", "9"))

    assert export(connection_string=string) is BAD
    assert [told["message"] for told in insights.refused] == ["Invalid instrumentation key"]


def test_a_bad_item_does_not_take_the_others_with_it(
    export: Export, insights: Insights, caplog: pytest.LogCaptureFixture
) -> None:
    assert export(finished("good"), finished(""), finished("good too")) is BAD

    assert [content(item)["name"] for item in insights.items()] == ["good", "good too"]
    assert "109: Field 'name' on type 'RemoteDependencyData' is required" in caplog.text


def test_a_throttled_exporter_waits_as_it_is_told(export: Export, insights: Insights) -> None:
    insights.faults.order(429, retry_after="1")
    started = time.monotonic()

    assert export() is GOOD
    assert time.monotonic() - started >= 1
    assert len(insights.items()) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 429, 439])
def test_what_the_service_refuses_is_not_kept(
    export: Export, insights: Insights, status: int
) -> None:
    insights.faults.order(status)

    assert export() is BAD
    assert insights.items() == []
    assert export() is GOOD


def test_a_server_error_is_tried_again_at_once(export: Export, insights: Insights) -> None:
    insights.faults.order(500)

    assert export() is GOOD
    assert len(insights.items()) == 1


def test_a_redirect_is_followed(
    server: tuple[Server, Path], export: Export, insights: Insights
) -> None:
    moved = component(now)
    insights.faults.order(307, location=f"{server[0].mount(moved, name='moved')}/v2.1/track")

    assert export() is GOOD
    assert (len(insights.items()), len(moved.items())) == (0, 1)
