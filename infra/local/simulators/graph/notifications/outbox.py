"""Notifications on their way: sent together, again where that fails, and for four hours."""

import json
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from infra.local.simulators.graph.notifications.endpoints import Endpoints, Pace
from infra.local.simulators.graph.subscriptions import Subscription
from infra.local.simulators.graph.subscriptions.outbound import Outbound

_PATIENCE = 3.0  # seconds until an answer is given up
_GIVEN_UP_AFTER = timedelta(hours=4)
_DELAY = timedelta(seconds=10)  # of new notifications to an endpoint that is slow
_TOGETHER = 50  # notifications in one request at most; no number is documented


@dataclass(slots=True, kw_only=True)
class Pending:
    """One notification that has not been delivered yet."""

    url: str
    body: Mapping[str, Any] = field(repr=False)
    subscription: Subscription
    since: datetime
    due: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to an endpoint."""

    url: str
    at: datetime
    seconds: float
    status: int  # zero: no answer in time
    body: Mapping[str, Any] = field(repr=False)  # what was sent, as JSON

    @property
    def delivered(self) -> bool:
        """Say whether the notifications have arrived."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Outbox:
    """What waits, what was tried, and what was lost."""

    def __init__(
        self,
        outbound: Outbound | None,
        clock: Callable[[], datetime],
        lock: threading.RLock,
    ) -> None:
        self.endpoints = Endpoints()
        self.first_retry = timedelta(minutes=1)  # doubled each time; no number is documented
        self.waiting: list[Pending] = []
        self.lost: list[Pending] = []
        self.attempts: list[Attempt] = []
        self._outbound, self._clock = outbound, clock
        self._lock, self._sending = lock, threading.Lock()

    def put(self, url: str, body: Mapping[str, Any], subscription: Subscription) -> None:
        """Take a notification; to an endpoint that was too slow it is lost at once."""
        with self._lock:
            now = self._clock()
            pace = self.endpoints.pace(url, now)
            due = now + _DELAY if pace is Pace.SLOW else now
            new = Pending(url=url, body=body, subscription=subscription, since=now, due=due)
            (self.lost if pace is Pace.DROPPING else self.waiting).append(new)

    def forget_changes(self, alive: Collection[str]) -> None:
        """Tell subscriptions of no more changes once they are gone; of their end they hear."""
        with self._lock:
            self.waiting = [
                one
                for one in self.waiting
                if one.subscription.subscription_id in alive or "changeType" not in one.body
            ]

    def deliver(self) -> list[Attempt]:
        """Send what is due, each request once, and return what came of it."""
        with self._sending:
            return [self._send(url, batch) for url, batch in self._due()]

    def _due(self) -> list[tuple[str, list[Pending]]]:
        by_url: dict[str, list[Pending]] = {}
        with self._lock:
            now = self._clock()
            for one in self.waiting:
                if one.due <= now:
                    by_url.setdefault(one.url, []).append(one)
        return [
            (url, due[start : start + _TOGETHER])
            for url, due in by_url.items()
            for start in range(0, len(due), _TOGETHER)
        ]

    def _send(self, url: str, batch: Sequence[Pending]) -> Attempt:
        if self._outbound is None:
            raise RuntimeError("there is no way out, so nobody could have subscribed")
        body = _collection(batch, self._outbound)
        began = self._clock()
        status, waited = _posted(self._outbound.client, url, body)
        seconds = max(waited, (self._clock() - began).total_seconds())
        late = seconds > _PATIENCE
        attempt = Attempt(
            url=url, at=began, seconds=seconds, status=0 if late else status, body=body
        )
        with self._lock:
            self.attempts.append(attempt)
            self.endpoints.note(url, began, seconds)
            self._settle(batch, attempt)
        return attempt

    def _settle(self, batch: Sequence[Pending], attempt: Attempt) -> None:
        now = self._clock()
        for one in batch:
            given_up = now - one.since >= _GIVEN_UP_AFTER
            one.due = min(now + self.first_retry * 2**one.tries, one.since + _GIVEN_UP_AFTER)
            one.tries += 1
            if attempt.delivered or given_up:
                self.waiting = [other for other in self.waiting if other is not one]
            if given_up and not attempt.delivered:
                self.lost.append(one)


def _collection(batch: Sequence[Pending], outbound: Outbound) -> dict[str, Any]:
    """Return what is sent: with a validation token for each app and tenant if there is data."""
    value = [one.body for one in batch]
    if not any("encryptedContent" in body for body in value):
        return {"value": value}
    pairs = dict.fromkeys((one.subscription.tenant_id, one.subscription.audience) for one in batch)
    return {"value": value, "validationTokens": [outbound.sign(*pair) for pair in pairs]}


def _posted(client: httpx.Client, url: str, body: Mapping[str, Any]) -> tuple[int, float]:
    """Return the status of the answer or zero, and how long was waited at the least."""
    try:
        response = client.post(
            url,
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            timeout=_PATIENCE,
            follow_redirects=False,
        )
    except httpx.TimeoutException:
        return 0, _PATIENCE
    except httpx.RequestError:
        return 0, 0.0
    return response.status_code, 0.0
