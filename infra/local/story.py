"""Tells a story in lines that are each a fact, checked before it is printed."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 15.0  # seconds for one fact to come true
PAUSE = 0.02


class NotSoError(AssertionError):
    """A fact of the story did not come true."""


class Story:
    """Prints numbered facts, with the seconds since the story began."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._number = 0

    def fact(self, words: str, came_true: Callable[[], T]) -> T:
        """Wait until *came_true* returns something true, print the fact, and return it."""
        found = observed(words, came_true)
        self._number += 1
        print(f"{self._number:3}. {words}  [{time.monotonic() - self._started:.1f} s]", flush=True)
        return found


def observed(words: str, came_true: Callable[[], T]) -> T:
    """Return the first true result of *came_true*; NotSoError if there is none in time."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = came_true()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NotSoError(f"not observed within {PATIENCE:.0f} s: {words}")
        time.sleep(PAUSE)
