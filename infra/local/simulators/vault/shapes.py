"""The JSON of certificates and of their operations."""

import base64
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from infra.local.simulators.vault import issuing
from infra.local.simulators.vault.store import RETENTION, Certificate, CertificateVersion, Pending

Json = dict[str, Any]


def bundle(base: str, certificate: Certificate, version: CertificateVersion) -> Json:
    """Return a certificate with all that is public about it."""
    path = f"{certificate.name}/{version.version}"
    shape = {
        "id": f"{base}/certificates/{path}",
        "kid": f"{base}/keys/{path}",
        "sid": f"{base}/secrets/{path}",
        "x5t": thumbprint(version.certificate),
        "cer": base64.b64encode(der(version.certificate)).decode(),
        "attributes": attributes(version),
        "tags": version.tags,
        "policy": policy(base, certificate),
    }
    if certificate.pending:
        shape["pending"] = {"id": f"{base}/certificates/{certificate.name}/pending"}
    return shape


def unissued(base: str, certificate: Certificate, pending: Pending) -> Json:
    """Return a certificate whose first version is still being made."""
    started = int(pending.started.timestamp())
    return {
        "id": f"{base}/certificates/{certificate.name}/{pending.version}",
        "attributes": {"enabled": False, "created": started, "updated": started},
        "policy": policy(base, certificate),
        "pending": {"id": f"{base}/certificates/{certificate.name}/pending"},
    }


def item(base: str, certificate: Certificate, version: CertificateVersion, *, named: str) -> Json:
    """Return an entry of a list; *named* is the path that is its id."""
    return {
        "id": f"{base}/certificates/{named}",
        "x5t": thumbprint(version.certificate),
        "subject": version.certificate.subject.rfc4514_string(),
        "attributes": attributes(version),
        "tags": certificate.versions[-1].tags if named == certificate.name else version.tags,
    }


def removal(base: str, certificate: Certificate, deleted: datetime) -> Json:
    """Return what a deleted object says beside its own properties."""
    return {
        "recoveryId": f"{base}/deletedcertificates/{certificate.name}",
        "deletedDate": int(deleted.timestamp()),
        "scheduledPurgeDate": int((deleted + RETENTION).timestamp()),
    }


def policy(base: str, certificate: Certificate) -> Json:
    """Return the policy of the next version."""
    return {"id": f"{base}/certificates/{certificate.name}/policy", **certificate.policy}


def operation(base: str, certificate: Certificate, pending: Pending) -> Json:
    """Return how far the making of a version has come."""
    request = issuing.signing_request(certificate.policy, pending.key)
    shape = {
        "id": f"{base}/certificates/{certificate.name}/pending",
        "issuer": {"name": certificate.policy["issuer"]["name"]},
        "csr": base64.b64encode(request).decode(),
        "cancellation_requested": pending.cancellation_requested,
        "status": pending.status,
        "request_id": pending.request_id,
    }
    if pending.status == "completed":
        shape["target"] = f"{base}/certificates/{certificate.name}"
    return shape


def attributes(version: CertificateVersion) -> Json:
    """Return the attributes a certificate shares with its key and secret; unix seconds."""
    return {
        "enabled": version.enabled,
        "nbf": int(version.certificate.not_valid_before_utc.timestamp()),
        "exp": int(version.certificate.not_valid_after_utc.timestamp()),
        "created": int(version.created.timestamp()),
        "updated": int(version.updated.timestamp()),
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": RETENTION.days,
    }


def thumbprint(certificate: x509.Certificate) -> str:
    """Return the SHA-1 of the DER, which is how the vault names certificates."""
    digest = certificate.fingerprint(hashes.SHA1())  # noqa: S303 -- a name, not a signature
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)
