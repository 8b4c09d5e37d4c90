"""What a rotation of the certificate needs from the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from shared.credentials.certificate import App, Certificate
from shared.credentials.rotation import Rotation
from shared.flows.ports import Clock


class Vault(Protocol):
    """The vault's certificates, whose keys sign inside it."""

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return one version; NotFound if there is none."""
        ...

    def versions(self, name: str) -> Sequence[Certificate]:
        """Return every version, oldest first."""
        ...

    def proves_key(self, certificate: Certificate) -> bool:
        """Sign a nonce in the vault and verify it with the public key."""
        ...


class VaultVersions(Protocol):
    """The same vault, for whoever makes versions and ends them."""

    def create_version(self, name: str, *, beyond: str) -> str | None:
        """
        Return the version after *beyond*, the newest there was before this was begun.

        None while the vault is making it; Rejected if it could not.
        """
        ...

    def disable(self, certificate: Certificate) -> None:
        """Let one version sign no more; repeating it does no harm."""
        ...


class Registrations(Protocol):
    """The app registrations, and the keys on them."""

    def key_ids(
        self, app: App, certificate: Certificate, *, signed_by: Certificate
    ) -> Sequence[str]:
        """Return the keys on the app that are this certificate; NotPermitted if we may not look."""
        ...

    def add_key(self, app: App, certificate: Certificate, *, signed_by: Certificate) -> str:
        """
        Register a certificate and return its key id.

        Rejected if the tenant does not allow it. After a Retryable it may have been done.
        """
        ...

    def remove_key(self, app: App, key_id: str, *, signed_by: Certificate) -> None:
        """Remove a key; that it is gone already is no failure."""
        ...


class Entra(Protocol):
    """Entra ID, past every cache."""

    def earns_token(self, app: App, certificate: Certificate) -> bool:
        """Whether the certificate earns a token now; a Failure if that cannot be told."""
        ...


class Exchange(Protocol):
    """Exchange, asked with a token that a certificate of one's choice has earned."""

    def answers(self, app: App, certificate: Certificate) -> None:
        """Raise a Failure unless it answers a cheap read."""
        ...


class Pins(Protocol):
    """Which certificate version each tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the version, once one has earned a token."""
        ...

    def move(self, tenant_id: str, *, old: str, new: str) -> None:
        """Let the tenant sign with *new*; Contended unless it still signs with *old*."""
        ...


class Rotations(Protocol):
    """Every rotation, one at a time per tenant."""

    def open(self, rotation: Rotation) -> Rotation:
        """Store a new rotation; return the unfinished one, or the one of this id, if there is."""
        ...

    def save(self, rotation: Rotation) -> Rotation:
        """Store a step; Contended if another worker has moved the rotation meanwhile."""
        ...

    def find(self, tenant_id: str, rotation_id: str) -> Rotation | None:
        """Return one rotation."""
        ...

    def last(self, tenant_id: str) -> Rotation | None:
        """Return the tenant's last rotation, finished or not."""
        ...


class RotationEvents(Protocol):
    """What we tell the world; a repeat carries the same event id."""

    def certificate_rotated(self, rotation: Rotation) -> None:
        """Announce that the new certificate is in use, and what became of the old one."""
        ...

    def certificate_rotation_failed(self, rotation: Rotation) -> None:
        """Announce that a rotation has ended before its end, and what to do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationPorts:
    """All of it, with what an administrator decides."""

    vault: Vault
    versions: VaultVersions
    registrations: Registrations
    entra: Entra
    exchange: Exchange
    pins: Pins
    rotations: Rotations
    events: RotationEvents
    clock: Clock
    overlap: timedelta  # for which both keys work: longer than any token lives
    apart: timedelta  # how long after a trial of the new key the next one shows anything new
    ahead: timedelta  # of a certificate's end that it is rotated unasked
