"""Who is told what: changes to users, and subscriptions about themselves."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from infra.local.simulators.graph.notifications import messages
from infra.local.simulators.graph.notifications.endpoints import Endpoints, Pace
from infra.local.simulators.graph.notifications.messages import Lifecycle
from infra.local.simulators.graph.notifications.outbox import Attempt, Outbox, Pending
from infra.local.simulators.graph.subscriptions import Register, Subscription
from infra.local.simulators.graph.subscriptions.outbound import Outbound
from infra.local.simulators.graph.user_directory import Change, User

_GRACE = timedelta(hours=1)  # until changes are lost for want of authorization; not documented


class Notifications:
    """
    Change and lifecycle notifications; nothing leaves but by `deliver`.

    What is not accepted is due again after `first_retry`, then twice that, and so on; `lost` is
    what was given up after four hours, or dropped because its endpoint was too slow.
    """

    def __init__(
        self,
        register: Register,
        outbound: Outbound | None,
        clock: Callable[[], datetime],
        lock: threading.RLock,
    ) -> None:
        self._register, self._clock, self._lock = register, clock, lock
        self._outbox = Outbox(outbound, clock, lock)

    def user_changed(self, user: User, change: Change) -> None:
        """Tell the subscribers of a change."""
        with self._lock:
            now = self._clock()
            for known in self._register.alive():
                if known.wants(user, change, now):
                    body = messages.change(known, user, change, now)
                    self._outbox.put(known.notification_url, body, known)

    def lifecycle(self, event: Lifecycle, subscription_id: str) -> None:
        """
        Let something happen to a subscription, and tell it; KeyError if it is not there.

        Without a URL for that it hears nothing. For users the service promises no more than the
        demand to reauthorize; who has not heeded it for a while misses changes.
        """
        with self._lock:
            known = self._register.get(subscription_id)
            self._befall(event, known)
            if known.lifecycle_url:
                body = messages.lifecycle(known, event)
                self._outbox.put(known.lifecycle_url, body, known)

    def deliver(self) -> list[Attempt]:
        """Send what is due by the clock, each request once, and return what came of it."""
        alive = {known.subscription_id for known in self._register.alive()}
        self._outbox.forget_changes(alive)
        return self._outbox.deliver()

    @property
    def waiting(self) -> list[Pending]:
        """Return what is not delivered yet, with the time at which it is due."""
        return list(self._outbox.waiting)

    @property
    def lost(self) -> list[Pending]:
        """Return what will never be delivered."""
        return list(self._outbox.lost)

    @property
    def attempts(self) -> list[Attempt]:
        """Return every request so far, oldest first."""
        return list(self._outbox.attempts)

    @property
    def endpoints(self) -> Endpoints:
        """How endpoints are judged."""
        return self._outbox.endpoints

    @property
    def first_retry(self) -> timedelta:
        """How long it takes until a notification is sent for the second time."""
        return self._outbox.first_retry

    @first_retry.setter
    def first_retry(self, delay: timedelta) -> None:
        self._outbox.first_retry = delay

    def pace(self, url: str) -> Pace:
        """Say how the endpoint at *url* is treated now."""
        with self._lock:
            return self.endpoints.pace(url, self._clock())

    def _befall(self, event: Lifecycle, known: Subscription) -> None:
        match event:
            case Lifecycle.REAUTHORIZATION_REQUIRED:
                until = known.reauthorize_by or self._clock() + _GRACE
                self._register.keep(replace(known, reauthorize_by=until))
            case Lifecycle.SUBSCRIPTION_REMOVED:
                self._register.remove(known.subscription_id)
            case Lifecycle.MISSED:
                pass
