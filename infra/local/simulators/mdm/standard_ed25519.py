"""
The portal of our own making, signing with a private key (v1a) that the receiver never sees.

Standard Webhooks 1.0.0: whsk_ and base64 of the private key signs, whpk_ and base64 of the 32
bytes of the public key checks. The private key is the seed of 32 bytes, as the project's own Go
library reads it; the specification's text leaves seed or seed-and-public open.
"""

import base64
from datetime import datetime
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Keys, Sender
from infra.local.simulators.mdm.standard import EVENTS, NamedBy, report

PRIVATE_PREFIX = "whsk_"
PUBLIC_PREFIX = "whpk_"


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    named_by: NamedBy = "partnership",
    message_id: str | None = None,
) -> httpx.Request:
    """Return the signed report; the same message_id again makes a repeated delivery."""
    return signed_request(
        url,
        private_key=secret,
        body=report(event, phone, at=at, named_by=named_by),
        message_id=message_id or f"msg_{uuid4().hex}",
        sent_at=at,
    )


def signed_request(
    url: str, *, private_key: str, body: bytes, message_id: str, sent_at: datetime
) -> httpx.Request:
    """Return the delivery with one v1a signature over id, seconds and body; prefix optional."""
    seconds = str(int(sent_at.timestamp()))
    seed = base64.b64decode(private_key.removeprefix(PRIVATE_PREFIX), validate=True)
    content = b".".join((message_id.encode(), seconds.encode(), body))
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(content)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1a," + base64.b64encode(signature).decode(),
    }
    return httpx.Request("POST", url, headers=headers, content=body)


def _new_secret() -> Keys:
    key = Ed25519PrivateKey.generate()
    return Keys(
        signs=PRIVATE_PREFIX + base64.b64encode(key.private_bytes_raw()).decode(),
        checks=PUBLIC_PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )


SENDER = Sender(name="standard_ed25519", events=EVENTS, compose=compose, new_secret=_new_secret)
