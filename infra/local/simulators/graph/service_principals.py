"""Service principals: found, read, made and deleted."""

from dataclasses import replace

import httpx

from infra.local.simulators.graph import rights, shapes
from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.objects import Objects
from infra.local.simulators.graph.refusals import RefusedError, bad_request, denied

_KIND = "servicePrincipal"


class ServicePrincipals:
    """The operations on the standing of applications in a tenant."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def list(self, call: Call) -> httpx.Response:
        """Return the service principals of the tenant."""
        return call.many(
            "servicePrincipals",
            [one.shape for one in self._objects.principals(call.tenant.tenant_id)],
            kind=_KIND,
            names=shapes.PRINCIPAL,
            filters={"appId", "displayName", "id"},
        )

    def get(self, call: Call) -> httpx.Response:
        """Return one service principal."""
        found = self._objects.named_principal(call)
        return call.one("servicePrincipals", found.shape, kind=_KIND)

    def create(self, call: Call) -> httpx.Response:
        """Give an application a standing in the tenant."""
        body = call.body()
        if strange := set(body) - shapes.PRINCIPAL:
            raise bad_request(f"Invalid property '{min(strange)}'.")
        app_id, tenant_id = guid(body.get("appId"), "appId"), call.tenant.tenant_id
        if app_id in {one.client_id for one in self._objects.principals(tenant_id)}:
            raise _in_use(app_id)
        known = next(
            (one for one in self._objects.applications(tenant_id) if one.client_id == app_id), None
        )
        if known is None or not call.replication.shows(known.object_id):
            raise _without_application(app_id)
        rights.check_write(call.caller, known.owners)
        self._objects.directory.add_principal(app_id, tenant_id, owners=[call.caller.object_id])
        made = next(one for one in self._objects.principals(tenant_id) if one.client_id == app_id)
        call.replication.made(made.object_id)
        return call.one("servicePrincipals", made.shape, kind=_KIND, status=201)

    def delete(self, call: Call) -> httpx.Response:
        """Take an application's standing away; what it held in the tenant is gone with it."""
        found = self._objects.named_principal(call)
        if found.standing is None:
            raise denied()
        rights.check_write(call.caller, found.standing.owners)
        tenant_id = call.tenant.tenant_id
        self._objects.directory.change(
            found.client_id,
            lambda known: replace(
                known,
                principals={
                    home: one for home, one in known.principals.items() if home != tenant_id
                },
            ),
        )
        return nothing()


def _in_use(app_id: str) -> RefusedError:
    return RefusedError(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "The service principal cannot be created, updated, or restored because the service "
        f"principal name {app_id} is already in use.",
    )


def _without_application(app_id: str) -> RefusedError:
    message = (
        f"The appId '{app_id}' of the service principal does not reference a valid application "
        "object."
    )
    detail = {"code": "NoBackingApplicationObject", "message": message, "target": "appId"}
    return RefusedError(400, "Request_BadRequest", message, details=[detail])
