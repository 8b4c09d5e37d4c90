"""What the app tells of itself, kept in memory: by the real SDK, once for the whole process."""

from dataclasses import dataclass
from functools import cache

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from shared.telemetry.sent_once import ONCE

Measured = list[tuple[dict[str, object], float]]


@dataclass(frozen=True)
class Seen:
    """All that was told since `watching`."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> list[ReadableSpan]:
        """Return the spans that have ended, in that order."""
        return list(self.exporter.get_finished_spans())

    def span(self, name: str) -> ReadableSpan:
        """Return the only span of this name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def measured(self) -> dict[str, Measured]:
        """Return what was measured since the last time this was asked."""
        told = self.reader.get_metrics_data()
        found: dict[str, Measured] = {}
        for resource in told.resource_metrics if told else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    found[metric.name] = [_measured(each) for each in metric.data.data_points]
        return found


def watching() -> Seen:
    """Forget what was told before, and keep what will be told."""
    seen = _providers()
    seen.exporter.clear()
    seen.reader.get_metrics_data()
    return seen


def trace_id(span: ReadableSpan | trace.Span) -> str:
    """Return the id of the trace that the span belongs to."""
    return f"{_context(span).trace_id:032x}"


def traceparent(span: ReadableSpan | trace.Span) -> str:
    """Return how a message names the span."""
    context = _context(span)
    return f"00-{trace_id(span)}-{context.span_id:016x}-{context.trace_flags:02x}"


def _context(span: ReadableSpan | trace.Span) -> trace.SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


@cache
def _providers() -> Seen:
    exporter = InMemorySpanExporter()
    spans = TracerProvider(sampler=ALWAYS_ON)
    spans.add_span_processor(SimpleSpanProcessor(exporter))
    reader = InMemoryMetricReader(ONCE)
    trace.set_tracer_provider(spans)
    metrics.set_meter_provider(MeterProvider([reader], shutdown_on_exit=False))
    assert trace.get_tracer_provider() is spans, "somebody else was first"
    return Seen(exporter, reader)


def _measured(point: object) -> tuple[dict[str, object], float]:
    assert isinstance(point, NumberDataPoint | HistogramDataPoint)
    value = point.sum if isinstance(point, HistogramDataPoint) else point.value
    return {**(point.attributes or {})}, value
