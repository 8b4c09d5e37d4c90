"""The proof that we hold a registered key: a JWT which Microsoft Graph takes for a permission."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

# Not Microsoft Graph's own id: Microsoft's page on rolling keys names this one.
AUDIENCE = "00000002-0000-0000-c000-000000000000"
LIFETIME = timedelta(minutes=10)  # the longest Graph allows
BACKDATED = timedelta(minutes=1)  # clocks differ


def proof(
    object_id: str,
    der: bytes,
    *,
    sign: Callable[[bytes], bytes],
    now: datetime,
    audience: str = AUDIENCE,
) -> str:
    """
    Return the proof of the app with this object id (not client id), good for nine minutes.

    *der* is a certificate that is registered and valid now; *sign* makes the PS256
    signature of a SHA-256 digest with its key. Graph takes no padding in any part.
    """
    begins = int((now - BACKDATED).timestamp())
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": _encoded(sha256(der).digest())}
    claims = {
        "aud": audience,
        "iss": object_id,
        "nbf": begins,
        "exp": begins + int(LIFETIME.total_seconds()),
    }
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{_encoded(sign(sha256(signed.encode()).digest()))}"


def _part(content: Mapping[str, object]) -> str:
    return _encoded(json.dumps(content, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
