"""
A webhook: the CloudEvent as it is, signed as Standard Webhooks 1.0 says.

The id is the event's, so that a receiver drops what it has had. Each live version of the
secret signs: while a receiver changes over, it may know either.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable
from datetime import datetime

from shared.alerts.call import Call
from shared.errors import Misconfigured

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
LEAST_KEY, LONGEST_KEY = 24, 64  # bytes


def call(url: str, event: bytes, event_id: str, *, secrets: Iterable[str], now: datetime) -> Call:
    """Return the signed delivery of an event; Misconfigured if there is no key."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((event_id.encode(), timestamp.encode(), event))
    signatures = [base64.b64encode(hmac.digest(_key(each), signed, "sha256")) for each in secrets]
    headers = {
        "Content-Type": CONTENT_TYPE,
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{each.decode()}" for each in signatures),
    }
    return Call(url=url, headers=headers, body=event)


def _key(secret: str) -> bytes:
    kind, _, text = secret.strip().partition("_")
    try:
        key = base64.b64decode(text, validate=True) if kind == "whsec" else b""
    except binascii.Error:
        key = b""
    if not LEAST_KEY <= len(key) <= LONGEST_KEY:
        raise Misconfigured(
            f"the vault holds no signing secret: it must be whsec_ and base64 of {LEAST_KEY} to "
            f"{LONGEST_KEY} bytes"
        )
    return key
