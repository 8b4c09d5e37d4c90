"""How much a tenant may ask: requests in a window, and requests at once."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock


@dataclass(slots=True)
class Throttle:
    """
    A tenant's budget; nothing is limited until a test says so.

    Counts what it saw either way. A batch is one request at once, and each of its items is
    one of the window's.
    """

    requests: int | None = None  # commands in a window
    window: timedelta = timedelta(seconds=5)
    concurrent: int | None = None  # requests at once
    tells_when: bool = True  # whether a refusal carries Retry-After
    throttled: int = 0  # refusals so far
    in_flight: int = 0
    most_in_flight: int = 0
    _spent: int = 0
    _window_ends: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Hold one of the places for requests at once; false where none is left."""
        with self._lock:
            self.in_flight += 1
            admitted = self.concurrent is None or self.in_flight <= self.concurrent
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self.throttled += not admitted
        try:
            yield admitted
        finally:
            with self._lock:
                self.in_flight -= 1

    def spend(self, now: datetime) -> int | None:
        """Count one command; return after how many seconds to come back, None if admitted."""
        if self.requests is None:
            return None
        with self._lock:
            if self._window_ends is None or now >= self._window_ends:
                self._spent, self._window_ends = 0, now + self.window
            if self._spent < self.requests:
                self._spent += 1
                return None
            self.throttled += 1
            return max(1, math.ceil((self._window_ends - now).total_seconds()))
