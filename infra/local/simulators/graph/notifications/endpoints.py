"""How fast endpoints answer, and what the service does about it."""

from datetime import datetime, timedelta
from enum import StrEnum

_WINDOW = timedelta(minutes=10)
_SLOW_ANSWER = 2.9  # seconds
_SLOW_SHARE, _DROPPING_SHARE = 0.10, 0.15


class Pace(StrEnum):
    """What becomes of new notifications to an endpoint."""

    NORMAL = "sent at once"
    SLOW = "sent with a delay"
    DROPPING = "never sent"


class Endpoints:
    """
    The answers of every endpoint in the last ten minutes, by URL.

    An endpoint is judged by no fewer than `least` answers: of less than ten, a single slow one
    would be more than a tenth. Documents once said a hundred, and now name no number.
    """

    def __init__(self) -> None:
        self.least = 10
        self._answers: dict[str, list[tuple[datetime, float]]] = {}

    def note(self, url: str, at: datetime, seconds: float) -> None:
        """Note how long an answer took; one that never came counts with what was waited."""
        self._answers.setdefault(url, []).append((at, seconds))

    def pace(self, url: str, now: datetime) -> Pace:
        """Say how the endpoint is treated now."""
        recent = [(at, seconds) for at, seconds in self._answers.get(url, []) if now - at < _WINDOW]
        self._answers[url] = recent
        if len(recent) < max(1, self.least):
            return Pace.NORMAL
        share = sum(seconds > _SLOW_ANSWER for _, seconds in recent) / len(recent)
        if share > _DROPPING_SHARE:
            return Pace.DROPPING
        return Pace.SLOW if share > _SLOW_SHARE else Pace.NORMAL
