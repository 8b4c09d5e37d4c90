"""Once a day each tenant's audit is sealed: the vault signs how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from shared.audit import seal
from shared.audit.record import Entry, Head, Kind, Record
from shared.audit.seal import Signed
from shared.credentials.certificate import App, Certificate

Clock = Callable[[], datetime]


class Pins(Protocol):
    """Which certificate version each tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the version the tenant signs with, once one has earned a token."""
        ...


class Chains(Protocol):
    """Each tenant's audit."""

    def append(self, entry: Entry) -> None:
        """Record it; Retryable: it may not stand there."""
        ...

    def last(self, tenant_id: str) -> Record | None:
        """Return the chain's last record, as it is in storage now."""
        ...


class Signing(Protocol):
    """The vault, which signs."""

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return one version, or the current one; NotFound if the vault has none."""
        ...

    def sign(self, certificate: Certificate, digest: bytes) -> bytes:
        """Return the PS256 signature of a SHA-256 digest, made in the vault."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """Seals with the certificate that the tenant signs in with; without one there is no seal."""

    log: Chains
    vault: Signing
    pins: Pins
    clock: Clock

    def seal(self, app: App) -> Head | None:
        """Seal what was recorded since the last seal; return how far that is."""
        last = self.log.last(app.tenant_id)
        if last is None or last.kind == Kind.SEALED or not app.has_certificate:
            return None
        version = self.pins.active(app.tenant_id) or ""
        certificate = self.vault.certificate(app.certificate_name, version)
        digest = sha256(seal.statement(app.tenant_id, last.head)).digest()
        signed = Signed(certificate=certificate.der, signature=self.vault.sign(certificate, digest))
        self.log.append(seal.sealed(app.tenant_id, last.head, signed, self.clock()))
        return last.head
