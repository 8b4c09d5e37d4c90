"""What every receiver has in common: it can misbehave, and it says what it refuses."""

from collections.abc import Callable, Iterator, Mapping
from threading import RLock

import httpx

Take = Callable[[httpx.Request], httpx.Response]


class RefusedError(Exception):
    """The request is not as the receiver documents it."""

    def __init__(self, status: int, told: object) -> None:
        super().__init__(f"{status}: {told}")
        self.status, self.told = status, told


class Door:
    """Answers one request at a time, as planned or as the receiver does."""

    def __init__(self, take: Take) -> None:
        self.refusals: list[RefusedError] = []
        self.calls = 0
        self._take = take
        self._planned: list[Callable[[], httpx.Response]] = []
        self._lock = RLock()

    def fail_next(
        self, status: int, headers: Mapping[str, str] | None = None, times: int = 1
    ) -> None:
        """Answer the next requests with this status, and keep nothing of them."""
        self.plan(lambda: httpx.Response(status, headers=dict(headers or {})), times)

    def talk_without_end(self) -> None:
        """Accept nothing, and answer the next request with more than anybody wants to hear."""
        self.plan(lambda: httpx.Response(500, stream=_Endless()))

    def plan(self, answer: Callable[[], httpx.Response], times: int = 1) -> None:
        """Answer the next requests in this way."""
        with self._lock:
            self._planned += [answer] * times

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        with self._lock:
            self.calls += 1
            if self._planned:
                return self._planned.pop(0)()
            try:
                return self._take(request)
            except RefusedError as refused:
                self.refusals.append(refused)
                return httpx.Response(refused.status, json=refused.told)


class _Endless(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b"x" * 16384
