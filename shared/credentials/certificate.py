"""The app's registrations and certificates, and the stages of expiry."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

REQUIRED_ROLE = "Exchange.ManageAsApp"
STAGES = tuple(timedelta(days=days) for days in (90, 60, 30, 14, 7, 3, 1, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One tenant's app registration, and the certificate it signs in with."""

    tenant_id: str
    client_id: str
    certificate_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One version of a vault certificate: its public part."""

    name: str
    version: str
    key_id: str  # the address of its key, which signs in the vault
    der: bytes
    is_enabled: bool
    valid_from: datetime
    expires_at: datetime

    @property
    def thumbprint(self) -> str:
        """The SHA-256 thumbprint, hex."""
        return sha256(self.der).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What the vault says about a certificate's key."""

    kind: str  # RSA, EC, ...
    bits: int
    operations: frozenset[str]
    is_exportable: bool | None  # None: the vault does not say


def stage(expires_at: datetime, now: datetime) -> timedelta | None:
    """
    Return the last stage passed, or None while all are ahead; zero is expired.

    Compare it with the stage last announced, never with a day count: a timer that
    misses Tuesday must still speak on Wednesday.
    """
    passed = [stage for stage in STAGES if expires_at - now <= stage]
    return min(passed, default=None)
