"""What a tenant bears: more step by step while all goes well, far less at the first refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where learning starts and ends; calls a second and at once, of a whole tenant."""

    first_rate: float = 20.0
    least_rate: float = 0.5
    most_rate: float = 100.0
    first_at_once: float = 4.0
    most_at_once: float = 16.0
    destructive_rate: float = 2.0  # no published figure; old ones allowed 120 in a minute


@dataclass(frozen=True, slots=True)
class Level:
    """How many calls a second, and how many at once, all instances together may make."""

    rate: float
    at_once: float

    def raised(self, *, rate: float = 0.0, at_once: float = 0.0) -> "Level":
        """Return a level that is higher by so much."""
        return Level(self.rate + rate, self.at_once + at_once)

    def lowered(self, factor: float) -> "Level":
        """Return this fraction of the level."""
        return Level(self.rate * factor, self.at_once * factor)

    def within(self, limits: Limits) -> "Level":
        """Return the nearest level that the limits allow."""
        return Level(
            min(max(self.rate, limits.least_rate), limits.most_rate),
            min(max(self.at_once, 1.0), limits.most_at_once),
        )


def mean(levels: Sequence[Level]) -> Level:
    """Return the level between all these."""
    return replace(
        levels[0],
        rate=sum(level.rate for level in levels) / len(levels),
        at_once=sum(level.at_once for level in levels) / len(levels),
    )
