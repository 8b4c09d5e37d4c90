"""Key Vault: certificates whose keys sign and decrypt without leaving, and secrets."""

from infra.local.simulators.vault.events import CertificateEvent, EventKind
from infra.local.simulators.vault.journal import Operation
from infra.local.simulators.vault.simulator import Vault

__all__ = ["CertificateEvent", "EventKind", "Operation", "Vault"]
