"""Failures ordered in advance."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure, for the next request whose path contains *on*."""

    on: str
    status: int
    code: str
    headers: Mapping[str, str]

    def response(self) -> httpx.Response:
        """Return the failure in the vault's own form."""
        error = {"code": self.code, "message": "Ordered by whoever runs this vault."}
        return httpx.Response(self.status, headers=self.headers, json={"error": error})


class Faults:
    """The failures still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, fault: Fault, times: int) -> None:
        """Add *fault*, to happen *times* times."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def take(self, path: str) -> httpx.Response | None:
        """Return the failure due for a request to *path*, if any."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.on in path:
                    return self._waiting.pop(index).response()
        return None
