"""
Sends our events to an Event Grid custom topic: CloudEvents, structured JSON, bearer token.

Plain httpx, which Exchange needs anyway. The Event Grid package would cost little to import
(10 ms), but it sends batches only, and retries inside a call that the queue repeats better.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import msgspec

from shared.devices.certificate import App, Certificate
from shared.devices.operation import Operation
from shared.errors import Misconfigured, Rejected, Retryable
from shared.events import catalogue
from shared.events.catalogue import Event
from shared.retry_after import retry_after

SCOPE = "https://eventgrid.azure.net/.default"
BUSY = frozenset({408, 429, 500, 502, 503, 504})


class Publisher:
    """Sends one event at a time; a repeat carries the same id, so that consumers can drop it."""

    def __init__(
        self, client: httpx.Client, *, endpoint: str, source: str, token: Callable[[str], str]
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._source = source
        self._token = token

    def device_changed(self, operation: Operation) -> None:
        """Announce what an operation did to a device."""
        self._publish(catalogue.device_changed(operation))

    def operation_abandoned(self, operation: Operation) -> None:
        """Announce that an operation was given up, and why."""
        self._publish(catalogue.operation_abandoned(operation))

    def certificate_expiring(
        self, app: App, certificate: Certificate, *, stage: timedelta, now: datetime
    ) -> None:
        """Announce that a certificate has passed a stage on its way to expiry."""
        self._publish(catalogue.certificate_expiring(app, certificate, stage=stage, now=now))

    def throttle_sustained(self, tenant_id: str, lasting: timedelta, now: datetime) -> None:
        """Announce that Exchange has throttled a tenant for long."""
        self._publish(catalogue.throttle_sustained(tenant_id, lasting, now))

    def ping(self) -> None:
        """Raise a Failure unless a token for the topic can be had; nothing is sent."""
        self._token(SCOPE)

    def _publish(self, event: Event) -> None:
        body = {
            "specversion": "1.0",
            "id": event.id,
            "source": self._source,
            "type": event.type,
            "subject": event.subject,
            "time": event.time,
            "datacontenttype": "application/json",
            "data": event.data,
        }
        headers = {
            "Authorization": f"Bearer {self._token(SCOPE)}",
            "Content-Type": "application/cloudevents+json; charset=utf-8",
        }
        try:
            answer = self._client.post(
                self._endpoint,
                content=msgspec.json.encode(body),
                headers=headers,
                params={"api-version": "2018-01-01"},
            )
        except httpx.RequestError as error:
            raise Retryable(f"the event topic cannot be reached: {error}") from error
        _check(answer, event)


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
