"""Failures ordered in advance, for calls by name."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import httpx

from infra.local.simulators.graph.refusals import RefusedError

Perform = Callable[[], httpx.Response]

# What is said with each status where nobody says otherwise; the last two are guesses.
_CODES = {
    403: ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    429: ("Request_ThrottledTemporarily", "Your request is throttled temporarily."),
    503: ("Service_ServiceUnavailable", "The service is temporarily unavailable."),
    504: ("GatewayTimeout", "The service did not answer in time."),
}


class Moment(StrEnum):
    """Whether a call that fails has done its work."""

    BEFORE = "before"
    AFTER = "after"


class ConnectionDropped(httpx.RemoteProtocolError):
    """The connection ended without an answer; a server that mounts us closes the socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure, for the next call named *on*, or for any."""

    on: str
    moment: Moment
    status: int = 0  # of the answer; zero for none
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def meet(self, perform: Perform) -> httpx.Response:
        """Do the work or not, and fail."""
        if self.moment is Moment.AFTER:
            perform()
        if not self.status:
            raise ConnectionDropped("Server disconnected without sending a response.")
        usual, message = _CODES.get(self.status, ("UnknownError", "Ordered by whoever runs this."))
        raise RefusedError(self.status, self.code or usual, message, headers=self.headers)


class Faults:
    """The failures still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self.latency: dict[str, float] = {}  # seconds by call name; "*" is any
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, fault: Fault, times: int) -> None:
        """Add *fault*, to happen *times* times."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def take(self, name: str) -> Fault | None:
        """Return the failure due for a call, if any."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.on in {"", name}:
                    return self._waiting.pop(index)
        return None

    def seconds(self, name: str) -> float:
        """Return how long a call takes."""
        return self.latency.get(name, self.latency.get("*", 0.0))
