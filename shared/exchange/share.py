"""One worker's share of what a tenant bears, agreed with all others over a board."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from shared.errors import Contended, Failure
from shared.exchange.level import Level, Limits, mean

KEEP_UP = 10.0  # seconds between two looks at the board
TROUBLE = 60.0  # seconds to leave a board alone that does not answer
FORGOTTEN = 90.0  # seconds after which the others know better than we what the tenant bears


class Board(Protocol):
    """Where the workers that ask one tenant's Exchange see each other."""

    def post(
        self, tenant_id: str, instance: str, level: tuple[float, float]
    ) -> Sequence[tuple[float, float]]:
        """Leave our level (calls a second, at once) and return those of the other live ones."""
        ...


class Share:
    """
    The tenant's level as this worker knows it, and how many share it.

    Levels are always those of the whole tenant, so a newcomer takes part of what others
    have learnt, instead of adding to it. A board in trouble leaves the share as it was.
    """

    def __init__(self, board: Board, tenant_id: str, instance: str, limits: Limits) -> None:
        self._board = board
        self._tenant_id, self._instance = tenant_id, instance
        self._looking = threading.Lock()
        self._look_at = float("-inf")
        self._seen_at = float("-inf")
        self._workers = 1
        self.level = Level(limits.first_rate, limits.first_at_once)

    def of(self, whole: float) -> float:
        """Return our part of what the tenant is allowed."""
        return whole / self._workers

    def kept_up(self, clock: Callable[[], float]) -> None:
        """Look at the board if it is time; one thread at a time, the others go on."""
        if clock() < self._look_at or not self._looking.acquire(blocking=False):
            return
        try:
            self._look(clock())
        finally:
            self._looking.release()

    def _look(self, now: float) -> None:
        mine = (self.level.rate, self.level.at_once)
        self._look_at = now + KEEP_UP
        try:
            others = [
                Level(*each) for each in self._board.post(self._tenant_id, self._instance, mine)
            ]
        except Contended:
            return
        except Failure:
            self._look_at = now + TROUBLE
            return
        self._workers = 1 + len(others)
        is_news = now - self._seen_at > FORGOTTEN
        if others:
            self.level = mean(others if is_news else [self.level, *others])
        self._seen_at = now
