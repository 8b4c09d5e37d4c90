"""This worker's services: built once, when the first message comes, and the seam for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from shared import application_insights, config
from shared.errors import Misconfigured
from shared.services import PatientQueue, Services

_lock = threading.Lock()
_built: list[Services] = []


def services() -> Services:
    """Return this worker's services; Misconfigured if the app settings need attention."""
    with _lock:
        if not _built:
            # Indexing needs none of the Azure SDKs, and every start of a worker would pay.
            from shared.assembly import build  # noqa: PLC0415

            telemetry()
            _built.append(build(utc_now))
        return _built[-1]


def telemetry() -> None:
    """Begin to send telemetry: before the first span, and whatever is wrong with other settings."""
    application_insights.start(config.insights_from_environment())


def queues() -> PatientQueue:
    """Return the queues; they can be had while other app settings need attention."""
    try:
        return services().queues
    except Misconfigured:
        from shared.assembly import build_queues  # noqa: PLC0415 - as above

        return build_queues(utc_now)


@contextmanager
def using(stand_in: Services) -> Iterator[None]:
    """Let everything inside the block use *stand_in*: the seam for tests."""
    with _lock:
        _built.append(stand_in)
    try:
        yield
    finally:
        with _lock:
            _built.remove(stand_in)


def utc_now() -> datetime:
    """Return the time: the only clock in the app."""
    return datetime.now(tz=UTC)  # noqa: TID251 - everyone else is handed this one
