"""What the brake needs from the world."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shared.devices.budget_raise import Budget, Raise
from shared.devices.model import Command, Signal
from shared.devices.operation import Operation
from shared.devices.release import HeldWord, Release
from shared.devices.tenant_change import TenantCommand

Message = Signal | Command | TenantCommand  # what a held operation goes on with


class Budgets(Protocol):
    """What was spent of a tenant's hourly budgets."""

    def take(
        self, tenant_id: str, word_id: str, limits: Mapping[str, int], units: int = 1
    ) -> str | None:
        """Charge a word, once an hour, to all these budgets, unless one has no room: say which."""
        ...

    def look(
        self, tenant_id: str, word_id: str, limits: Mapping[str, int], units: int = 1
    ) -> str | None:
        """Return the budget that has no room left for a word; nothing is charged."""
        ...


class Raises(Protocol):
    """The budgets that were raised for a while."""

    def of(self, tenant_id: str, budget: Budget) -> Raise | None:
        """Return how it was raised last, though that may be over."""
        ...

    def put(self, tenant_id: str, budget: Budget, raised: Raise) -> None:
        """Let this stand in place of any other."""
        ...


class HeldWords(Protocol):
    """The messages of held operations."""

    def put(self, operation: Operation, queue: str, body: bytes) -> None:
        """Keep the message of an operation that is about to be held."""
        ...

    def find(self, operation: Operation) -> HeldWord | None:
        """Return the operation's message, if it is kept."""
        ...

    def leaving(self, operation: Operation) -> None:
        """Note that the message is about to go on its queue: if it does not, somebody looks."""
        ...

    def drop(self, words: Sequence[HeldWord]) -> None:
        """Forget messages that are on their queues again, or given up; 100 at most."""
        ...

    def each(self, tenant_id: str, *, until: datetime | None = None) -> Iterator[HeldWord]:
        """Yield them in the order of their arrival, up to those of a moment."""
        ...

    def stranded(self, tenant_id: str) -> Iterator[HeldWord]:
        """Yield those that were about to go on their queues, and are still here."""
        ...


class HeldQueue(Protocol):
    """Our queues, as held words leave by them."""

    def put_held(self, words: Sequence[HeldWord]) -> None:
        """Put each on its queue, in their order."""
        ...

    def put_release(self, release: Release) -> None:
        """Put the order to release many on device-commands."""
        ...
