"""The data of a notification, for the holder of one private key only."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from infra.local.simulators.graph.subscriptions.model import Sealing

_VECTOR = 16  # bytes of the key that also are where the cipher starts


def sealed(resource: Mapping[str, Any], sealing: Sealing) -> dict[str, str]:
    """
    Return a resource as `encryptedContent`, under a key of its own.

    What is signed is the encrypted data, as bytes, so that a receiver can check it first.
    """
    key = secrets.token_bytes(32)
    data = _encrypted(json.dumps(resource).encode(), key)
    fingerprint = sealing.certificate.fingerprint(hashes.SHA1())  # noqa: S303 -- a name only
    return {
        "data": _base64(data),
        "dataSignature": _base64(hmac.digest(key, data, hashlib.sha256)),
        "dataKey": _base64(_wrapped(key, sealing)),
        "encryptionCertificateId": sealing.certificate_id,
        "encryptionCertificateThumbprint": fingerprint.hex().upper(),
    }


def _encrypted(plain: bytes, key: bytes) -> bytes:
    padder = padding.PKCS7(AES256.block_size).padder()
    encryptor = Cipher(AES256(key), CBC(key[:_VECTOR])).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return encryptor.update(padded) + encryptor.finalize()


def _wrapped(key: bytes, sealing: Sealing) -> bytes:
    public_key = sealing.certificate.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey):
        raise TypeError("the key of a certificate for encryption is RSA")
    hashed = hashes.SHA1()  # noqa: S303 -- as documented, for the mask too
    return public_key.encrypt(key, asymmetric.OAEP(asymmetric.MGF1(hashed), hashed, None))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
