"""The keys of certificates: looked at from outside, used inside."""

import base64
import binascii
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from infra.local.simulators.vault import decrypting, shapes
from infra.local.simulators.vault.call import Call
from infra.local.simulators.vault.paging import page
from infra.local.simulators.vault.policy import key_operations
from infra.local.simulators.vault.refusals import bad_parameter, forbidden
from infra.local.simulators.vault.store import CertificateVersion, Store

_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


class Keys:
    """Handlers, one for each operation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, call: Call) -> httpx.Response:
        """Return the public half; a disabled key may be looked at."""
        version = self._version(call)
        return httpx.Response(200, json=_bundle(call, version))

    def list(self, call: Call) -> httpx.Response:
        """List the latest version of each key."""
        items = [
            _item(f"{call.base}/keys/{name}", known.versions[-1])
            for name, known in sorted(self._store.certificates.items())
            if known.versions and not known.deleted
        ]
        return page(call, items)

    def versions(self, call: Call) -> httpx.Response:
        """List the versions of one key."""
        known = self._store.certificate(call.name, kind="Key").versions
        items = [
            _item(f"{call.base}/keys/{call.name}/{version.version}", version)
            for version in sorted(known, key=lambda version: version.version)
        ]
        return page(call, items)

    def sign(self, call: Call) -> httpx.Response:
        """Sign a digest, if the key is enabled, in date and meant for it."""
        version = self._version(call)
        _check_use(version, "sign")
        _check_dates(version, call.now)
        body = call.body()
        signature = _sign(version.key, str(body.get("alg")), _decoded(body.get("value")))
        kid = f"{call.base}/keys/{call.name}/{version.version}"
        return httpx.Response(200, json={"kid": kid, "value": _base64url(signature)})

    def decrypt(self, call: Call) -> httpx.Response:
        """
        Open a block, if the key is enabled and meant for it.

        Its dates do not matter: what was sealed while it was in date stays readable.
        """
        version = self._version(call)
        _check_use(version, "decrypt")
        body = call.body()
        opened = decrypting.opened(version.key, str(body.get("alg")), _decoded(body.get("value")))
        kid = f"{call.base}/keys/{call.name}/{version.version}"
        return httpx.Response(200, json={"kid": kid, "value": _base64url(opened)})

    def _version(self, call: Call) -> CertificateVersion:
        return self._store.certificate(call.name, kind="Key").version(call.version, kind="Key")


def _check_use(version: CertificateVersion, operation: str) -> None:
    if not version.enabled:
        raise forbidden(
            f"Operation {operation} is not allowed on a disabled key.", inner="KeyDisabled"
        )
    if operation not in key_operations(version.policy):
        raise forbidden(
            f"Operation {operation} is not permitted on this key.", inner="KeyOperationForbidden"
        )


def _check_dates(version: CertificateVersion, now: datetime) -> None:
    if now < version.certificate.not_valid_before_utc:
        raise forbidden(
            "Operation sign is not allowed on a not yet valid key.", inner="KeyNotYetValid"
        )
    if now > version.certificate.not_valid_after_utc:
        raise forbidden("Operation sign is not allowed on an expired key.", inner="KeyExpired")


def _sign(key: rsa.RSAPrivateKey, algorithm: str, digest: bytes) -> bytes:
    family, size = algorithm[:2], algorithm[2:]
    if family not in ("RS", "PS") or size not in _DIGESTS:
        raise bad_parameter(f"Property alg: key of type RSA cannot do '{algorithm}'.")
    hashed = _DIGESTS[size]
    if len(digest) != hashed.digest_size:
        raise bad_parameter(
            f"Invalid length of 'value': {len(digest)} bytes. "
            f"{algorithm} requires {hashed.digest_size} bytes, encoded with base64url."
        )
    if family == "RS":
        return key.sign(digest, padding.PKCS1v15(), Prehashed(hashed))
    salted = padding.PSS(mgf=padding.MGF1(hashed), salt_length=hashed.digest_size)
    return key.sign(digest, salted, Prehashed(hashed))


def _bundle(call: Call, version: CertificateVersion) -> dict[str, Any]:
    numbers = version.key.public_key().public_numbers()
    return {
        "key": {
            "kid": f"{call.base}/keys/{call.name}/{version.version}",
            "kty": "RSA",
            "key_ops": key_operations(version.policy),
            "n": _integer(numbers.n),
            "e": _integer(numbers.e),
        },
        "attributes": _attributes(version),
        "tags": version.tags,
        "managed": True,
    }


def _item(kid: str, version: CertificateVersion) -> dict[str, Any]:
    shape = {"kid": kid, "attributes": _attributes(version), "tags": version.tags}
    return {**shape, "managed": True}


def _attributes(version: CertificateVersion) -> dict[str, Any]:
    exportable = bool(version.policy["key_props"]["exportable"])
    return {**shapes.attributes(version), "exportable": exportable}


def _integer(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(value: object) -> bytes:
    if not isinstance(value, str) or set(value) & set("+/"):
        raise bad_parameter("Property value must be base64url.")
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_parameter("Property value must be base64url.") from error
