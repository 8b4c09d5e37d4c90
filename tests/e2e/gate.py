"""Holds up single calls of the app on their way to a service, and lets them through on demand."""

import threading
from collections.abc import Callable

import httpx

from infra.local.serve import Simulator

LONGEST = 30.0  # seconds until a call that was forgotten here goes through


class Gate:
    """Stands in front of the service *name*, for the calls that *stops* says yes to."""

    def __init__(self, name: str, stops: Callable[[httpx.Request], bool]) -> None:
        self._name, self._stops = name, stops
        self._held: list[threading.Event] = []
        self._lock = threading.Lock()

    @property
    def arrived(self) -> int:
        """Count the calls that came here, those let through included."""
        return len(self._held)

    def let_through(self, number: int) -> None:
        """Let a call go on; 0 is the one that came first."""
        self._held[number].set()

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""
        if name != self._name:
            return simulator

        def gated(request: httpx.Request) -> httpx.Response:
            if self._stops(request):
                self._wait()
            return simulator(request)

        return gated

    def _wait(self) -> None:
        opened = threading.Event()
        with self._lock:
            self._held.append(opened)
        opened.wait(LONGEST)
