"""What offboarding needs from the world, beside what an order on one device needs."""

from dataclasses import dataclass
from typing import Protocol

from shared.devices.offboarding import OffboardingRun
from shared.devices.policy import Assignment
from shared.flows.crl_check import CrlReport
from shared.flows.trust_ports import Sessions
from shared.trust.authority import Authority


class Offboardings(Protocol):
    """How far each offboarding has come."""

    def open(self, run: OffboardingRun) -> OffboardingRun:
        """Store a new run, or return the one already stored under its id."""
        ...

    def save(self, run: OffboardingRun) -> OffboardingRun:
        """Store a step; Contended if another worker has moved the run meanwhile."""
        ...

    def find(self, tenant_id: str, run_id: str) -> OffboardingRun | None:
        """Return the run, if there is one."""
        ...


class MailboxOwners(Protocol):
    """Whose a mailbox is, and which devices it has."""

    def directory_id(self, mailbox: str) -> str:
        """Return the object id of the user; "" if Exchange names none, NotFound: no mailbox."""
        ...

    def device_ids(self, mailbox: str) -> tuple[str, ...]:
        """Return the DeviceIDs in the mailbox, each once; NotFound if there is no such mailbox."""
        ...


class Assignments(Protocol):
    """Which mailbox is under which policy."""

    def assignment(self, mailbox: str) -> Assignment:
        """Return the policy the mailbox is under; NotFound if there is no such mailbox."""
        ...

    def revert(self, mailbox: str) -> Assignment:
        """Put the mailbox back under whatever policy is the default."""
        ...


class Authorities(Protocol):
    """The authorities that a tenant trusts, in both stores."""

    def authorities(self) -> tuple[Authority, ...]:
        """Return what the PKI store holds, of all infrastructures."""
        ...

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return what the classic store holds."""
        ...


class Revocations(Protocol):
    """The revocation lists of an authority."""

    def look(self, authority: Authority) -> CrlReport:
        """Return how they stand at this moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardingPorts:
    """One tenant's."""

    runs: Offboardings
    owners: MailboxOwners
    policies: Assignments
    sessions: Sessions
    authorities: Authorities
    revocations: Revocations
