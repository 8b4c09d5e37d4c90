"""Each measurement is sent once: an alarm listens for silence, which repeats would drown."""

from opentelemetry.sdk.metrics import Counter, Histogram, _Gauge
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricReader,
    PeriodicExportingMetricReader,
)

# By itself the exporter sends a gauge again each minute, as long as its worker lives.
DELTA = AggregationTemporality.DELTA
ONCE: dict[type, AggregationTemporality] = {Counter: DELTA, Histogram: DELTA, _Gauge: DELTA}


def reader(exporter: MetricExporter) -> MetricReader:
    """Return what sends measurements by way of an exporter, whatever that one prefers."""
    MetricExporter.__init__(exporter, ONCE)
    return PeriodicExportingMetricReader(exporter)
