"""How hard one tenant's Exchange may be asked: learnt from its answers, shared by all workers."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from shared.errors import Failure, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.episode import Episode
from shared.exchange.latency import Latency
from shared.exchange.level import Limits
from shared.exchange.pace import Pace
from shared.exchange.share import Board, Share
from shared.exchange.turns import Turn
from shared.retry_after import retry_after
from shared.telemetry import measures

PATIENCE = 5.0  # seconds that a caller waits here; the queue waits longer for less
PAUSE = 1.0  # seconds, after a refusal that names no time
STEP = 1.0  # calls a second that a tenant is given more, each second, while all goes well
THROTTLED = 0.7  # what is left of the level after a refusal
SLOW = 0.9  # and after an answer that took far longer than its like
DESTRUCTIVE = ("Clear-", "Remove-", "Set-", "New-")

Wait = Callable[[threading.Condition, float], object]
Tell = Callable[[str, timedelta], None]  # tenant, and for how long it has been throttled


class Governor:
    """
    Grants the turns of one tenant in one worker: its share of what the tenant bears.

    Each tenant has a governor and a lock of its own, which is not held while anybody
    waits: one tenant's flood does not hold up another's. *wait* is a Condition's.
    """

    def __init__(
        self,
        tenant_id: str,
        *,
        board: Board,
        instance: str,
        tell: Tell,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._tenant_id = tenant_id
        self._tell = tell
        self._limits = limits or Limits()
        self._clock, self._wait = clock, wait
        self._share = Share(board, tenant_id, instance, self._limits)
        self._changed = threading.Condition()
        self._pace, self._destructive = Pace(), Pace()
        self._latency = Latency()
        self._episode = Episode()
        self._closed_until = float("-inf")
        self._lowered_at = float("-inf")
        self._in_flight = 0

    @contextmanager
    def turn(self, cmdlets: Sequence[str]) -> Iterator[Turn]:
        """Wait for a turn; Retryable(after) if it would take longer than a worker should wait."""
        self._share.kept_up(self._clock)
        turn = self._admitted(cmdlets)
        try:
            yield turn
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def _admitted(self, cmdlets: Sequence[str]) -> "_Turn":
        with self._changed:
            now = self._clock()
            deadline = now + PATIENCE
            is_paced, is_crowded = self._pace.wait(now) > 0, False
            due = self._booked(now, cmdlets)
            while True:
                left = max(due, self._closed_until) - now
                if left <= 0 and self._in_flight < self._slots():
                    break
                is_crowded = is_crowded or left <= 0
                self._wait(self._changed, self._bearable(left, now, deadline))
                now = self._clock()
            self._in_flight += 1
            return _Turn(
                learn=self._learn,
                cmdlets=tuple(sorted(cmdlets)),
                began=now,
                is_paced=is_paced,
                is_crowded=is_crowded,
            )

    def _booked(self, now: float, cmdlets: Sequence[str]) -> float:
        """Return when these may go out, and keep the place; Retryable if that is too far off."""
        destructive = sum(cmdlet.startswith(DESTRUCTIVE) for cmdlet in cmdlets)
        wait = max(self._pace.wait(now), self._closed_until - now)
        if destructive:
            wait = max(wait, self._destructive.wait(now))
        if wait > PATIENCE:
            raise _later(wait)
        self._pace.take(now, self._share.of(self._share.level.rate), len(cmdlets))
        if destructive:
            self._destructive.take(now, self._share.of(self._limits.destructive_rate), destructive)
        return now + wait

    def _bearable(self, left: float, now: float, deadline: float) -> float:
        """Return how long to wait at most before looking again."""
        if now + max(left, 0.0) > deadline or now >= deadline:
            raise _later(max(left, PAUSE))
        return left if left > 0 else deadline - now

    def _slots(self) -> int:
        return max(1, int(self._share.of(self._share.level.at_once)))

    def _learn(self, turn: "_Turn", status: int, after: timedelta | None) -> None:
        with self._changed:
            now = self._clock()
            lasted = None
            if status in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}:
                self._lower(turn, now, THROTTLED)
                lasted = self._close(now, status, after)
            elif self._latency.is_slow(turn.cmdlets, now - turn.began):
                self._lower(turn, now, SLOW)
            else:
                self._raise(turn)
            rate = self._share.level.rate
        measures.throttle(self._tenant_id, rate)
        if lasted is not None:
            self._tell_of(lasted)

    def _lower(self, turn: "_Turn", now: float, factor: float) -> None:
        """Go down once for all requests that were under way together."""
        if turn.began < self._lowered_at:
            return
        self._lowered_at = now
        self._share.level = self._share.level.lowered(factor).within(self._limits)

    def _raise(self, turn: "_Turn") -> None:
        """Go up where the level was what held this call back, however many share it."""
        level = self._share.level
        step = STEP / self._share.of(level.rate) if turn.is_paced else 0.0
        slot = 1 / (4 * self._share.of(level.at_once)) if turn.is_crowded else 0.0
        self._share.level = level.raised(rate=step, at_once=slot).within(self._limits)

    def _close(self, now: float, status: int, after: timedelta | None) -> float | None:
        """Let nobody through until Exchange wants to be asked again."""
        if after is None and status != httpx.codes.TOO_MANY_REQUESTS:
            return None  # an outage, by all appearances: not about how much we ask
        pause = after.total_seconds() if after is not None else PAUSE
        self._closed_until = max(self._closed_until, now + pause)
        return self._episode.noted(now, self._closed_until)

    def _tell_of(self, lasted: float) -> None:
        try:
            self._tell(self._tenant_id, timedelta(seconds=lasted))
        except Failure:  # the call itself went its way
            with self._changed:
                self._episode.forget_telling()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One request under way, and what held it back before."""

    learn: Callable[["_Turn", int, timedelta | None], None] = field(repr=False)
    cmdlets: tuple[str, ...]
    began: float
    is_paced: bool
    is_crowded: bool

    def answered(self, answer: Answer) -> None:
        """Learn from what came back."""
        self.learn(self, answer.status, retry_after(answer.headers))


def _later(wait: float) -> Retryable:
    return Retryable(
        "this tenant's share of Exchange is used up; the order waits its turn",
        after=timedelta(seconds=wait),
    )
