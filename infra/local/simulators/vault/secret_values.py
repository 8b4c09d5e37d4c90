"""Secrets: values of their own, and the ones behind certificates."""

import base64
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from infra.local.simulators.vault import policy as policies
from infra.local.simulators.vault import shapes
from infra.local.simulators.vault.call import Call, attributes
from infra.local.simulators.vault.paging import page
from infra.local.simulators.vault.refusals import bad_parameter, conflict, forbidden, not_found
from infra.local.simulators.vault.store import RETENTION, CertificateVersion, SecretVersion, Store

_LONGEST = 25 * 1024  # bytes of a value


class Secrets:
    """Handlers, one for each operation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def set(self, call: Call) -> httpx.Response:
        """Keep a new version of a value."""
        body = call.body()
        given = attributes(body)
        if not isinstance(body.get("value"), str) or len(body["value"].encode()) > _LONGEST:
            raise bad_parameter(f"Property value is required, of at most {_LONGEST} bytes.")
        version = SecretVersion(
            value=body["value"],
            content_type=body.get("contentType"),
            enabled=given.get("enabled", True),
            nbf=given.get("nbf"),
            exp=given.get("exp"),
            tags=body.get("tags") or {},
            created=call.now,
            updated=call.now,
        )
        self.keep(call.name, version)
        return httpx.Response(200, json=_shape(call, version) | {"value": version.value})

    def keep(self, name: str, version: SecretVersion) -> None:
        """Add a version; the name of a certificate is taken."""
        if name in self._store.certificates:
            raise conflict(f"{name} is the name of a secret behind a certificate.")
        self._store.secrets.setdefault(name, []).append(version)

    def get(self, call: Call) -> httpx.Response:
        """Return a value; a disabled one is not given out."""
        if call.name in self._store.certificates:
            return self._behind_certificate(call)
        version = self._version(call)
        _check_enabled(version)
        return httpx.Response(200, json=_shape(call, version) | {"value": version.value})

    def update(self, call: Call) -> httpx.Response:
        """Change the attributes of a version, never its value."""
        version = self._version(call)
        body = call.body()
        given = attributes(body)
        version.enabled = given.get("enabled", version.enabled)
        version.nbf = given.get("nbf", version.nbf)
        version.exp = given.get("exp", version.exp)
        version.tags = body["tags"] if body.get("tags") is not None else version.tags
        version.content_type = body.get("contentType") or version.content_type
        version.updated = call.now
        return httpx.Response(200, json=_shape(call, version))

    def list(self, call: Call) -> httpx.Response:
        """List the latest version of each secret of its own."""
        items = []
        for name, versions in sorted(self._store.secrets.items()):
            items.append(_shape(call, versions[-1]) | {"id": f"{call.base}/secrets/{name}"})
        return page(call, items)

    def versions(self, call: Call) -> httpx.Response:
        """List the versions of one secret, in no order that says anything of their age."""
        known = self._store.secrets.get(call.name, [])
        items = [_shape(call, version) for version in sorted(known, key=lambda one: one.version)]
        return page(call, items)

    def _version(self, call: Call) -> SecretVersion:
        for version in reversed(self._store.secrets.get(call.name, [])):
            if call.version in ("", version.version):
                return version
        raise not_found("Secret", f"A secret with (name/id) {call.name}/{call.version}")

    def _behind_certificate(self, call: Call) -> httpx.Response:
        certificate = self._store.certificate(call.name, kind="Secret")
        version = certificate.version(call.version, kind="Secret")
        _check_enabled(version)
        path = f"{call.name}/{version.version}"
        shape = {
            "id": f"{call.base}/secrets/{path}",
            "kid": f"{call.base}/keys/{path}",
            "value": _exported(version),
            "contentType": version.policy["secret_props"]["contentType"],
            "attributes": shapes.attributes(version),
            "tags": version.tags,
            "managed": True,
        }
        return httpx.Response(200, json=shape)


def _check_enabled(version: SecretVersion | CertificateVersion) -> None:
    if not version.enabled:
        raise forbidden(
            "Operation get is not allowed on a disabled secret.", inner="SecretDisabled"
        )


def _shape(call: Call, version: SecretVersion) -> dict[str, Any]:
    dates = {"nbf": version.nbf, "exp": version.exp}
    shape: dict[str, Any] = {
        "id": f"{call.base}/secrets/{call.name}/{version.version}",
        "attributes": {
            "enabled": version.enabled,
            "created": _seconds(version.created),
            "updated": _seconds(version.updated),
            "recoveryLevel": "Recoverable+Purgeable",
            "recoverableDays": RETENTION.days,
            **{name: value for name, value in dates.items() if value is not None},
        },
        "tags": version.tags,
    }
    return shape | ({"contentType": version.content_type} if version.content_type else {})


def _exported(version: CertificateVersion) -> str:
    """Return the certificate, with its key only where the policy lets the key out."""
    key = version.key if version.policy["key_props"]["exportable"] else None
    plain = serialization.NoEncryption()
    if version.policy["secret_props"]["contentType"] == policies.PKCS12:
        pfx = pkcs12.serialize_key_and_certificates(None, key, version.certificate, None, plain)
        return base64.b64encode(pfx).decode()
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    text = key.private_bytes(encoding, private, plain) if key else b""
    return (text + version.certificate.public_bytes(encoding)).decode()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
