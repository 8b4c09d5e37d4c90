"""Calls spread out in time: so many a second, and few of them close together."""

from dataclasses import dataclass

LEEWAY = 0.5  # seconds that a call may come early: what makes up for a pause


@dataclass(slots=True)
class Pace:
    """When the next call is due; times in seconds of any clock that never goes back."""

    _due: float = float("-inf")

    def wait(self, now: float) -> float:
        """Return how many seconds the next call has to wait."""
        return max(0.0, self._due - LEEWAY - now)

    def take(self, now: float, rate: float, calls: int = 1) -> None:
        """Count calls in, at *rate* a second: those who come later wait behind them."""
        self._due = max(self._due, now) + calls / rate
