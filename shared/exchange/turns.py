"""Leave to send a request: who grants it, and what is learnt from the answer."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from shared.exchange.endpoint import Answer


class Turn(Protocol):
    """Leave to send one request."""

    def answered(self, answer: Answer) -> None:
        """Learn from what came back; of a batch, from that item which went worst."""
        ...


class Turns(Protocol):
    """Who grants turns."""

    def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager[Turn]:
        """Wait for leave to send these cmdlets; Retryable(after) if it would take long."""
        ...


class Unhurried:
    """Grants every turn at once and learns nothing: for one call by hand, or a measurement."""

    def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager[Turn]:  # noqa: ARG002 - a port
        """Grant it."""
        return nullcontext(self)

    def answered(self, answer: Answer) -> None:
        """Learn nothing."""
