"""A certificate authority that a tenant trusts, as one of its two stores has it."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Store(StrEnum):
    """Where Entra ID keeps the authorities."""

    PKI = "pki"  # each can be changed by itself, and is kept for a while after its removal
    CLASSIC = "classic"  # one object, which is not changed: only removed and made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One authority; where it has no CRL address, nothing it has signed is ever revoked."""

    store: Store
    certificate: bytes  # DER, as stored: it may be none
    is_root: bool  # as the store says
    name: str = ""
    container_id: str = ""  # in the PKI store: the infrastructure it belongs to
    authority_id: str = ""  # in the PKI store
    crl_url: str = ""
    delta_crl_url: str = ""

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate, by which our orders name it; hex, lower case."""
        return sha256(self.certificate).hexdigest()
