"""The trace an invocation belongs to, by W3C Trace Context, and OpenTelemetry's idea of it."""

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from infra.local.host.settings import Settings

log = logging.getLogger(__name__)

WORKER_SWITCH = "PYTHON_ENABLE_OPENTELEMETRY"
TRUE = frozenset({"1", "true", "t", "yes", "y"})  # what the worker takes for true
SINK = "APPLICATIONINSIGHTS_CONNECTION_STRING"
OPEN_TELEMETRY = "OpenTelemetry"
# Version 00 is 55 characters long; later ones may go on, and ff is none.
PARENT = re.compile(
    r"(?!ff|00.{54})[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})(?:-.*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceContext:
    """What the host tells the worker about the trace of one call."""

    trace_parent: str
    trace_state: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The trace headers of a request, as they came; empty ones for calls that have no caller."""

    traceparent: str = ""
    tracestate: str = ""


Attach = Callable[[TraceContext], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """
    How this host and its worker trace.

    *flags* are those of traces that begin here: without anywhere to send them to, the platform's
    host marks its own as not sampled. *attach* makes a trace OpenTelemetry's current one, in the
    thread or task it is called in.
    """

    flags: str = "00"
    attach: Attach = lambda _: None

    @classmethod
    def of(cls, settings: Settings, telemetry_mode: str) -> Self:
        """Read what is switched on; only then is OpenTelemetry imported."""
        sampled = telemetry_mode == OPEN_TELEMETRY and settings.get(SINK)
        flags = "01" if sampled else "00"
        if (settings.get(WORKER_SWITCH) or "").strip().lower() in TRUE:
            return cls(flags=flags, attach=_attach())
        return cls(flags=flags)

    def trace(self, caller: Caller) -> TraceContext:
        """Continue the caller's trace with a span of our own; begin one if it names none."""
        parent = PARENT.fullmatch(caller.traceparent)
        span = secrets.token_hex(8)
        if parent is None:
            return TraceContext(trace_parent=f"00-{secrets.token_hex(16)}-{span}-{self.flags}")
        return TraceContext(
            trace_parent=f"00-{parent['trace']}-{span}-{parent['flags']}",
            trace_state=caller.tracestate,
        )


def _attach() -> Attach:
    try:
        # Here and not above: the app may do without OpenTelemetry, and then so do we.
        from opentelemetry import context  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )
    except ImportError:
        log.exception("%s is on, but OpenTelemetry cannot be imported", WORKER_SWITCH)
        return lambda _: None
    propagator = TraceContextTextMapPropagator()

    def attach(trace: TraceContext) -> None:
        carrier: dict[str, Any] = {
            "traceparent": trace.trace_parent,
            "tracestate": trace.trace_state,
        }
        # Never detached, as in the worker: the next call in this thread attaches its own.
        context.attach(propagator.extract(carrier))

    return attach
