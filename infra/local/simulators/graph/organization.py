"""The tenant itself, and its domains."""

from typing import Any

import httpx

from infra.local.simulators.entra.directory import Tenant
from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import not_found

_INITIAL = ".onmicrosoft.com"
_ORGANIZATION = {"id", "displayName", "tenantType", "verifiedDomains"}
_DOMAIN = {
    *("id", "authenticationType", "isAdminManaged", "isDefault", "isInitial", "isRoot"),
    *("isVerified", "supportedServices"),
}


def organizations(call: Call) -> httpx.Response:
    """Return the one organization there is."""
    found = [_organization(call.tenant)]
    return call.many("organization", found, kind="organization", names=_ORGANIZATION)


def organization(call: Call) -> httpx.Response:
    """Return the organization by its id."""
    if call.said["id"].lower() != call.tenant.tenant_id:
        raise not_found(call.said["id"])
    return call.one("organization", _organization(call.tenant), kind="organization")


def domains(call: Call) -> httpx.Response:
    """Return the domains of the tenant."""
    found = [_domain(name, call.tenant) for name in call.tenant.domains]
    return call.many("domains", found, kind="domain", names=_DOMAIN)


def domain(call: Call) -> httpx.Response:
    """Return one domain."""
    name = call.said["id"].lower()
    if name not in call.tenant.domains:
        raise not_found(name)
    return call.one("domains", _domain(name, call.tenant), kind="domain")


def _organization(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.tenant_id,
        "displayName": tenant.domains[0].partition(".")[0].title() if tenant.domains else "Tenant",
        "tenantType": "AAD",
        "verifiedDomains": [_verified(name, tenant) for name in tenant.domains],
    }


def _verified(name: str, tenant: Tenant) -> dict[str, Any]:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": name == tenant.domains[0],
        "isInitial": name == _initial(tenant),
        "name": name,
        "type": "Managed",
    }


def _domain(name: str, tenant: Tenant) -> dict[str, Any]:
    return {
        "id": name,
        "authenticationType": "Managed",
        "isAdminManaged": True,
        "isDefault": name == tenant.domains[0],
        "isInitial": name == _initial(tenant),
        "isRoot": True,
        "isVerified": True,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
    }


def _initial(tenant: Tenant) -> str:
    """Return the domain the tenant was born with."""
    return next((name for name in tenant.domains if name.endswith(_INITIAL)), "")
