"""What the vault keeps: certificates with their keys, and secrets, each in versions."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.vault.refusals import conflict, not_found

RETENTION = timedelta(days=90)  # how long something deleted can be recovered


@dataclass(slots=True, kw_only=True)
class CertificateVersion:
    """A certificate with its key; addressable as certificate, key and secret."""

    version: str = field(default_factory=lambda: secrets.token_hex(16))
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    policy: dict[str, Any]  # as it was when this version was made
    enabled: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Pending:
    """A certificate operation; the result of the last one stays readable."""

    version: str = field(default_factory=lambda: secrets.token_hex(16))
    request_id: str = field(default_factory=lambda: secrets.token_hex(16))
    key: rsa.RSAPrivateKey
    enabled: bool
    tags: dict[str, str]
    started: datetime
    ready: datetime
    status: str = "inProgress"
    cancellation_requested: bool = False


@dataclass(slots=True, kw_only=True)
class Certificate:
    """All versions under one name, oldest first, and the policy of the next one."""

    name: str
    policy: dict[str, Any]
    versions: list[CertificateVersion] = field(default_factory=list)
    pending: Pending | None = None
    deleted: datetime | None = None

    def version(self, version: str, *, kind: str = "Certificate") -> CertificateVersion:
        """Return one version, or the latest if *version* is empty."""
        if not version and self.versions:
            return self.versions[-1]
        for known in self.versions:
            if known.version == version:
                return known
        raise not_found(kind, f"A {kind.lower()} with (name/id) {self.name}/{version}")


@dataclass(slots=True, kw_only=True)
class SecretVersion:
    """One value of a secret."""

    version: str = field(default_factory=lambda: secrets.token_hex(16))
    value: str
    content_type: str | None = None
    enabled: bool = True
    nbf: int | None = None  # unix seconds, informative: they do not stop a read
    exp: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Store:
    """Everything in one vault, by name."""

    certificates: dict[str, Certificate] = field(default_factory=dict)
    secrets: dict[str, list[SecretVersion]] = field(default_factory=dict)  # oldest first

    def certificate(self, name: str, *, kind: str = "Certificate") -> Certificate:
        """Return a certificate that is not deleted; *kind* is what the caller asked for."""
        known = self.certificates.get(name)
        if known is None or known.deleted:
            raise not_found(kind, f"A {kind.lower()} with (name/id) {name}")
        return known

    def deleted_certificate(self, name: str) -> Certificate:
        """Return a certificate that is deleted and not yet purged."""
        known = self.certificates.get(name)
        if known is None or not known.deleted:
            raise not_found("Certificate", f"Deleted certificate {name}")
        return known

    def check_name(self, name: str) -> None:
        """Raise `RefusedError` if nothing new can be kept as certificate *name*."""
        known = self.certificates.get(name)
        if name in self.secrets:
            raise conflict(f"{name} is the name of a secret of its own.")
        if known and known.deleted:
            raise conflict(
                f"Certificate {name} is currently in a deleted but recoverable state.",
                inner="ObjectIsDeletedButRecoverable",
            )
        if known and known.pending and known.pending.status == "inProgress":
            raise conflict(f"Certificate {name} has a pending operation in progress.")
