"""Where the vault and the app's registration do not agree about a certificate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.credentials.certificate import Certificate
from shared.credentials.credential import RegisteredKey, Registration


class Kind(StrEnum):
    """What does not fit; programs may rely on these."""

    ACTIVE_NOT_REGISTERED = "active_not_registered"
    ACTIVE_REGISTRATION_EXPIRED = "active_registration_expired"
    NEWER_NOT_REGISTERED = "newer_not_registered"
    KEY_OF_NO_VERSION = "key_of_no_version"


class Severity(StrEnum):
    """How much it matters."""

    ERROR = "error"  # the app cannot sign in with the version it uses
    WARNING = "warning"  # it will come to that
    NOTE = "note"  # perhaps all is well


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that does not fit."""

    kind: Kind
    thumbprint: str  # SHA-256 of the certificate; of a foreign key what the registration shows
    version: str = ""  # in the vault; empty for a foreign key


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is remembered of a mismatch: how often it came about, and whether it is still there."""

    occurrence: int
    is_open: bool


# A kind that is not among them could not be looked for.
Mismatches = Mapping[Kind, frozenset[Mismatch]]

SEVERITIES = {
    Kind.ACTIVE_NOT_REGISTERED: Severity.ERROR,
    Kind.ACTIVE_REGISTRATION_EXPIRED: Severity.ERROR,
    Kind.NEWER_NOT_REGISTERED: Severity.WARNING,
    Kind.KEY_OF_NO_VERSION: Severity.NOTE,
}
REMEDIES = {
    Kind.ACTIVE_NOT_REGISTERED: "register the public part of this version on the app, or order a "
    "rotation while another version can still sign in",
    Kind.ACTIVE_REGISTRATION_EXPIRED: "register the public part of this version on the app anew, "
    "with the certificate's own dates",
    Kind.NEWER_NOT_REGISTERED: "order a rotation, or register the public part of this version on "
    "the app; until then it cannot take over from the version in use",
    Kind.KEY_OF_NO_VERSION: "if nobody else signs in as this app with it, remove this key from the "
    "registration",
}


def registered_until(certificate: Certificate, registration: Registration) -> datetime | None:
    """Return until when the app takes this certificate; None if it does not know it."""
    entries = (key.expires_at for key in registration.keys if key.is_of(certificate.der))
    return max(entries, default=None)


def strangers(versions: Iterable[Certificate], registration: Registration) -> list[RegisteredKey]:
    """Return the registered keys that are none of these versions."""
    ders = [each.der for each in versions]
    return [key for key in registration.keys if not any(key.is_of(der) for der in ders)]


def of_active(active: Certificate, registration: Registration, now: datetime) -> Mismatches:
    """Return what is wrong with the registration of the version in use."""
    until = registered_until(active, registration)
    is_cut_short = until is not None and until <= now < active.expires_at
    return {
        Kind.ACTIVE_NOT_REGISTERED: _of(active, Kind.ACTIVE_NOT_REGISTERED, when=until is None),
        Kind.ACTIVE_REGISTRATION_EXPIRED: _of(
            active, Kind.ACTIVE_REGISTRATION_EXPIRED, when=is_cut_short
        ),
    }


def of_active_refused(active: Certificate) -> Mismatches:
    """Return that Entra ID itself does not know the version in use."""
    return {Kind.ACTIVE_NOT_REGISTERED: _of(active, Kind.ACTIVE_NOT_REGISTERED, when=True)}


def of_newer(newer: Certificate | None, registration: Registration) -> Mismatches:
    """Return whether a newer version is missing; one that is disabled is not meant to be there."""
    if newer is None or not newer.is_enabled:
        return {Kind.NEWER_NOT_REGISTERED: frozenset()}
    is_missing = registered_until(newer, registration) is None
    return {Kind.NEWER_NOT_REGISTERED: _of(newer, Kind.NEWER_NOT_REGISTERED, when=is_missing)}


def of_strangers(keys: Iterable[RegisteredKey]) -> Mismatches:
    """Return each key that is no version of the certificate."""
    kind = Kind.KEY_OF_NO_VERSION
    shown = (key.thumbprint_sha1 or key.key_id for key in keys)
    return {kind: frozenset(Mismatch(kind=kind, thumbprint=each) for each in shown)}


def _of(certificate: Certificate, kind: Kind, *, when: bool) -> frozenset[Mismatch]:
    found = Mismatch(kind=kind, thumbprint=certificate.thumbprint, version=certificate.version)
    return frozenset({found}) if when else frozenset()
