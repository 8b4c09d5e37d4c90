"""One trace from a webhook over the queues to Exchange (W3C Trace Context)."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from shared.telemetry import message_context
from shared.telemetry.message_context import About

TRACEPARENT = "traceparent"
_W3C = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("easgate")  # of whatever provider is there when a span begins


def carried() -> dict[str, str]:
    """Return the field by which a message takes the current trace along; none outside of one."""
    fields: dict[str, str] = {}
    _W3C.inject(fields)
    return {TRACEPARENT: fields[TRACEPARENT]} if TRACEPARENT in fields else {}


def current_id() -> str:
    """Return the current trace's id in the form of a UUID; outside of one, a random UUID."""
    trace_id = trace.get_current_span().get_span_context().trace_id
    return str(uuid.UUID(int=trace_id) if trace_id else uuid.uuid4())


@contextmanager
def handling(queue: str, traceparent: str, about: About) -> Iterator[Span]:
    """
    Go on with a message's trace while the message is handled.

    The platform begins a trace of its own for each invocation: that one is linked. Nonsense
    in *traceparent*, which other systems may write, counts as none.
    """
    here = trace.get_current_span().get_span_context()
    before = _W3C.extract({TRACEPARENT: traceparent}, context=Context())
    if trace.get_current_span(before).get_span_context().is_valid:
        links = [Link(here)] if here.is_valid else []
    else:
        before, links = contexts.get_current(), []
    with _span(
        f"{queue} process",
        SpanKind.CONSUMER,
        {"messaging.system": "azure_queues", "messaging.destination.name": queue, **about.ids},
        within=message_context.holding(about, before),
        links=links,
    ) as span:
        yield span


@contextmanager
def answering(function: str) -> Iterator[Span]:
    """
    Trace one HTTP function.

    The worker for Python 3.13 does not hand the platform's trace to functions that run in
    threads: without a span of ours, a message would have no trace to take along.
    """
    with _span(function, SpanKind.INTERNAL, {"code.function.name": function}) as span:
        yield span


@contextmanager
def calling(
    service: str, operation: str, attributes: Mapping[str, str] | None = None
) -> Iterator[Span]:
    """Time one call of a service; *operation* says which kind, never on whom or what."""
    named = {
        "peer.service": service,
        "rpc.system": "http",
        "rpc.method": operation,
        **message_context.at_hand().ids,
        **(attributes or {}),
    }
    with _span(f"{service} {operation}", SpanKind.CLIENT, named) as span:
        yield span


def answered(span: Span, status: int) -> None:
    """Note an HTTP status; from 400 on the call counts as failed."""
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.BAD_REQUEST:
        failed(span, f"HTTP {status}")


def failed(span: Span, why: str) -> None:
    """Mark a span as failed; *why* is a kind of failure, not its text: that may name a person."""
    span.set_status(Status(StatusCode.ERROR, why))


@contextmanager
def _span(
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, AttributeValue],
    *,
    within: Context | None = None,
    links: list[Link] | None = None,
) -> Iterator[Span]:
    token = contexts.attach(within) if within is not None else None
    try:
        with _TRACER.start_as_current_span(
            name,
            kind=kind,
            attributes=attributes,
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                failed(span, type(error).__name__)
                raise
    finally:
        if token is not None:
            contexts.detach(token)
