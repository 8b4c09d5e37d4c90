"""The tenant, as Microsoft Graph names it: its id, and the domain it began with."""

from dataclasses import dataclass

import msgspec

from infra.azure.onboarding.graph import Graph
from shared.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One tenant; *organization* is its initial domain, which can never change."""

    tenant_id: str
    organization: str


class _Domain(msgspec.Struct, rename="camel"):
    name: str
    is_initial: bool = False


class _Organization(msgspec.Struct, rename="camel"):
    id: str
    verified_domains: list[_Domain]


def read(graph: Graph, wanted: str) -> Tenant:
    """Return the tenant of the person who has signed in; Rejected if it is not the one wanted."""
    path = "organization?$select=id,verifiedDomains"
    shown = graph.rows(path, _Organization, needs="the permission User.Read")
    if not shown:
        raise Rejected("Microsoft Graph shows no organization: is this a work account?")
    found = shown[0]
    names = {found.id.casefold(), *(each.name.casefold() for each in found.verified_domains)}
    if wanted.casefold() not in names:
        raise Rejected(f"you have signed in to tenant {found.id}, which is not {wanted}")
    initial = next((each.name for each in found.verified_domains if each.is_initial), "")
    if not initial:
        raise Rejected(f"Microsoft Graph does not say which domain tenant {found.id} began with")
    return Tenant(tenant_id=found.id, organization=initial)
