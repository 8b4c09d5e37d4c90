"""The app's registrations and certificates."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha1, sha256

REQUIRED_ROLE = "Exchange.ManageAsApp"


class Credential(StrEnum):
    """What an app signs in with."""

    CERTIFICATE = "keyvault_certificate"
    FEDERATED = "managed_identity_federated"  # a managed identity vouches for the app
    MANAGED_IDENTITY = "managed_identity"  # no app: the identity itself has the rights


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One tenant's app registration, and the certificate it signs in with."""

    tenant_id: str
    client_id: str
    certificate_name: str  # empty where it signs in with something else
    object_id: str = ""  # of the registration; empty: it has to be read
    credential: Credential = Credential.CERTIFICATE

    @property
    def has_certificate(self) -> bool:
        """Whether there is a certificate to watch and to rotate."""
        return self.credential is Credential.CERTIFICATE


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

    @property
    def thumbprint_sha1(self) -> str:
        """The thumbprint by which Azure's pages and Graph know it, hex."""
        return sha1(self.der, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What the vault says about a certificate's key."""

    kind: str  # RSA, EC, ...
    bits: int
    operations: frozenset[str]
    is_exportable: bool | None  # None: the vault does not say
