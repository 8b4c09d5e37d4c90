"""How a tenant's sign-in by certificate stands, without looking at any revocation list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from shared.errors import Failure
from shared.flows.ports import Clock
from shared.flows.trust_ports import OrganizationSettings, TrustReading
from shared.trust.authority import Authority
from shared.trust.federation import Domain
from shared.trust.method import CertificateMethod

A = TypeVar("A")


def tried(question: Callable[[], A]) -> A | Failure:
    """Return the answer, or why there is none: it must not hide the other answers."""
    try:
        return question()
    except Failure as failure:
        return failure


def known(answer: A | Failure) -> A | None:
    """Return the answer; None for what could not be read."""
    return None if isinstance(answer, Failure) else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What could be read, and why not where it could not."""

    tenant_id: str
    at: datetime
    pki: tuple[Authority, ...] | Failure
    classic: tuple[Authority, ...] | Failure
    method: CertificateMethod | Failure
    domains: tuple[Domain, ...] | Failure
    modern_authentication: bool | Failure | None

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """Return those of both stores that could be read."""
        return (*(known(self.pki) or ()), *(known(self.classic) or ()))

    @property
    def is_anything_trusted(self) -> bool | None:
        """Return whether there is an authority; None if a store that may hold one is unread."""
        if self.authorities:
            return True
        unread = isinstance(self.pki, Failure) or isinstance(self.classic, Failure)
        return None if unread else False

    @property
    def in_use(self) -> bool | None:
        """Return whether there is anything for certificates; None if it cannot be told."""
        method = known(self.method)
        if self.is_anything_trusted or (method and method.is_enabled):
            return True
        return None if method is None or self.is_anything_trusted is None else False

    @property
    def problems(self) -> dict[str, str]:
        """Return why what could not be read was not, by what it is."""
        read = {
            "pki_store": self.pki,
            "classic_store": self.classic,
            "certificate_method": self.method,
            "domains": self.domains,
            "modern_authentication": self.modern_authentication,
        }
        return {name: str(each) for name, each in read.items() if isinstance(each, Failure)}


def read(
    tenant_id: str, directory: TrustReading, organization: OrganizationSettings, *, clock: Clock
) -> Standing:
    """Read each part once."""
    return Standing(
        tenant_id=tenant_id,
        at=clock(),
        pki=tried(directory.authorities),
        classic=tried(directory.classic_authorities),
        method=tried(directory.certificate_method),
        domains=tried(directory.domains),
        modern_authentication=tried(organization.modern_authentication),
    )


def unread(tenant_id: str, why: Failure, *, clock: Clock) -> Standing:
    """Return that nothing was read."""
    return Standing(
        tenant_id=tenant_id,
        at=clock(),
        pki=why,
        classic=why,
        method=why,
        domains=why,
        modern_authentication=why,
    )
