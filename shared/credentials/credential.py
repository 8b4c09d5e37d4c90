"""Judges of the app's credential: the certificate, its key, and its entry on the application."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shared.credentials.certificate import REQUIRED_ROLE, Certificate, KeyFacts
from shared.credentials.findings import Finding
from shared.credentials.validation import Verdict

LEAST_BITS = 2048
LOOKALIKES = ("Exchange.ManageAsAppV2", "Exchange.AdminAPI.ManageAsApp")


class RegisteredKey(Protocol):
    """One certificate on the application."""

    @property
    def key_id(self) -> str:
        """Its name there."""
        ...

    @property
    def thumbprint_sha1(self) -> str:
        """The thumbprint that Azure's pages show, hex; empty if it cannot be told."""
        ...

    @property
    def valid_from(self) -> datetime:
        """When the entry begins to count."""
        ...

    @property
    def expires_at(self) -> datetime:
        """When it ceases to."""
        ...

    def is_of(self, der: bytes) -> bool:
        """Whether this is the certificate."""
        ...


class Registration(Protocol):
    """The application, as far as certificates go."""

    @property
    def keys(self) -> Sequence[RegisteredKey]:
        """The certificates that the app may sign in with."""
        ...


def enabled(certificate: Certificate) -> Verdict:
    """Judge whether the vault lets the version be used."""
    if certificate.is_enabled:
        return Verdict()
    return Verdict(Finding.CERTIFICATE_DISABLED, f"version {certificate.version}")


def in_dates(certificate: Certificate, now: datetime) -> Verdict:
    """Judge the certificate's dates."""
    if now < certificate.valid_from:
        return Verdict(Finding.CERTIFICATE_NOT_YET_VALID, f"before {certificate.valid_from}")
    if now >= certificate.expires_at:
        return Verdict(Finding.CERTIFICATE_EXPIRED, f"on {certificate.expires_at}")
    return Verdict()


def kind(key: KeyFacts) -> Verdict:
    """Judge the type of the key."""
    if key.kind.startswith("RSA"):
        return Verdict(says=key.kind)
    return Verdict(Finding.KEY_NOT_RSA, f"it is {key.kind}")


def size(key: KeyFacts) -> Verdict:
    """Judge the size of an RSA key; another kind is judged by its type."""
    if key.kind.startswith("RSA") and key.bits < LEAST_BITS:
        return Verdict(Finding.KEY_TOO_SMALL, f"it has {key.bits}")
    return Verdict(says=f"{key.bits} bits" if key.bits else "")


def may_sign(key: KeyFacts) -> Verdict:
    """Judge what the key may be used for."""
    if "sign" in key.operations:
        return Verdict()
    return Verdict(Finding.KEY_MAY_NOT_SIGN, f"it may {', '.join(sorted(key.operations)) or '-'}")


def stays(key: KeyFacts) -> Verdict:
    """Judge whether the private key can leave the vault."""
    match key.is_exportable:
        case None:
            return Verdict(Finding.KEY_EXPORTABILITY_UNKNOWN)
        case True:
            return Verdict(Finding.KEY_EXPORTABLE)
        case False:
            return Verdict()


def named(certificate: Certificate) -> Verdict:
    """Say how the certificate's public part is known."""
    return Verdict(says=f"SHA-256 {certificate.thumbprint}, SHA-1 {certificate.thumbprint_sha1}")


def signs(fits: bool) -> Verdict:  # noqa: FBT001 - the answer that is judged
    """Judge whether what the vault signed fits the certificate."""
    return Verdict() if fits else Verdict(Finding.KEY_MISMATCH)


def registered(certificate: Certificate, registration: Registration, now: datetime) -> Verdict:
    """Judge whether the application knows this very certificate, and still takes it."""
    if not registration.keys:
        return Verdict(Finding.NOTHING_REGISTERED)
    entries = [key for key in registration.keys if key.is_of(certificate.der)]
    if not entries:
        there = ", ".join(key.thumbprint_sha1 or key.key_id for key in registration.keys)
        return Verdict(
            Finding.NOT_REGISTERED, f"there are {there}; this is {certificate.thumbprint_sha1}"
        )
    latest = max(entries, key=lambda key: key.expires_at)
    if latest.expires_at <= now:
        return Verdict(Finding.REGISTERED_EXPIRED, f"key {latest.key_id} on {latest.expires_at}")
    if all(now < key.valid_from for key in entries):
        return Verdict(Finding.REGISTERED_NOT_YET_VALID, f"key {latest.key_id}")
    return Verdict(says=f"key {latest.key_id}")


def granted(roles: Iterable[str]) -> Verdict:
    """Judge the application permissions that a token holds."""
    held = frozenset(roles)
    if REQUIRED_ROLE in held:
        return Verdict()
    alike = sorted(held.intersection(LOOKALIKES))
    if alike:
        return Verdict(Finding.TOKEN_LOOKALIKE_ROLE, ", ".join(alike))
    return Verdict(Finding.TOKEN_NO_ROLE)
