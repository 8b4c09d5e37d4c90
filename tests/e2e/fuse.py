"""Lets a service fail the app for a while: overloaded, cut off, or heard and not answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from infra.local.serve import Simulator

Failing = Callable[[Simulator, httpx.Request], httpx.Response]


def busy(_: Simulator, __: httpx.Request) -> httpx.Response:
    """Answer as a service does while it is overloaded."""
    return httpx.Response(503)


def cut_before_effect(_: Simulator, __: httpx.Request) -> httpx.Response:
    """Do nothing, and break off."""
    raise httpx.RemoteProtocolError("cut off")


def cut_after_effect(simulator: Simulator, request: httpx.Request) -> httpx.Response:
    """Do it, and break off."""
    simulator(request)
    raise httpx.RemoteProtocolError("cut off")


class Fuse:
    """Stands in front of every service, by the names that `World(watch=...)` has for them."""

    def __init__(self) -> None:
        self._failing: dict[str, Failing] = {}

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""

        def fused(request: httpx.Request) -> httpx.Response:
            failing = self._failing.get(name)
            return failing(simulator, request) if failing else simulator(request)

        return fused

    @contextmanager
    def blown(self, name: str, failing: Failing) -> Iterator[None]:
        """Let every request to the service fail, for as long as the block lasts."""
        self._failing[name] = failing
        try:
            yield
        finally:
            del self._failing[name]
