"""Secrets as the vault holds them: pasted by a person, and perhaps too short to be any good."""

import base64
import binascii
from typing import Literal

from shared.errors import Misconfigured

LEAST_KEY = 24  # bytes; anything short can be guessed
LEAST_TEXT = 16  # characters of a secret that travels with the call


def as_meant(secret: str) -> str:
    """Return the secret without the blanks and line ends that pasting leaves around it."""
    return secret.strip(" \t\r\n")


def plain(secret: str) -> str:
    """Return a secret that is sent as it is; Misconfigured if it can be guessed."""
    text = as_meant(secret)
    if len(text) < LEAST_TEXT:
        raise Misconfigured(
            f"the sender's secret in the vault has fewer than {LEAST_TEXT} characters: "
            "store a longer one, and give it to the sender"
        )
    return text


def decoded(text: str, written_as: Literal["text", "base64", "hex"]) -> bytes:
    """Return what is written, or nothing if it is not written so."""
    try:
        match written_as:
            case "text":
                return text.encode()
            case "base64":
                return base64.b64decode(text, validate=True)
            case "hex":
                return binascii.unhexlify(text)
    except ValueError:  # binascii.Error is one
        return b""


def signing_key(secret: str, stored_as: Literal["text", "base64", "hex"]) -> bytes:
    """Return the key of an HMAC; Misconfigured if it cannot be read or can be guessed."""
    key = decoded(as_meant(secret), stored_as)
    if len(key) < LEAST_KEY:
        raise Misconfigured(
            f"the sender's secret in the vault is not {LEAST_KEY} bytes or more, "
            f"written as {stored_as}: store a longer one, and give it to the sender"
        )
    return key
