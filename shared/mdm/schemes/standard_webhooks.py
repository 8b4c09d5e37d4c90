"""
Standard Webhooks 1.0 signatures over id, timestamp and raw body.

v1 is an HMAC-SHA256; the vault holds `whsec_` and the key in base64. v1a is an ed25519
signature; the vault holds `whpk_` and the sender's public key in base64. A sender may sign
with several secrets at once while it changes them, and we accept any of several live ones:
together that is a change of secret without a gap, also from one kind to the other.
Source: the Standard Webhooks specification, version 1.0.0.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes import freshness
from shared.mdm.schemes.constant_time import encoded
from shared.mdm.schemes.delivery_ids import delivery_id
from shared.mdm.schemes.vault_text import LEAST_KEY, as_meant, decoded

SIGNATURES_LIMIT = 16  # in one header: each costs a comparison per secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDelivery:
    """What the headers of a delivery claim; the signatures are still in base64."""

    delivery_id: str
    message: bytes
    v1: tuple[bytes, ...]
    v1a: tuple[bytes, ...]

    def holds(self, secret: str) -> bool:
        """Tell whether one of the signatures was made with this secret, or its private half."""
        text = as_meant(secret)
        if text.startswith("whpk_"):
            # Only a sender that signs so makes us load cryptography.
            from shared.mdm.schemes import ed25519  # noqa: PLC0415

            return ed25519.is_signed(self.message, self.v1a, text.removeprefix("whpk_"))
        expected = base64.b64encode(hmac.digest(_key(text), self.message, "sha256"))
        return any(hmac.compare_digest(expected, each) for each in self.v1)


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """The sender signs as the specification says; which kind, the vault's secret tells."""

    def claim(self, call: Call, now: datetime) -> SignedDelivery:
        """Return what the headers claim, or raise Unverified if no secret could make it true."""
        name = delivery_id("webhook-id", call.headers.get("webhook-id", ""))
        timestamp = call.headers.get("webhook-timestamp", "")
        sent_at = freshness.in_seconds("webhook-timestamp", timestamp)
        freshness.require_fresh("webhook-timestamp", sent_at, now)
        offered = call.headers.get("webhook-signature", "").split(" ")
        if len(offered) > SIGNATURES_LIMIT:
            raise Unverified("too many signatures")
        v1, v1a = _of_version("v1,", offered), _of_version("v1a,", offered)
        if not v1 and not v1a:
            raise Unverified("webhook-signature is missing or holds no v1 or v1a signature")
        message = b".".join((name.encode(), timestamp.encode(), call.body))
        return SignedDelivery(delivery_id=name, message=message, v1=v1, v1a=v1a)


def _of_version(version: str, offered: list[str]) -> tuple[bytes, ...]:
    return tuple(
        encoded(each.removeprefix(version)) for each in offered if each.startswith(version)
    )


def _key(text: str) -> bytes:
    """Return the signing key; Misconfigured if there is none that is worth its name."""
    if text.startswith("whsk_"):
        raise Misconfigured(
            "the vault holds the sender's private key (whsk_): have the sender change its key "
            "pair, and store the public one (whpk_)"
        )
    key = decoded(text.removeprefix("whsec_"), "base64")
    if len(key) < LEAST_KEY:
        raise Misconfigured(
            f"the sender's secret in the vault is neither whsec_ followed by base64 of {LEAST_KEY} "
            "bytes or more, nor whpk_ followed by base64 of a public key: store a new one"
        )
    return key
