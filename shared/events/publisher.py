"""
Sends our events to an Event Grid custom topic: CloudEvents, structured JSON, bearer token.

Plain httpx, which Exchange needs anyway. The Event Grid package would cost little to import
(10 ms), but it sends batches only, and retries inside a call that the queue repeats better.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import msgspec

from shared.alerts.delivery import Undelivered
from shared.credentials.certificate import App, Certificate
from shared.credentials.expiry import Stage
from shared.credentials.mismatch import Mismatch
from shared.credentials.rotation import Rotation
from shared.credentials.validation import LastValidation, Report
from shared.devices.inventory_run import Run
from shared.devices.news import News
from shared.devices.operation import Operation
from shared.devices.settings_change import SettingsChange
from shared.errors import Misconfigured, Rejected, Retryable
from shared.events import alerts, catalogue, inventory, rotations, trust, watch
from shared.events.catalogue import Event
from shared.retry_after import retry_after
from shared.telemetry import traces
from shared.trust.watched import CrlPlace, CrlWord, KnownAuthority

SCOPE = "https://eventgrid.azure.net/.default"
BUSY = frozenset({408, 429, 500, 502, 503, 504})
Outbox = Callable[[bytes], None]  # takes each event once it is published


def _to_nobody(_: bytes) -> None:
    """Do nothing: Event Grid is all there is."""


class Publisher:
    """Sends one event at a time; a repeat carries the same id, so that consumers can drop it."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        endpoint: str,
        source: str,
        token: Callable[[str], str],
        outbox: Outbox = _to_nobody,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._endpoint = endpoint
        self._source = source
        self._token = token

    def device_changed(self, operation: Operation) -> None:
        """Announce what an operation did to a device."""
        self._publish(catalogue.device_changed(operation))

    def wipe_acknowledged(self, operation: Operation) -> None:
        """Announce that a device has confirmed its wipe."""
        self._publish(catalogue.wipe_acknowledged(operation))

    def wipe_unconfirmed(self, operation: Operation) -> None:
        """Announce that a wipe's confirmation is no longer waited for, and why."""
        self._publish(catalogue.wipe_unconfirmed(operation))

    def policy_changed(self, operation: Operation) -> None:
        """Announce what a change did to a policy, an access rule or the default level."""
        self._publish(catalogue.policy_changed(operation))

    def offboarded(self, operation: Operation) -> None:
        """Announce what came of shutting a phone or a person out."""
        self._publish(catalogue.offboarded(operation))

    def device_news(self, news: News) -> None:
        """Announce what a run of the inventory has found of one partnership."""
        self._publish(inventory.device_news(news))

    def settings_changed(self, run: Run, change: SettingsChange) -> None:
        """Announce what somebody else did to a policy, an access rule or the default level."""
        self._publish(inventory.settings_changed(run, change))

    def operation_held(self, operation: Operation) -> None:
        """Announce that an operation waits for a person, and why."""
        self._publish(catalogue.operation_held(operation))

    def operation_settled(self, operation: Operation) -> None:
        """Announce that an operation which waited for a person, or was given up, is over."""
        self._publish(catalogue.operation_settled(operation))

    def operation_abandoned(self, operation: Operation) -> None:
        """Announce that an operation was given up, and why."""
        self._publish(catalogue.operation_abandoned(operation))

    def certificate_expiring(
        self, app: App, certificate: Certificate, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Announce that a certificate has come to a stage on its way to expiry."""
        self._publish(
            watch.certificate_expiring(app, certificate, stage=stage, ends_at=ends_at, now=now)
        )

    def webhook_secret_expiring(
        self, app: App, name: str, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Announce that a webhook secret has come to a stage on its way to expiry."""
        self._publish(
            watch.webhook_secret_expiring(app, name, stage=stage, ends_at=ends_at, now=now)
        )

    def certificate_mismatch(
        self, app: App, found: Mismatch, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that vault and registration do not agree about a certificate."""
        self._publish(watch.certificate_mismatch(app, found, occurrence=occurrence, now=now))

    def ca_expiring(
        self, app: App, known: KnownAuthority, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Announce that an authority has come to a stage on its way to expiry."""
        self._publish(trust.ca_expiring(app, known, stage=stage, ends_at=ends_at, now=now))

    def ca_removed(self, app: App, known: KnownAuthority, *, now: datetime) -> None:
        """Announce that an authority whose end was told of is trusted no longer."""
        self._publish(trust.ca_removed(app, known, now=now))

    def crl_stale(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that a CRL is due, or that nobody can go by it."""
        self._publish(trust.crl_stale(app, place, word, occurrence=occurrence, now=now))

    def crl_unreachable(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that a CRL cannot be fetched."""
        self._publish(trust.crl_unreachable(app, place, word, occurrence=occurrence, now=now))

    def crl_fresh(
        self, app: App, place: CrlPlace, *, why: str, occurrence: int, now: datetime
    ) -> None:
        """Announce that what was told of a CRL is over, and why."""
        self._publish(trust.crl_fresh(app, place, why=why, occurrence=occurrence, now=now))

    def certificate_rotated(self, rotation: Rotation) -> None:
        """Announce that a tenant signs with a new certificate, and what became of the old one."""
        self._publish(rotations.certificate_rotated(rotation))

    def certificate_fell_back(
        self, app: App, old: str, new: str, *, reason: str, now: datetime
    ) -> None:
        """Announce that another version of the certificate signs in."""
        self._publish(rotations.certificate_fell_back(app, old, new, reason=reason, now=now))

    def certificate_rotation_failed(self, rotation: Rotation) -> None:
        """Announce that a rotation has ended before its end, and what to do."""
        self._publish(rotations.certificate_rotation_failed(rotation))

    def validation_failed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a certificate which worked before does so no more."""
        self._publish(catalogue.validation_failed(app, report, before))

    def validation_passed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a certificate which did not work before does so again."""
        self._publish(catalogue.validation_passed(app, report, before))

    def alert_undelivered(self, undelivered: Undelivered) -> None:
        """Announce that a receiver of alerts could not be told of an event."""
        self._publish(alerts.alert_undelivered(undelivered))

    def throttle_sustained(self, tenant_id: str, lasting: timedelta, now: datetime) -> None:
        """Announce that Exchange has throttled a tenant for long."""
        self._publish(catalogue.throttle_sustained(tenant_id, lasting, now))

    def ping(self) -> None:
        """Raise a Failure unless a token for the topic can be had; nothing is sent."""
        self._token(SCOPE)

    def _publish(self, event: Event) -> None:
        fields = {
            "specversion": "1.0",
            "id": event.id,
            "source": self._source,
            "type": event.type,
            "subject": event.subject,
            "time": event.time,
            "datacontenttype": "application/json",
            "data": event.data,
        }
        body = msgspec.json.encode(fields)
        headers = {
            "Authorization": f"Bearer {self._token(SCOPE)}",
            "Content-Type": "application/cloudevents+json; charset=utf-8",
        }
        with traces.calling("Event Grid", "publish", {"easgate.event": event.type}) as span:
            try:
                answer = self._client.post(
                    self._endpoint,
                    content=body,
                    headers=headers,
                    params={"api-version": "2018-01-01"},
                )
            except httpx.RequestError as error:
                raise Retryable(f"the event topic cannot be reached: {error}") from error
            traces.answered(span, answer.status_code)
        _check(answer, event)
        # Last: the story repeats the event until this is done too, and both drop repeats.
        self._outbox(body)


def _check(answer: httpx.Response, event: Event) -> None:
    if answer.is_success:
        return
    status = answer.status_code
    if status in BUSY:
        after = retry_after(answer.headers)
        raise Retryable(f"the event topic is busy (HTTP {status})", after=after)
    if status in {401, 403, 404}:
        raise Misconfigured(
            f"the event topic refused us (HTTP {status}): check EVENT_GRID_TOPIC_ENDPOINT and that "
            "the app's identity has the role EventGrid Data Sender on it"
        )
    raise Rejected(f"the event topic refused {event.type} {event.id} (HTTP {status})")
