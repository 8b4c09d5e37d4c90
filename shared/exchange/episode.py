"""Throttling that does not end: noticed once per episode."""

from dataclasses import dataclass

SUSTAINED = 300.0  # seconds
CALM = 60.0  # seconds without a refusal end an episode


@dataclass(slots=True)
class Episode:
    """One stretch of throttling after another; times in seconds of one clock."""

    _began: float = float("-inf")
    _latest: float = float("-inf")
    _told: bool = False

    def noted(self, now: float, until: float) -> float | None:
        """
        Note a refusal that holds *until*; return the episode's length once it is worth telling.

        No refusal ends before an earlier one does. A wait that Exchange asked for belongs to
        the episode from the start: it is known to come, and while it lasts nobody asks.
        """
        if now - self._latest > CALM:
            self._began, self._told = now, False
        self._latest = until
        lasts = self._latest - self._began
        if self._told or lasts < SUSTAINED:
            return None
        self._told = True
        return lasts

    def forget_telling(self) -> None:
        """Let the next refusal tell again: nobody has heard it."""
        self._told = False
