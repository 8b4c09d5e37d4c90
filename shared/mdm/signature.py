"""
Standard Webhooks 1.0 signatures: HMAC-SHA256 over id, timestamp and raw body.

A sender may sign with several secrets at once while it changes them, and we accept any
of several live ones: together that is a change of secret without a gap.
Source: the Standard Webhooks specification, version 1.0.0.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NewType

from shared.errors import Misconfigured, Unverified

TOLERANCE = timedelta(minutes=5)
ID_LIMIT = 256  # characters
TIMESTAMP_DIGITS = 12
LEAST_KEY = 24  # bytes; anything short can be guessed
SIGNATURES_LIMIT = 16  # in one header: each costs a comparison per secret

VerifiedBody = NewType("VerifiedBody", bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A delivery whose sender and age are proved."""

    delivery_id: str
    body: VerifiedBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What the headers of a delivery claim."""

    delivery_id: str
    timestamp: str
    signatures: tuple[bytes, ...]


def claimed(headers: Mapping[str, str], now: datetime) -> Claimed:
    """Return what the headers claim, or raise Unverified if no secret could make it true."""
    lowered = {name.lower(): value for name, value in headers.items()}
    delivery_id = lowered.get("webhook-id", "")
    timestamp = lowered.get("webhook-timestamp", "")
    if not 0 < len(delivery_id) <= ID_LIMIT:
        raise Unverified("webhook-id is missing or too long")
    _fresh(timestamp, now)
    offered = _offered(lowered.get("webhook-signature", ""))
    return Claimed(delivery_id=delivery_id, timestamp=timestamp, signatures=offered)


def verify(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], now: datetime
) -> Verified:
    """Return the delivery, or raise Unverified, whatever the caller sent."""
    claim = claimed(headers, now)
    signed = b".".join((claim.delivery_id.encode(errors="replace"), claim.timestamp.encode(), body))
    keys = [key for key in map(_key, secrets) if key]
    if secrets and not keys:
        raise Misconfigured(
            f"no webhook secret in the vault is whsec_ followed by base64 of {LEAST_KEY} bytes "
            "or more: store a new one"
        )
    for key in keys:
        expected = base64.b64encode(hmac.digest(key, signed, sha256))
        if any(hmac.compare_digest(expected, signature) for signature in claim.signatures):
            return Verified(delivery_id=claim.delivery_id, body=VerifiedBody(body))
    raise Unverified("no signature matches a live secret")


def _fresh(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= TIMESTAMP_DIGITS):
        raise Unverified("webhook-timestamp is missing or not in seconds")
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise Unverified("webhook-timestamp is out of range") from None
    if abs(now - sent_at) > TOLERANCE:
        raise Unverified("webhook-timestamp is more than five minutes off")


def _offered(header: str) -> tuple[bytes, ...]:
    """Return the v1 signatures of the header, still in base64."""
    parts = header.split(" ")
    if len(parts) > SIGNATURES_LIMIT:
        raise Unverified("too many signatures")
    found = [part[3:].encode(errors="replace") for part in parts if part.startswith("v1,")]
    if not found:
        raise Unverified("webhook-signature is missing or holds no v1 signature")
    return tuple(found)


def _key(secret: str) -> bytes:
    """Return the signing key, or nothing if the secret holds none that is worth its name."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return key if len(key) >= LEAST_KEY else b""
