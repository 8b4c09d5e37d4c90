"""An MDM that reports device postures by webhook, signed per Standard Webhooks 1.0.0."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets as randomness
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

import httpx

_SECRET_PREFIX = "whsec_"  # noqa: S105 (the public prefix of a secret, not one)
STALE = timedelta(minutes=6)  # receivers tolerate five


class Posture(StrEnum):
    """What this MDM says about devices."""

    COMPLIANT = "device.compliant"
    NONCOMPLIANT = "device.noncompliant"
    RETIRED = "device.retired"
    LOST = "device.lost"


def standard_webhooks_request(
    url: str, *, secrets: list[str], body: bytes, message_id: str, sent_at: datetime
) -> httpx.Request:
    """Return the delivery, with one signature per secret."""
    seconds = str(int(sent_at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }
    return httpx.Request("POST", url, headers=headers, content=body)


def _signature(secret: str, signed: bytes) -> str:
    """Return v1, and base64 of HMAC-SHA256; a secret is base64, its prefix may be left out."""
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook secret is base64") from error
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


class Mdm:
    """A sender. What it sent last can be sent again, unchanged."""

    def __init__(
        self,
        url: str,
        *,
        secrets: list[str],
        client: httpx.Client,
        clock: Callable[[], datetime],
    ) -> None:
        self.url = url
        self.secrets = secrets  # several while one replaces another
        self.sent: list[httpx.Request] = []
        self._client, self._clock = client, clock

    @staticmethod
    def new_secret() -> str:
        """Return a fresh secret of 32 bytes."""
        return _SECRET_PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()

    def payload(self, posture: str, *, mailbox: str, device_id: str) -> bytes:
        """Return a report about one device, as of now."""
        moment = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        report = {
            "type": Posture(posture),
            "timestamp": moment.replace("+00:00", "Z"),
            "data": {"mailbox": mailbox, "device_id": device_id},
        }
        return json.dumps(report, separators=(",", ":")).encode()

    def send(self, body: bytes, *, message_id: str | None = None) -> httpx.Response:
        """Deliver *body* as it should be."""
        return self._deliver(self._signed(body, message_id, self._clock()))

    def send_stale(self, body: bytes, *, age: timedelta = STALE) -> httpx.Response:
        """Deliver with a genuine signature that is too old (or, with a negative age, too new)."""
        return self._deliver(self._signed(body, None, self._clock() - age))

    def send_forged(self, body: bytes) -> httpx.Response:
        """Deliver with a signature by a secret the receiver does not have."""
        strange = [self.new_secret()]
        return self._deliver(
            standard_webhooks_request(
                self.url,
                secrets=strange,
                body=body,
                message_id=_new_id(),
                sent_at=self._clock(),
            )
        )

    def send_altered(self, body: bytes, instead: bytes) -> httpx.Response:
        """Deliver *instead* under the signature of *body*."""
        genuine = self._signed(body, None, self._clock())
        headers = {
            name: value for name, value in genuine.headers.items() if name != "content-length"
        }
        return self._deliver(httpx.Request("POST", self.url, headers=headers, content=instead))

    def replay(self) -> httpx.Response:
        """Deliver the last request once more, bit by bit the same."""
        return self._deliver(self.sent[-1])

    def _signed(self, body: bytes, message_id: str | None, sent_at: datetime) -> httpx.Request:
        return standard_webhooks_request(
            self.url,
            secrets=self.secrets,
            body=body,
            message_id=message_id or _new_id(),
            sent_at=sent_at,
        )

    def _deliver(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self._client.send(request)


def _new_id() -> str:
    return f"msg_{uuid4().hex}"
