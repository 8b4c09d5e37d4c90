"""How often one caller may ask: a bucket of tokens for each, in this worker's memory."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = 10_000  # callers; the one not heard of for longest is forgotten, and starts anew
BURST = 5  # seconds' worth of reads
CHANGES = 0.25  # of the rate of reads
CHANGES_BURST = 10  # seconds' worth of changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """So many tokens come back each second, up to a full bucket."""

    name: str
    per_second: float
    burst: int

    @property
    def window(self) -> timedelta:
        """How long an empty bucket takes to be full."""
        return timedelta(seconds=self.burst / self.per_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is left in a bucket; `wait`: nothing was, and there will be after so long."""

    policy: Policy
    left: int
    wait: timedelta | None


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Buckets:
    """A bucket for each caller."""

    def __init__(self, policy: Policy, clock: Callable[[], datetime]) -> None:
        self.policy = policy
        self._clock = clock
        self._lock = threading.Lock()
        self._of: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str) -> Taken:
        """Take one token from the caller's bucket, if it has one."""
        with self._lock:
            bucket = self._filled(who)
            if bucket.tokens < 1:
                lacking = timedelta(seconds=(1 - bucket.tokens) / self.policy.per_second)
                return Taken(policy=self.policy, left=0, wait=lacking)
            bucket.tokens -= 1
            return Taken(policy=self.policy, left=math.floor(bucket.tokens), wait=None)

    def _filled(self, who: str) -> _Bucket:
        now = self._clock()
        bucket = self._of.setdefault(who, _Bucket(self.policy.burst, now))
        self._of.move_to_end(who)
        if len(self._of) > REMEMBERED:
            self._of.popitem(last=False)
        # A clock that was set back takes nothing away.
        passed = max(timedelta(), now - bucket.at).total_seconds()
        refilled = bucket.tokens + passed * self.policy.per_second
        bucket.tokens, bucket.at = min(self.policy.burst, refilled), now
        return bucket


class RateLimits:
    """How often a caller may look, and how often it may change something."""

    def __init__(self, reads_per_second: float, clock: Callable[[], datetime]) -> None:
        changes_per_second = reads_per_second * CHANGES
        reads = _policy("reads", reads_per_second, BURST)
        changes = _policy("changes", changes_per_second, CHANGES_BURST)
        self.reads = Buckets(reads, clock)
        self.changes = Buckets(changes, clock)


def _policy(name: str, per_second: float, seconds: float) -> Policy:
    return Policy(name=name, per_second=per_second, burst=max(1, math.floor(per_second * seconds)))
