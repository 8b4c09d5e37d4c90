"""What is measured, and by which attributes its series are told apart."""

from datetime import datetime, timedelta

from opentelemetry import metrics

_METER = metrics.get_meter("easgate")

_days_left = _METER.create_gauge(
    "easgate.certificate.days_left", "d", "until what signs us in, or a webhook in, expires"
)
_rotation_hours = _METER.create_gauge(
    "easgate.rotation.hours", "h", "for which a rotation has been under way; 0: none is"
)
_actions = _METER.create_counter("easgate.actions", "1", "operations that came to an end, or wait")
_queue_age = _METER.create_histogram(
    "easgate.queue.age", "s", "from a message's arrival to the first attempt at it"
)
_throttle = _METER.create_gauge(
    "easgate.throttle.calls_per_second", "1/s", "that all workers together may ask of Exchange"
)
_token_age = _METER.create_histogram("easgate.token.age", "s", "of a token when it is used")


def days_left(tenant_id: str, which: str, ends_at: datetime, now: datetime) -> None:
    """Measure how long a certificate or a webhook secret lasts; negative once it has expired."""
    days = (ends_at - now) / timedelta(days=1)
    _days_left.set(days, {"tenant_id": tenant_id, "which": which})


def rotating(tenant_id: str, lasting: timedelta) -> None:
    """Measure how long a rotation has been under way."""
    _rotation_hours.set(lasting / timedelta(hours=1), {"tenant_id": tenant_id})


def action(tenant_id: str, kind: str, outcome: str) -> None:
    """Count an operation that came to an *outcome*."""
    _actions.add(1, {"tenant_id": tenant_id, "action": kind, "outcome": outcome})


def queue_age(queue: str, age: timedelta) -> None:
    """Measure how long a message had lain there."""
    _queue_age.record(max(age.total_seconds(), 0.0), {"queue": queue})


def throttle(tenant_id: str, calls_per_second: float) -> None:
    """Measure how much a tenant's Exchange is taken to bear."""
    _throttle.set(calls_per_second, {"tenant_id": tenant_id})


def token_age(tenant_id: str, age: timedelta) -> None:
    """Measure how old a token is that is handed out."""
    _token_age.record(max(age.total_seconds(), 0.0), {"tenant_id": tenant_id})
