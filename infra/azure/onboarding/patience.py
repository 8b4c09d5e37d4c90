"""Waiting for what was made just now to arrive everywhere: long enough, never for ever."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from shared.errors import NotFound, Retryable

T = TypeVar("T")
LONGEST = 60.0  # seconds that a service may ask us to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long, in seconds, and by what clock; *tell* says what is waited for."""

    sleep: Callable[[float], None]
    tell: Callable[[str], None]
    # A minute and a half in all: Entra ID promises nothing, and mostly takes seconds.
    pauses: tuple[float, ...] = (1, 2, 4, 8, 15, 15, 15, 15, 15)
    tries: int = 4  # of a read that meets a busy service

    def answered(self, read: Callable[[], T]) -> T:
        """Repeat a read while the service is down or busy."""
        for pause in self.pauses[: self.tries - 1]:
            try:
                return read()
            except Retryable as busy:
                self._wait(busy, pause)
        return read()

    def accepted(self, act: Callable[[], None]) -> None:
        """Repeat a write while it names something that has not arrived; nothing is done then."""
        for pause in self.pauses:
            try:
                return act()
            except NotFound:
                self.tell("waiting for what was made just now to arrive")
                self.sleep(pause)
        return act()

    def holds(self, is_so: Callable[[], bool]) -> bool:
        """Look until it is so; false if that takes too long."""
        if is_so():
            return True
        return any(is_so() for _ in self._slept())

    def _slept(self) -> Iterator[None]:
        for pause in self.pauses:
            self.sleep(pause)
            yield

    def _wait(self, busy: Retryable, pause: float) -> None:
        asked = busy.after.total_seconds() if busy.after else pause
        if asked > LONGEST:
            raise busy
        self.sleep(asked)
