"""The subscriptions there are; one that has expired is not there any more."""

import threading
from collections.abc import Callable
from datetime import datetime

from infra.local.simulators.graph.subscriptions.model import Subscription


class Register:
    """Subscriptions by id; safe to change while it is read."""

    def __init__(self, clock: Callable[[], datetime], lock: threading.RLock) -> None:
        self._clock, self._lock = clock, lock
        self._known: dict[str, Subscription] = {}

    def alive(self) -> list[Subscription]:
        """Return the subscriptions, oldest first."""
        with self._lock:
            now = self._clock()
            self._known = {
                name: known for name, known in self._known.items() if known.expires > now
            }
            return list(self._known.values())

    def get(self, subscription_id: str) -> Subscription:
        """Return one; KeyError if it is not there."""
        found = {known.subscription_id: known for known in self.alive()}
        return found[subscription_id]

    def keep(self, subscription: Subscription) -> None:
        """Add one, or replace the one with its id."""
        with self._lock:
            self._known[subscription.subscription_id] = subscription

    def remove(self, subscription_id: str) -> None:
        """Take one out; KeyError if it is not there."""
        with self._lock:
            known = self.get(subscription_id)
            del self._known[known.subscription_id]
