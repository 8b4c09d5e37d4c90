"""Signs webhooks as the Standard Webhooks specification says, apart from our own code."""

import base64
import hashlib
import hmac
from datetime import datetime

import msgspec

from shared.credentials.webhook_secret import LiveSecret
from shared.mdm import configured
from shared.mdm.senders import Sender
from shared.mdm.settings import SenderSettings
from tests.unit.builders import NOW, TENANT

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret, just as long....").decode()
DELIVERY_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def a_secret(value: str, version: str = "one") -> LiveSecret:
    """Return a live version of the portal's secret."""
    return LiveSecret(name="portal-secret", version=version, value=value)


def a_sender(**settings: object) -> Sender:
    """Return the portal, as it is configured unless a test says otherwise."""
    written = {
        "vendor": "standard",
        "tenant_id": TENANT,
        "secret_name": "portal-secret",
        "trust": "full",
        **settings,
    }
    return configured.sender("portal", msgspec.convert(written, SenderSettings))


def signature(delivery_id: str, timestamp: str, body: bytes, *, secret: str = SECRET) -> str:
    """Return one signature, with its version."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b"%s.%s.%s" % (delivery_id.encode(), timestamp.encode(), body)
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed(
    body: bytes, *, delivery_id: str = DELIVERY_ID, at: datetime = NOW, secret: str = SECRET
) -> dict[str, str]:
    """Return the headers of a signed delivery."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(delivery_id, timestamp, body, secret=secret),
    }
