"""This worker's services: built once, when the first message comes, and the seam for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from shared.services import Services

_lock = threading.Lock()
_built: list[Services] = []


def services() -> Services:
    """Return this worker's services; Misconfigured if the app settings need attention."""
    with _lock:
        if not _built:
            # The Azure SDKs take longer to import than a worker may take to index the app.
            from shared.assembly import build  # noqa: PLC0415

            _built.append(build(utc_now))
        return _built[-1]


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
