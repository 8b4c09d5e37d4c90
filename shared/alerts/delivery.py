"""One alert on its way to its receiver: sent once, again if need be, or given up and told."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

import msgspec

from shared.alerts import message, pagerduty, schedule, teams, webhook, wording
from shared.alerts.call import Answer, Call
from shared.alerts.message import Alert
from shared.alerts.settings import Kind, ReceiverSettings, address_complaints
from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Failure, Misconfigured, Retryable

log = logging.getLogger("easgate.alerts")
UNDELIVERED = "alert.undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known against a receiver: it wants no more, or something did not arrive."""

    why: str
    at: datetime
    off_for: str = ""  # the settings under which it has answered 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """An alert that did not arrive, and will not."""

    alert: Alert
    why: str
    at: datetime


class Secrets(Protocol):
    """Where the receivers' secrets are kept."""

    def live(self, name: str) -> tuple[LiveSecret, ...]:
        """Return the live versions, newest first."""
        ...


class Post(Protocol):
    """Makes a call."""

    def __call__(self, call: Call, *, allow_private: bool) -> Answer:
        """Make it; Retryable if there is no answer, Misconfigured if it may not be made."""
        ...


class Records(Protocol):
    """What was delivered, and how receivers stand."""

    def is_delivered(self, receiver: str, event_id: str) -> bool:
        """Whether the receiver has had the event."""
        ...

    def delivered(self, receiver: str, event_id: str, at: datetime) -> None:
        """Note that it has."""
        ...

    def standing(self, receiver: str) -> Standing | None:
        """Return what is known against a receiver; None: nothing."""
        ...

    def note(self, receiver: str, standing: Standing | None) -> None:
        """Note it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Takes alerts off the queue."""

    receivers: Mapping[str, ReceiverSettings]
    secrets: Secrets
    records: Records
    post: Post
    announce: Callable[[Undelivered], None]
    clock: Callable[[], datetime]
    public_url: str = ""

    def deliver(self, body: bytes) -> None:
        """
        Send one alert, unless it has arrived before.

        Retryable or Misconfigured: to be tried again; Rejected: the message is no alert.
        """
        alert = message.read(body)
        settings = self.receivers.get(alert.receiver)
        if settings is None:
            log.warning("alert %s: there is no such receiver any more", alert.alert_id)
            return
        if self.records.is_delivered(alert.receiver, str(alert.told.id)):
            return
        standing = self.records.standing(alert.receiver)
        if standing is not None and standing.off_for == fingerprint(settings):
            log.warning("alert %s: its receiver is switched off", alert.alert_id)
            return
        self._send(alert, settings, standing)

    def give_up(self, body: bytes, why: str) -> None:
        """Note and announce an alert that could not be handled; Rejected if it is none."""
        self._give_up(message.read(body), why)

    def ping(self, receiver: str) -> None:
        """Raise Misconfigured if something is known against a receiver; nothing is sent."""
        standing = self.records.standing(receiver)
        if standing is None or standing.off_for not in {"", fingerprint(self.receivers[receiver])}:
            return
        raise Misconfigured(f"since {standing.at:%Y-%m-%d %H:%M} UTC: {standing.why}")

    def _send(self, alert: Alert, settings: ReceiverSettings, standing: Standing | None) -> None:
        try:
            answers = [self._posted(call, settings) for call in self._calls(alert, settings)]
        except Failure as failure:
            self._later(alert, failure)
            return
        gone = next((each for each in answers if each.is_gone), None)
        if gone is not None:
            self._switch_off(alert, settings)
            return
        self.records.delivered(alert.receiver, str(alert.told.id), self.clock())
        if standing is not None:
            self.records.note(alert.receiver, None)

    def _posted(self, call: Call, settings: ReceiverSettings) -> Answer:
        answer = self.post(call, allow_private=settings.allow_private)
        if answer.is_success or answer.is_gone:
            return answer
        why = f"the receiver answered HTTP {answer.status}"
        raise Retryable(why, after=answer.retry_after)

    def _calls(self, alert: Alert, settings: ReceiverSettings) -> tuple[Call, ...]:
        now, told = self.clock(), alert.told
        values = [each.value for each in self.secrets.live(settings.secret_name)]
        links = wording.links(told, public_url=self.public_url, runbook_url=settings.runbook_url)
        match settings.kind:
            case Kind.WEBHOOK:
                url, event_id = settings.url, str(told.id)
                return (webhook.call(url, alert.event, event_id, secrets=values, now=now),)
            case Kind.TEAMS:
                return (teams.call(_address(values[0]), told, links),)
            case Kind.PAGERDUTY:
                return pagerduty.calls(settings.url, told, links, routing_key=values[0])

    def _later(self, alert: Alert, failure: Failure) -> None:
        """Raise what puts the alert back, unless it has waited for long enough."""
        asked = failure.after if isinstance(failure, Retryable) else None
        since = alert.waiting_since
        waited = self.clock() - since if since else timedelta()
        after = schedule.next_attempt(waited, asked)
        if after is None:
            self._give_up(alert, f"given up after {waited // timedelta(hours=1)} hours: {failure}")
            return
        if isinstance(failure, Misconfigured):
            raise failure
        raise Retryable(str(failure), after=after) from failure

    def _give_up(self, alert: Alert, why: str) -> None:
        log.error("alert %s for %s is given up: %s", alert.alert_id, alert.receiver, why)
        self._undelivered(alert, Standing(why=why, at=self.clock()))

    def _switch_off(self, alert: Alert, settings: ReceiverSettings) -> None:
        why = (
            "the receiver answered 410 Gone and is switched off: take it out of ALERT_RECEIVERS, "
            "correct it, or give it another edition"
        )
        log.error("alert %s for %s: %s", alert.alert_id, alert.receiver, why)
        off_for = fingerprint(settings)
        self._undelivered(alert, Standing(why=why, at=self.clock(), off_for=off_for))

    def _undelivered(self, alert: Alert, standing: Standing) -> None:
        if alert.told.kind != UNDELIVERED:
            # Told before it is noted; and an alert that tells of another is the end of it.
            self.announce(Undelivered(alert=alert, why=standing.why, at=standing.at))
        self.records.note(alert.receiver, standing)


def fingerprint(settings: ReceiverSettings) -> str:
    """Return what tells settings from others."""
    return sha256(msgspec.json.encode(settings, order="sorted")).hexdigest()


def _address(secret: str) -> str:
    """Return the address that a secret is; Misconfigured if it is none, without its text."""
    url = secret.strip()
    wrong = address_complaints("the address in the vault", url)
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return url
