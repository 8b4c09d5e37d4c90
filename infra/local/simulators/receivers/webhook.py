"""
A portal that takes CloudEvents signed as Standard Webhooks 1.0 says, and drops repeated ids.

Written from the specification; the tolerance of five minutes is that of its libraries.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from infra.local.simulators.cloud_events import CloudEventError, check
from infra.local.simulators.receivers.door import Door, RefusedError

PATH = "/hooks/easgate"
TOLERANCE = 300  # seconds


@dataclass(frozen=True, slots=True)
class Delivery:
    """One accepted delivery."""

    webhook_id: str
    event: dict[str, object]
    signatures: int


class WebhookReceiver:
    """Keeps the first delivery of each id; a repeat is accepted and counted."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.secret = self.new_secret()
        self.deliveries: dict[str, Delivery] = {}
        self.repeats = 0
        self.door = Door(self._take)
        self._clock = clock

    @staticmethod
    def new_secret() -> str:
        """Return a signing secret as the specification writes it."""
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

    @property
    def events(self) -> list[dict[str, object]]:
        """What it was told, each once."""
        return [each.event for each in tuple(self.deliveries.values())]

    def is_meant(self, request: httpx.Request) -> bool:
        """Whether the address is its own."""
        return request.url.path == PATH

    def _take(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            raise RefusedError(405, "deliveries are posted")
        webhook_id = self._verified(request)
        if request.headers.get("Content-Type", "").partition(";")[0] != (
            "application/cloudevents+json"
        ):
            raise RefusedError(415, "not a CloudEvent in structured mode")
        try:
            event = check(json.loads(request.content))
        except (ValueError, CloudEventError) as error:
            raise RefusedError(400, str(error)) from error
        if event["id"] != webhook_id:
            raise RefusedError(400, "webhook-id is not the event's id")
        self.repeats += webhook_id in self.deliveries
        offered = len(request.headers["webhook-signature"].split(" "))
        self.deliveries.setdefault(webhook_id, Delivery(webhook_id, event, offered))
        return httpx.Response(204)

    def _verified(self, request: httpx.Request) -> str:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        if missing := [name for name in names if not request.headers.get(name)]:
            raise RefusedError(401, f"headers are missing: {missing}")
        webhook_id, timestamp, offered = (request.headers[name] for name in names)
        if not timestamp.isdecimal() or "." in webhook_id:
            raise RefusedError(401, "webhook-timestamp or webhook-id is malformed")
        if abs(int(timestamp) - self._clock().timestamp()) > TOLERANCE:
            raise RefusedError(401, "webhook-timestamp is too far off")
        content = f"{webhook_id}.{timestamp}.".encode() + request.content
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = [each.removeprefix("v1,") for each in offered.split(" ") if each[:3] == "v1,"]
        if not any(hmac.compare_digest(each, expected) for each in given):
            raise RefusedError(401, "no signature fits")
        return webhook_id
