"""Workers in simulated time, each with a governor, in front of one tenant's budget."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Condition

import httpx

from shared.errors import Failure, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.governor import Governor
from shared.exchange.level import Limits
from shared.records.throttle import Throttles
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeTable

LATENCY = 0.05


def answered(status: int = 200, after: float | None = None) -> Answer:
    """Return an answer, of which a governor reads no more than this."""
    headers = {} if after is None else {"Retry-After": str(after)}
    return Answer(status=status, headers=httpx.Headers(headers), body=b"", request_id="x")


@dataclass
class Budget:
    """So many requests in a window of seconds; None: any number."""

    requests: int | None
    window: float = 5.0
    tells_when: bool = True
    asked: list[float] = field(default_factory=list)
    _spent: Counter[int] = field(default_factory=Counter)

    def answer(self, now: float) -> Answer:
        """Answer a request that comes at this time, whatever was asked before."""
        self.asked.append(now)
        window = int(now // self.window)
        self._spent[window] += 1
        if self.requests is None or self._spent[window] <= self.requests:
            return answered()
        left = math.ceil((window + 1) * self.window - now)
        return answered(429, max(1, left) if self.tells_when else None)

    def rate(self, start: float, end: float) -> float:
        """Return the requests a second between these times."""
        return sum(start <= at < end for at in self.asked) / (end - start)


@dataclass
class Worker:
    """One worker: its own clock, and a governor that waits by moving it."""

    name: str
    table: FakeTable
    limits: Limits = field(default_factory=Limits)
    now: float = 0.0
    told: list[tuple[str, timedelta]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    trouble: Failure | None = None
    asked: int = 0
    meanwhile: Callable[[], None] | None = None  # happens during the next wait

    def __post_init__(self) -> None:
        board = Throttles(self.table, lambda: NOW + timedelta(seconds=self.now))
        self.governor = Governor(
            TENANT,
            board=board,
            instance=self.name,
            tell=self._tell,
            limits=self.limits,
            clock=lambda: self.now,
            wait=self._wait,
        )

    def ask(self, answer: Answer | None = None, *cmdlets: str, takes: float = 0.0) -> float:
        """Ask once, and return how long the turn was waited for; raises like the governor."""
        before = self.now
        with self.governor.turn(cmdlets or ["Get-X"]) as turn:
            waited = self.now - before
            self.now += takes
            turn.answered(answer or answered())
        return waited

    def ask_of(self, budget: Budget) -> None:
        """Ask as soon as the governor lets us."""
        try:
            with self.governor.turn(["Get-X"]) as turn:
                at = self.now
                self.now += LATENCY
                self.asked += 1
                turn.answered(budget.answer(at))
        except Retryable as later:
            self.now += max(LATENCY, (later.after or timedelta()).total_seconds())

    def _wait(self, _: Condition, seconds: float) -> None:
        assert seconds > 0, "it would wait for ever"
        self.waited.append(seconds)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        else:
            self.now += seconds

    def _tell(self, tenant_id: str, lasted: timedelta) -> None:
        if self.trouble:
            raise self.trouble
        self.told.append((tenant_id, lasted))


def run(workers: Sequence[Worker], budget: Budget, *, until: float) -> None:
    """Let all workers ask as much as they may, in the order of time."""
    while (next_one := min(workers, key=lambda each: each.now)).now < until:
        next_one.ask_of(budget)
