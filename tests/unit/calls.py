"""Webhook calls whose sender is proved already."""

from collections.abc import Mapping

from shared.credentials.webhook_secret import LiveSecret
from shared.mdm.call import Call
from shared.mdm.verification import Verified, VerifiedBody

JSON = {"content-type": "application/json"}


def a_call(
    body: bytes = b"", *, headers: Mapping[str, str] | None = None, method: str = "POST"
) -> Call:
    """Return what a sender has sent."""
    named = JSON if headers is None else headers
    return Call(method=method, headers=dict(named), query={}, body=body)


def proved(body: bytes, headers: Mapping[str, str] | None = None) -> Verified:
    """Return a call that some secret proves."""
    return Verified(
        call=a_call(body, headers=headers),
        body=VerifiedBody(body),
        delivery_id="",
        secret=LiveSecret(name="portal-secret", version="1", value="not looked at"),
    )
