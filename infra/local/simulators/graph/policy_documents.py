"""App management policies as documents: callers read them, only tests change them."""

from typing import Any

import httpx

from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.objects import Objects
from infra.local.simulators.graph.policies import Policies, Policy
from infra.local.simulators.graph.refusals import not_found

_KIND = "appManagementPolicy"
_NAMES = {"id", "displayName", "description", "isEnabled", "restrictions"}


class PolicyDocuments:
    """What can be read of the policies."""

    def __init__(self, objects: Objects, policies: Policies) -> None:
        self._objects, self._policies = objects, policies

    def default(self, call: Call) -> httpx.Response:
        """Return the policy of the tenant; service principals are left free in it."""
        policy = self._policies.default
        shape = policy.shape() | {
            "applicationRestrictions": policy.rules(),
            "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
        }
        path = "policies/defaultAppManagementPolicy"
        return call.one(path, shape, kind="tenantAppManagementPolicy")

    def list(self, call: Call) -> httpx.Response:
        """Return the policies that stand in for the tenant's somewhere."""
        return self._many(call, "policies/appManagementPolicies", self._all())

    def get(self, call: Call) -> httpx.Response:
        """Return one of them."""
        for policy in self._all().values():
            if policy.policy_id == call.said["id"]:
                return call.one("policies/appManagementPolicies", _shape(policy), kind=_KIND)
        raise not_found(call.said["id"])

    def of_application(self, call: Call) -> httpx.Response:
        """Return the one that stands in for the tenant's on an application, if any does."""
        object_id = self._objects.application(call).object_id
        assigned = self._policies.assigned.get(object_id)
        path = f"applications('{object_id}')/appManagementPolicies"
        return self._many(call, path, {assigned.policy_id: assigned} if assigned else {})

    def _all(self) -> dict[str, Policy]:
        return {policy.policy_id: policy for policy in self._policies.assigned.values()}

    def _many(self, call: Call, path: str, policies: dict[str, Policy]) -> httpx.Response:
        found = [_shape(policy) for policy in policies.values()]
        return call.many(path, found, kind=_KIND, names=_NAMES, filters={"id", "displayName"})


def _shape(policy: Policy) -> dict[str, Any]:
    return policy.shape() | {"restrictions": policy.rules()}
