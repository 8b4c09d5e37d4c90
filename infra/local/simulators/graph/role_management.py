"""Directory roles: what there is, and who holds what; the claim `wids` follows from it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx

from infra.local.simulators.entra import grants
from infra.local.simulators.entra.registrations import TENANT_WIDE, DirectoryRoleGrant
from infra.local.simulators.graph import rights
from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.directory_roles import ROLES
from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.objects import Objects, Principal
from infra.local.simulators.graph.refusals import bad_request, not_found

_ASSIGNMENTS, _DEFINITIONS = "unifiedRoleAssignment", "unifiedRoleDefinition"
_ASSIGNMENTS_PATH = "roleManagement/directory/roleAssignments"
_DEFINITIONS_PATH = "roleManagement/directory/roleDefinitions"
_ASSIGNMENT_NAMES = {"id", "principalId", "directoryScopeId", "roleDefinitionId"}
_DEFINITION_NAMES = {"id", "displayName", "isBuiltIn", "isEnabled", "templateId"}


class RoleManagement:
    """The operations of the directory provider."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def list(self, call: Call) -> httpx.Response:
        """Return who holds what."""
        return call.many(
            _ASSIGNMENTS_PATH,
            [_shape(holder, held) for holder, held in self._all(call)],
            kind=_ASSIGNMENTS,
            names=_ASSIGNMENT_NAMES,
            filters={"principalId", "roleDefinitionId", "directoryScopeId"},
        )

    def get(self, call: Call) -> httpx.Response:
        """Return one assignment."""
        holder, held = self._one(call)
        return call.one(_ASSIGNMENTS_PATH, _shape(holder, held), kind=_ASSIGNMENTS)

    def assign(self, call: Call) -> httpx.Response:
        """
        Give a service principal a role.

        People live elsewhere, so an assignment to one finds nobody. The template's id serves as
        the definition's, as it does for built-in roles.
        """
        rights.check_assign(call.caller)
        body = call.body()
        if strange := set(body) - _ASSIGNMENT_NAMES:
            raise bad_request(f"Invalid property '{min(strange)}'.")
        role_id = guid(body.get("roleDefinitionId"), "roleDefinitionId")
        if role_id not in ROLES.values():
            raise not_found(role_id)
        holder = self._objects.principal(call, guid(body.get("principalId"), "principalId"))
        scope = self._scope(call, body.get("directoryScopeId"))
        given = grants.directory_role(holder.object_id, role_id, scope=scope)
        self._give(call, holder, given)
        return call.one(_ASSIGNMENTS_PATH, _shape(holder, given), kind=_ASSIGNMENTS, status=201)

    def unassign(self, call: Call) -> httpx.Response:
        """Take a role back."""
        rights.check_assign(call.caller)
        holder, held = self._one(call)
        self._objects.directory.change_principal(
            holder.client_id,
            call.tenant.tenant_id,
            lambda known: replace(
                known,
                directory_roles=tuple(one for one in known.directory_roles if one != held),
            ),
        )
        return nothing()

    def definitions(self, call: Call) -> httpx.Response:
        """Return the roles there are."""
        return call.many(
            _DEFINITIONS_PATH,
            [_definition(name, role_id) for name, role_id in ROLES.items()],
            kind=_DEFINITIONS,
            names=_DEFINITION_NAMES,
            filters={"displayName", "id", "templateId"},
        )

    def definition(self, call: Call) -> httpx.Response:
        """Return one role."""
        for name, role_id in ROLES.items():
            if role_id == call.said["id"].lower():
                return call.one(_DEFINITIONS_PATH, _definition(name, role_id), kind=_DEFINITIONS)
        raise not_found(call.said["id"])

    def _give(self, call: Call, holder: Principal, given: DirectoryRoleGrant) -> None:
        if holder.standing is None:
            raise not_found(holder.object_id)
        if (given.role_id, given.scope) in {
            (one.role_id, one.scope) for one in holder.standing.directory_roles
        }:
            raise bad_request(
                "A conflicting object with one or more of the specified property values is "
                "present in the directory."
            )
        self._objects.directory.change_principal(
            holder.client_id,
            call.tenant.tenant_id,
            lambda known: replace(known, directory_roles=(*known.directory_roles, given)),
        )

    def _scope(self, call: Call, scope: object) -> str:
        """Return a scope: everything, or one application of the tenant."""
        if not isinstance(scope, str) or not scope.startswith(TENANT_WIDE):
            raise bad_request("The directoryScopeId is missing or invalid.")
        known = {one.object_id for one in self._objects.applications(call.tenant.tenant_id)}
        if scope != TENANT_WIDE and scope.removeprefix(TENANT_WIDE) not in known:
            raise not_found(scope.removeprefix(TENANT_WIDE))
        return scope

    def _all(self, call: Call) -> Iterator[tuple[Principal, DirectoryRoleGrant]]:
        for holder in self._objects.principals(call.tenant.tenant_id):
            for held in holder.standing.directory_roles if holder.standing else ():
                yield holder, held

    def _one(self, call: Call) -> tuple[Principal, DirectoryRoleGrant]:
        for holder, held in self._all(call):
            if held.grant_id == call.said["id"]:
                return holder, held
        raise not_found(call.said["id"])


def _shape(holder: Principal, held: DirectoryRoleGrant) -> dict[str, Any]:
    return {
        "id": held.grant_id,
        "principalId": holder.object_id,
        "directoryScopeId": held.scope,
        "roleDefinitionId": held.role_id,
    }


def _definition(name: str, role_id: str) -> dict[str, Any]:
    return {
        "id": role_id,
        "displayName": name,
        "isBuiltIn": True,
        "isEnabled": True,
        "templateId": role_id,
    }
