"""
Sends traces, metrics and our log lines to Application Insights.

The platform's host sends its own about each invocation. Ours are sent by the worker
itself: with PYTHON_ENABLE_OPENTELEMETRY the host leaves a worker's log lines to it.
"""

import logging
import threading
from typing import Any, Protocol

from shared.config import Insights

OURS = "easgate"  # the parent of all our loggers
FLUSH = 5.0  # seconds that a timer waits at most
log = logging.getLogger("easgate.telemetry")

_lock = threading.Lock()
_tried: list[Insights] = []
_providers: list["_Provider"] = []


class _Provider(Protocol):
    """What collects one kind of telemetry."""

    def force_flush(self, timeout_millis: int) -> bool:
        """Send what is waiting."""
        ...


def start(settings: Insights | None) -> None:
    """Begin to send, once per worker; without it phones get their decisions all the same."""
    with _lock:
        if settings is None or _tried:
            return
        _tried.append(settings)
        try:
            _providers.extend(_begin(settings))
        except ValueError as error:
            log.error("APPLICATIONINSIGHTS_CONNECTION_STRING cannot be used: %s", error)  # noqa: TRY400 - it says all


def flush() -> None:
    """Send what is waiting: a worker may be stopped as soon as it has nothing to do."""
    # To one side: the exporter tries again and again, whatever time it is given.
    sending = threading.Thread(target=_flush, name="telemetry", daemon=True)
    sending.start()
    sending.join(FLUSH)


def _flush() -> None:
    for provider in _providers:
        provider.force_flush(int(FLUSH * 1_000))


def _begin(settings: Insights) -> list[_Provider]:
    # Here and not at the top: an app that sends nothing pays for none of it.
    from azure.monitor.opentelemetry import exporter  # noqa: PLC0415
    from opentelemetry import metrics, trace  # noqa: PLC0415
    from opentelemetry.sdk._logs import LoggerProvider  # noqa: PLC0415
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415

    from shared.telemetry import sent_once  # noqa: PLC0415
    from shared.telemetry.log_lines import Cleaned, Outward  # noqa: PLC0415

    # What cannot be sent is dropped: a worker's disk is not ours, and does not last.
    to: dict[str, Any] = {
        "connection_string": settings.connection_string,
        "disable_offline_storage": True,
    }
    resource = Resource.create({"service.name": settings.service})
    # Whoever calls a webhook does not decide whether what follows can be seen.
    spans = TracerProvider(sampler=ALWAYS_ON, resource=resource)
    spans.add_span_processor(BatchSpanProcessor(exporter.AzureMonitorTraceExporter(**to)))
    figures = sent_once.reader(exporter.AzureMonitorMetricExporter(**to))
    meters = MeterProvider([figures], resource=resource)
    lines = LoggerProvider(resource=resource)
    lines.add_log_record_processor(Cleaned())
    lines.add_log_record_processor(BatchLogRecordProcessor(exporter.AzureMonitorLogExporter(**to)))
    trace.set_tracer_provider(spans)
    metrics.set_meter_provider(meters)
    logging.getLogger(OURS).addHandler(Outward(logging.INFO, lines))
    return [spans, meters, lines]
