"""App roles given to service principals: what the claim `roles` of their tokens follows from."""

from dataclasses import replace
from typing import Any

import httpx

from infra.local.simulators.entra import grants
from infra.local.simulators.graph import rights, shapes
from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.objects import Objects, Principal
from infra.local.simulators.graph.refusals import RefusedError, bad_request, not_found

_KIND = "appRoleAssignment"
_BODY = ("principalId", "resourceId", "appRoleId")


class AppRoleAssignments:
    """The operations, each from the side of the holder and from the side of the resource."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def held(self, call: Call) -> httpx.Response:
        """Return what a service principal has been given."""
        holder = self._objects.named_principal(call)
        return self._many(call, f"{_path(holder)}/appRoleAssignments", self._of(call, holder))

    def given(self, call: Call) -> httpx.Response:
        """Return who has been given a role of this resource."""
        resource = self._objects.named_principal(call)
        found = [
            shape
            for holder in self._objects.principals(call.tenant.tenant_id)
            for shape in self._of(call, holder)
            if shape["resourceId"] == resource.object_id
        ]
        return self._many(call, f"{_path(resource)}/appRoleAssignedTo", found)

    def grant_to(self, call: Call) -> httpx.Response:
        """Give the service principal of the path a role."""
        side = self._objects.named_principal(call)
        return self._grant(call, side, "principalId", "appRoleAssignments")

    def grant_of(self, call: Call) -> httpx.Response:
        """Give a role of the resource of the path."""
        side = self._objects.named_principal(call)
        return self._grant(call, side, "resourceId", "appRoleAssignedTo")

    def revoke(self, call: Call) -> httpx.Response:
        """Take a role back, from either side."""
        side = self._objects.named_principal(call)
        for holder in self._objects.principals(call.tenant.tenant_id):
            for shape in self._of(call, holder):
                ends = {shape["principalId"], shape["resourceId"]}
                if shape["id"] == call.said["grant_id"] and side.object_id in ends:
                    rights.check_revoke(call.caller, self._resource(call, shape).client_id)
                    self._drop(call, holder, shape["id"])
                    return nothing()
        raise not_found(call.said["grant_id"])

    def _grant(self, call: Call, side: Principal, own: str, path: str) -> httpx.Response:
        body = call.body()
        if strange := set(body) - set(_BODY):
            raise bad_request(f"Invalid property '{min(strange)}'.")
        principal_id, resource_id, role_id = (guid(body.get(name), name) for name in _BODY)
        if guid(body[own], own) != side.object_id:
            raise bad_request("Not a valid reference update.")
        holder = self._objects.principal(call, principal_id)
        resource = self._objects.principal(call, resource_id)
        rights.check_grant(call.caller, resource.client_id)
        self._give(call, holder, resource, role_id)
        shape = self._of(call, self._objects.principal(call, principal_id))[-1]
        return call.one(f"{_path(side)}/{path}", shape, kind=_KIND, status=201)

    def _give(self, call: Call, holder: Principal, resource: Principal, role_id: str) -> None:
        offered = resource.resource.app_roles if resource.resource else ()
        role = next((one for one in offered if one.role_id == role_id), None)
        if role is None or resource.resource is None:
            raise bad_request(
                f"Permission being assigned was not found on application '{resource.client_id}'."
            )
        if holder.standing is None:
            raise bad_request("Not a valid reference update.")
        if (resource.object_id, role_id) in {
            (one.resource_id, one.role_id) for one in holder.standing.app_roles
        }:
            raise _given_already()
        tenant_id = call.tenant.tenant_id
        given = grants.app_role(
            holder.object_id, resource.resource, role, tenant_id=tenant_id, now=call.now
        )
        self._objects.directory.change_principal(
            holder.client_id,
            tenant_id,
            lambda known: replace(known, app_roles=(*known.app_roles, given)),
        )

    def _drop(self, call: Call, holder: Principal, grant_id: str) -> None:
        self._objects.directory.change_principal(
            holder.client_id,
            call.tenant.tenant_id,
            lambda known: replace(
                known,
                app_roles=tuple(one for one in known.app_roles if one.grant_id != grant_id),
            ),
        )

    def _of(self, call: Call, holder: Principal) -> list[dict[str, Any]]:
        names = {one.object_id: one.name for one in self._objects.principals(call.tenant.tenant_id)}
        return [
            shapes.grant(
                one,
                holder=holder.object_id,
                name=holder.name,
                resource=names.get(one.resource_id, one.resource),
            )
            for one in (holder.standing.app_roles if holder.standing else ())
        ]

    def _resource(self, call: Call, shape: dict[str, Any]) -> Principal:
        return self._objects.principal(call, shape["resourceId"])

    def _many(self, call: Call, path: str, found: list[dict[str, Any]]) -> httpx.Response:
        return call.many(path, found, kind=_KIND, names=shapes.GRANT, filters={"resourceId"})


def _path(principal: Principal) -> str:
    return f"servicePrincipals('{principal.object_id}')"


def _given_already() -> RefusedError:
    message = "Permission being assigned already exists on the object"
    detail = {"code": "InvalidUpdate", "message": message, "target": "principalId"}
    return RefusedError(400, "Request_BadRequest", message, details=[detail])
