"""The tenant itself, and its domains."""

from typing import Any

import httpx

from infra.local.simulators.entra.directory import Tenant
from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import not_found
from infra.local.simulators.graph.trust.domains import Domains

_INITIAL = ".onmicrosoft.com"
_ORGANIZATION = {"id", "displayName", "tenantType", "verifiedDomains"}
_DOMAIN = {
    *("id", "authenticationType", "availabilityStatus", "isAdminManaged", "isDefault"),
    *("isInitial", "isRoot", "isVerified", "passwordNotificationWindowInDays"),
    *("passwordValidityPeriodInDays", "state", "supportedServices"),
}


class Organizations:
    """The operations on a tenant and its domains."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains

    def list(self, call: Call) -> httpx.Response:
        """Return the one organization there is."""
        found = [self._organization(call.tenant)]
        return call.many("organization", found, kind="organization", names=_ORGANIZATION)

    def get(self, call: Call) -> httpx.Response:
        """Return the organization by its id."""
        if call.said["id"].lower() != call.tenant.tenant_id:
            raise not_found(call.said["id"])
        return call.one("organization", self._organization(call.tenant), kind="organization")

    def list_domains(self, call: Call) -> httpx.Response:
        """Return the domains of the tenant."""
        found = [self._domain(name, call.tenant) for name in call.tenant.domains]
        return call.many("domains", found, kind="domain", names=_DOMAIN)

    def get_domain(self, call: Call) -> httpx.Response:
        """Return one domain."""
        name = call.said["id"].lower()
        if name not in call.tenant.domains:
            raise not_found(name)
        return call.one("domains", self._domain(name, call.tenant), kind="domain")

    def _organization(self, tenant: Tenant) -> dict[str, Any]:
        verified = [
            name for name in tenant.domains if self._domains.is_verified(tenant.tenant_id, name)
        ]
        first = tenant.domains[0].partition(".")[0].title() if tenant.domains else "Tenant"
        return {
            "id": tenant.tenant_id,
            "displayName": first,
            "tenantType": "AAD",
            "verifiedDomains": [self._verified(name, tenant) for name in verified],
        }

    def _verified(self, name: str, tenant: Tenant) -> dict[str, Any]:
        return {
            "capabilities": ", ".join(self._domains.services(tenant.tenant_id, name)),
            "isDefault": name == tenant.domains[0],
            "isInitial": name == _initial(tenant),
            "name": name,
            "type": self._type(name, tenant),
        }

    def _domain(self, name: str, tenant: Tenant) -> dict[str, Any]:
        is_verified = self._domains.is_verified(tenant.tenant_id, name)
        return {
            "id": name,
            "authenticationType": self._type(name, tenant),
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": name == tenant.domains[0],
            "isInitial": name == _initial(tenant),
            "isRoot": is_verified,
            "isVerified": is_verified,
            "passwordNotificationWindowInDays": None,
            "passwordValidityPeriodInDays": None,
            "state": None,
            "supportedServices": list(self._domains.services(tenant.tenant_id, name)),
        }

    def _type(self, name: str, tenant: Tenant) -> str:
        return "Federated" if self._domains.federation(tenant.tenant_id, name) else "Managed"


def _initial(tenant: Tenant) -> str:
    """Return the domain the tenant was born with."""
    return next((name for name in tenant.domains if name.endswith(_INITIAL)), "")
