"""Ways in which the service misbehaves: a fault wraps the carrying out of one call."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from infra.local.simulators.maas360 import wire

Perform = Callable[[], httpx.Response]
Fault = Callable[[Perform], httpx.Response]


class ConnectionDropped(httpx.RemoteProtocolError):
    """The connection ended without an answer; a server that mounts us closes the socket."""


def throttled(retry_after: str | None = None, *, reset_window: int | None = None) -> Fault:
    """
    Answer 429; Retry-After may be absent.

    *reset_window* in seconds comes in X-Rate-Limit-ResetWindow with X-Rate-Limit-Remaining: 0,
    which is what one client watches for. That the status is 429 is a guess.
    """
    limits = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-ResetWindow": str(reset_window)}
    return _failing(429, "Too Many Requests", retry_after, {} if reset_window is None else limits)


def unavailable(retry_after: str | None = None) -> Fault:
    """Answer 503; Retry-After may be absent."""
    return _failing(503, "Service Unavailable", retry_after, {})


def failing(status: int) -> Fault:
    """Answer any other status, with a web page as its body."""
    return _failing(status, f"Error {status}", None, {})


def web_page() -> Fault:
    """Do nothing and answer 200 with a web page, as in a time of maintenance."""
    return lambda _: wire.page(200, "MaaS360 is under maintenance")


def dropped() -> Fault:
    """Cut the connection."""

    def fault(_: Perform) -> httpx.Response:
        raise ConnectionDropped("Server disconnected without sending a response.")

    return fault


def meanwhile(do: Callable[[], object]) -> Fault:
    """Let something happen just before the call is carried out: between two pages, say."""

    def fault(perform: Perform) -> httpx.Response:
        do()
        return perform()

    return fault


def _failing(status: int, title: str, retry_after: str | None, headers: dict[str, str]) -> Fault:
    def fault(_: Perform) -> httpx.Response:
        response = wire.page(status, title)
        response.headers.update(headers)
        if retry_after is not None:
            response.headers["Retry-After"] = retry_after
        return response

    return fault


@dataclass(slots=True, kw_only=True)
class _Planned:
    fault: Fault
    on: str
    times: int
    after: int


@dataclass(slots=True)
class Faults:
    """What goes wrong next. `latency` lasts until it is taken back."""

    latency: dict[str, float] = field(default_factory=dict)  # seconds by call name; "*" is any
    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, fault: Fault, *, on: str, times: int, after: int) -> None:
        """Add *fault*, for *times* calls named *on* (or any) once *after* of them were spared."""
        with self._lock:
            self._planned.append(_Planned(fault=fault, on=on, times=times, after=after))

    def take(self, name: str) -> Fault | None:
        """Return the fault a call meets, if any."""
        with self._lock:
            for planned in self._planned:
                if planned.on not in {"", name}:
                    continue
                if planned.after:
                    planned.after -= 1
                    continue
                planned.times -= 1
                if not planned.times:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def seconds(self, name: str) -> float:
        """Return how long a call takes."""
        return self.latency.get(name, self.latency.get("*", 0.0))

    def clear(self) -> None:
        """Behave again."""
        self.latency.clear()
        with self._lock:
            self._planned.clear()
