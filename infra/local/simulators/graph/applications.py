"""Applications: found, read, made, changed and deleted."""

from dataclasses import replace
from typing import Any

import httpx

from infra.local.simulators.entra.directory import Application
from infra.local.simulators.graph import application_body, key_credentials, rights, shapes
from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.objects import Objects
from infra.local.simulators.graph.policies import Policies
from infra.local.simulators.graph.refusals import not_found

_KIND = "application"


class Applications:
    """The operations on registrations."""

    def __init__(self, objects: Objects, policies: Policies) -> None:
        self._objects, self._policies = objects, policies
        self._directory = objects.directory

    def list(self, call: Call) -> httpx.Response:
        """Return the applications of the tenant; the bytes of keys are never among it."""
        found = self._objects.applications(call.tenant.tenant_id)
        return call.many(
            "applications",
            [_shape(call, one) for one in found],
            kind=_KIND,
            names=shapes.APPLICATION,
            filters={"appId", "displayName", "id"},
        )

    def get(self, call: Call) -> httpx.Response:
        """Return one application; with the bytes of its keys if just they are selected."""
        known = self._objects.application(call)
        shape = _shape(call, known)
        if "keyCredentials" in call.request.url.params.get("$select", ""):
            keys = [shapes.key_credential_with_bytes(key) for key in known.certificates]
            shape["keyCredentials"] = keys
        return call.one("applications", shape, kind=_KIND)

    def create(self, call: Call) -> httpx.Response:
        """
        Register an application; who does it owns it.

        The documents promise that to people, and to apps with OwnedBy; that an app with the
        larger permission owns what it makes too is a guess.
        """
        body = call.body()
        if "displayName" not in body:
            body = {"displayName": None, **body}
        application_body.check(body)
        new = Application(client_id="", object_id="", created=call.now)
        changed = self._changed(new, body)
        made = self._directory.register(
            changed.name, tenant_id=call.tenant.tenant_id, owners=[call.caller.object_id]
        )
        made = self._directory.change(
            made.client_id,
            lambda known: replace(
                known, properties=changed.properties, certificates=changed.certificates
            ),
        )
        call.replication.made(made.object_id)
        return call.one("applications", _shape(call, made), kind=_KIND, status=201)

    def update(self, call: Call) -> httpx.Response:
        """Change an application: what is sent takes the place of what was there."""
        known = self._objects.application(call)
        rights.check_write(call.caller, known.owners)
        body = call.body()
        application_body.check(body)
        changed = self._changed(known, body)
        self._directory.change(known.client_id, lambda _: changed)
        return nothing()

    def delete(self, call: Call) -> httpx.Response:
        """Delete an application; it can be restored."""
        known = self._objects.application(call)
        rights.check_write(call.caller, known.owners)
        self._directory.delete(known.client_id)
        return nothing()

    def list_deleted(self, call: Call) -> httpx.Response:
        """Return what can be restored."""
        found = self._objects.deleted(call.tenant.tenant_id)
        return call.many(
            "directory/deletedItems/microsoft.graph.application",
            [_shape(call, one) for one in found],
            kind=_KIND,
            names=shapes.APPLICATION,
            filters={"appId", "displayName", "id"},
        )

    def restore(self, call: Call) -> httpx.Response:
        """Undo a deletion."""
        for gone in self._objects.deleted(call.tenant.tenant_id):
            if gone.object_id == call.said["id"]:
                rights.check_write(call.caller, gone.owners)
                back = self._directory.restore(gone.client_id)
                return call.one("directoryObjects", _shape(call, back), kind=_KIND)
        raise not_found(call.said["id"])

    def _changed(self, known: Application, body: dict[str, Any]) -> Application:
        """Return *known* with *body* written over it; only new keys must please the policies."""
        keys = known.certificates
        if "keyCredentials" in body:
            keys = key_credentials.replaced(keys, body["keyCredentials"], self._directory)
            self._policies.check(known, [key for key in keys if key not in known.certificates])
        return replace(
            known,
            name=body.get("displayName", known.name),
            properties={**known.properties, **application_body.properties(body)},
            certificates=keys,
        )


def _shape(call: Call, known: Application) -> dict[str, Any]:
    domains = call.tenant.domains
    return shapes.application(known, domain=domains[0] if domains else "")
