"""Finds the applications and service principals that a request names, if it may see them yet."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.local.simulators.entra.directory import Application, Directory, ServicePrincipal
from infra.local.simulators.entra.resources import RESOURCES, Resource
from infra.local.simulators.graph import shapes
from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import RefusedError, bad_request, not_found

_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"  # the tenant that owns Microsoft's services


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A service principal: of an application, or of one of Microsoft's services."""

    object_id: str
    client_id: str
    shape: dict[str, Any] = field(repr=False)
    application: Application | None = None
    standing: ServicePrincipal | None = None
    resource: Resource | None = None

    @property
    def name(self) -> str:
        """Return what it is called."""
        return str(self.shape["displayName"])


class Objects:
    """The objects of one directory, as each tenant sees them."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def applications(self, tenant_id: str) -> list[Application]:
        """Return the applications registered in a tenant, hidden or not."""
        return [one for one in self.directory.applications() if one.tenant_id == tenant_id]

    def deleted(self, tenant_id: str) -> list[Application]:
        """Return what was registered in a tenant and can be restored."""
        gone = self.directory.deleted_applications()
        return [one for one in gone if one.tenant_id == tenant_id]

    def application(self, call: Call) -> Application:
        """Return the application that the path names, by one of its two ids."""
        by_app_id = "app_id" in call.said
        wanted = call.said["app_id" if by_app_id else "id"]
        for known in self.applications(call.tenant.tenant_id):
            its_id = known.client_id if by_app_id else known.object_id
            if its_id == wanted.lower() and call.replication.shows(known.object_id):
                return known
        raise _missing(wanted)

    def principals(self, tenant_id: str) -> Iterator[Principal]:
        """Return every service principal of a tenant, hidden or not."""
        for known in self.directory.applications():
            if tenant_id in known.principals:
                yield _of_application(known, known.principals[tenant_id])
        for resource in RESOURCES:
            yield _of_resource(resource, tenant_id)

    def principal(self, call: Call, wanted: str) -> Principal:
        """Return the service principal with this object id."""
        for known in self.principals(call.tenant.tenant_id):
            if known.object_id == wanted.lower() and call.replication.shows(known.object_id):
                return known
        raise _missing(wanted)

    def named_principal(self, call: Call) -> Principal:
        """Return the service principal that the path names, by one of its two ids."""
        client_id = call.said.get("app_id", "").lower()
        for known in self.principals(call.tenant.tenant_id):
            if known.client_id == client_id:
                return self.principal(call, known.object_id)
        return self.principal(call, call.said.get("id") or client_id)


def _missing(wanted: str) -> RefusedError:
    """Return the refusal for an id that leads nowhere, or for what is no id."""
    try:
        uuid.UUID(wanted)
    except ValueError:
        return bad_request(f"Invalid object identifier '{wanted}'.")
    return not_found(wanted)


def _of_application(known: Application, standing: ServicePrincipal) -> Principal:
    shape = {
        "id": standing.object_id,
        "deletedDateTime": None,
        "accountEnabled": standing.enabled,
        "appId": known.client_id,
        "appDisplayName": known.name if known.tenant_id else None,
        "appOwnerOrganizationId": known.tenant_id or None,
        "appRoles": [],
        "createdDateTime": shapes.instant(standing.created),
        "displayName": known.name,
        "servicePrincipalNames": [known.client_id],
        "servicePrincipalType": "Application" if known.tenant_id else "ManagedIdentity",
    }
    return Principal(
        object_id=standing.object_id,
        client_id=known.client_id,
        shape=shape,
        application=known,
        standing=standing,
    )


def _of_resource(resource: Resource, tenant_id: str) -> Principal:
    object_id = resource.object_id(tenant_id)
    shape = {
        "id": object_id,
        "deletedDateTime": None,
        "accountEnabled": True,
        "appId": resource.app_id,
        "appDisplayName": resource.name,
        "appOwnerOrganizationId": _MICROSOFT,
        "appRoles": [shapes.app_role(role) for role in resource.app_roles],
        "createdDateTime": "2019-01-01T00:00:00Z",
        "displayName": resource.name,
        "servicePrincipalNames": [resource.app_id, resource.url],
        "servicePrincipalType": "Application",
    }
    return Principal(object_id=object_id, client_id=resource.app_id, shape=shape, resource=resource)
