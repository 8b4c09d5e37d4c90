"""An app registration and the certificates registered on it, as Microsoft Graph shows them."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1, sha256
from typing import Annotated

import msgspec

SHA1_HEX, SHA256_HEX = re.compile("[0-9a-f]{40}"), re.compile("[0-9a-f]{64}")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """A certificate that the app may sign in with; thumbprints in hex, empty if unknown."""

    key_id: str
    thumbprint_sha256: str
    thumbprint_sha1: str
    valid_from: datetime
    expires_at: datetime
    display_name: str

    def is_of(self, der: bytes) -> bool:
        """Whether this is the certificate."""
        if self.thumbprint_sha256:
            return self.thumbprint_sha256 == sha256(der).hexdigest()
        return self.thumbprint_sha1 == _sha1(der)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One app registration."""

    object_id: str  # not the client id: what the keys hang on, and who signs a proof
    display_name: str
    sign_in_audience: str
    keys: tuple[RegisteredKey, ...]


class _Key(msgspec.Struct, rename="camel"):
    key_id: str
    start_date_time: Moment
    end_date_time: Moment
    type: str | None = None
    usage: str | None = None
    key: str | None = None  # given only if a single object is asked for it by name
    custom_key_identifier: str | None = None
    display_name: str | None = None


class _Application(msgspec.Struct, rename="camel"):
    id: str
    key_credentials: list[_Key]
    display_name: str | None = None
    sign_in_audience: str | None = None


def read(content: bytes) -> Registration:
    """Read an application; msgspec's errors if it is none."""
    told = msgspec.json.decode(content, type=_Application)
    return Registration(
        object_id=told.id,
        display_name=told.display_name or "",
        sign_in_audience=told.sign_in_audience or "",
        # The others sign or encrypt tokens: nobody signs in with them.
        keys=tuple(
            _registered(key)
            for key in told.key_credentials
            if (key.type, key.usage) == ("AsymmetricX509Cert", "Verify")
        ),
    )


def _registered(key: _Key) -> RegisteredKey:
    der = _bytes(key.key or "")
    if der:
        of_sha256, of_sha1 = sha256(der).hexdigest(), _sha1(der)
    else:
        of_sha256, of_sha1 = _thumbprints(key.custom_key_identifier or "")
    return RegisteredKey(
        key_id=key.key_id,
        thumbprint_sha256=of_sha256,
        thumbprint_sha1=of_sha1,
        valid_from=key.start_date_time,
        expires_at=key.end_date_time,
        display_name=key.display_name or "",
    )


def _thumbprints(identifier: str) -> tuple[str, str]:
    """
    Return the SHA-256 and the SHA-1 thumbprint that a custom key identifier stands for.

    It is a thumbprint unless whoever registered the key chose otherwise. Both hex and
    base64 are seen, and hex reads as base64 too.
    """
    for text in (identifier.replace(":", "").lower(), _bytes(identifier).hex()):
        if SHA256_HEX.fullmatch(text):
            return text, ""
        if SHA1_HEX.fullmatch(text):
            return "", text
    return "", ""


def _bytes(text: str) -> bytes:
    """Decode base64 of either alphabet; nothing if it is none."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _sha1(der: bytes) -> str:
    return sha1(der, usedforsecurity=False).hexdigest()
