"""What users' certificates rest on, put together for all tenants."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import httpx

from shared.crl_download import Downloads
from shared.directory.tenant_trust import TenantTrust
from shared.flows.crl_check import CrlCheck
from shared.flows.trust_watch import TrustWatch
from shared.flows.trusting import OneTrust, Trusting
from shared.identity import login
from shared.identity.tokens import Tokens
from shared.parts import Parts as Common
from shared.records.announcements import Announcements
from shared.records.trust_records import TrustRecords
from shared.tenants import Tenant


class Parts(Common, Protocol):
    """What is there already."""

    @property
    def http(self) -> httpx.Client:
        """What calls Microsoft Graph."""
        ...

    @property
    def graph_tokens(self) -> Tokens:
        """Each tenant's tokens for it."""
        ...


def put_together(parts: Parts) -> Trusting:
    """Return it for all tenants; nothing is called yet."""
    return _Making(parts).trusting()


@dataclass(frozen=True)
class _Making:
    """Each part once, made when another asks for it."""

    parts: Parts

    def trusting(self) -> Trusting:
        tenants = self.parts.settings.tenants
        ones = {name: self.one(name, tenant) for name, tenant in tenants.items()}
        return Trusting(
            tenants=ones,
            crls=self.crls,
            watching=self.watching(
                {
                    name: ones[name]
                    for name, tenant in tenants.items()
                    if tenant.limits.watch_user_certificates
                }
            ),
            clock=self.parts.clock,
        )

    def one(self, tenant_id: str, tenant: Tenant) -> OneTrust:
        """Return one tenant's."""
        return OneTrust(
            directory=TenantTrust(
                self.parts.http,
                self.parts.settings.graph_base_url,
                tenant_id=tenant_id,
                token=partial(self.parts.graph_tokens.token, tenant.app),
                roles=_roles,
                may_write=tenant.limits.writes,
            ),
            organization=self.parts.connected[tenant_id].exchange.organization,
            may_write=tenant.limits.writes,
        )

    def watching(self, ones: Mapping[str, OneTrust]) -> TrustWatch:
        """Return the watch over those tenants that want it."""
        table = self.parts.table("trust")
        return TrustWatch(
            watched={name: one.directory for name, one in ones.items()},
            crls=self.crls,
            followed=TrustRecords(table),
            stages=Announcements(table),
            events=self.parts.events,
            clock=self.parts.clock,
        )

    @cached_property
    def crls(self) -> CrlCheck:
        hosts = self.parts.settings.crl_private_hosts
        return CrlCheck(source=Downloads.over_network(hosts), clock=self.parts.clock)


def _roles(token: str) -> tuple[str, ...]:
    return login.claims(token).roles
