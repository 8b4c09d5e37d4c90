"""Signatures that are checked with a public key; nothing in the vault could forge them."""

import base64
import hmac
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.errors import Misconfigured
from shared.mdm.schemes.vault_text import decoded


def is_signed(message: bytes, signatures: Iterable[bytes], public_key: str) -> bool:
    """
    Tell whether one of the signatures is right; signatures and key are in base64.

    Misconfigured if the key is none.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(decoded(public_key, "base64"))
    except ValueError:
        raise Misconfigured(
            "the sender's secret in the vault is not whpk_ followed by base64 of the 32 bytes of "
            "an ed25519 public key: store the one that the sender shows"
        ) from None
    return any(_is_right(key, message, each) for each in signatures)


def _is_right(key: Ed25519PublicKey, message: bytes, written: bytes) -> bool:
    signature = decoded(written.decode(errors="replace"), "base64")
    # Base64 of 64 bytes ends in four bits that say nothing: only one spelling is let in.
    if not hmac.compare_digest(base64.b64encode(signature), written):
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
