"""What all tenants' users sign in with, beside a password: who looks at it, and who changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.flows.certificate_changes import CertificateChanging
from shared.flows.crl_check import CrlCheck
from shared.flows.ports import Clock
from shared.flows.trust_doctor import Doctor
from shared.flows.trust_ports import OrganizationSettings, Sessions, TrustDirectory
from shared.flows.trust_watch import TrustWatch


class Directory(TrustDirectory, Sessions, Protocol):
    """One tenant's directory: what it trusts, its people, and their sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTrust:
    """One tenant's."""

    directory: Directory
    organization: OrganizationSettings
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusting:
    """Every tenant's, and what looks at revocation lists for all of them."""

    tenants: Mapping[str, OneTrust]  # by tenant id
    crls: CrlCheck
    watching: TrustWatch
    clock: Clock

    def doctor(self, tenant_id: str) -> Doctor:
        """Return what says whether the tenant's users' certificates work."""
        one = self.tenants[tenant_id]
        return Doctor(
            tenant_id=tenant_id,
            directory=one.directory,
            organization=one.organization,
            crls=self.crls,
            may_write=one.may_write,
            clock=self.clock,
        )

    def changing(self, tenant_id: str) -> CertificateChanging:
        """Return what changes what the tenant's users' certificates rest on."""
        one = self.tenants[tenant_id]
        return CertificateChanging(directory=one.directory, organization=one.organization)

    def directory(self, tenant_id: str) -> Directory:
        """Return what ends sessions, and what tells the authorities whose lists must say so."""
        return self.tenants[tenant_id].directory

    def watch(self) -> TrustWatch:
        """Return what tells of authorities and lists that near their end."""
        return self.watching
