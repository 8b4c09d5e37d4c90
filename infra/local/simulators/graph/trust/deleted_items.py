"""What was deleted and can come back: PKIs, authorities, and applications."""

from dataclasses import replace

import httpx

from infra.local.simulators.graph.applications import Applications
from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.refusals import bad_request, denied, not_found
from infra.local.simulators.graph.rights import ALL, OWNED
from infra.local.simulators.graph.trust import authorities, pkis
from infra.local.simulators.graph.trust.authorities import check_new
from infra.local.simulators.graph.trust.store import Authority, Pki, Trust

WRITE = frozenset({"PublicKeyInfrastructure.ReadWrite.All"})
_PATH = "directory/deletedItems/microsoft.graph."


class DeletedItems:
    """The operations on deleted directory objects."""

    def __init__(self, trust: Trust, applications: Applications) -> None:
        self._trust, self._applications = trust, applications

    def list_pkis(self, call: Call) -> httpx.Response:
        """Return the PKIs that can be restored."""
        found = self._trust.pkis(call.tenant.tenant_id, are_deleted=True)
        return pkis.ASKING.answer(call, f"{_PATH}{pkis.KIND}", [one.shape for one in found])

    def list_authorities(self, call: Call) -> httpx.Response:
        """Return the authorities that can be restored."""
        found = self._trust.deleted_authorities(call.tenant.tenant_id)
        shapes = [one.shape for one in found]
        return authorities.ASKING.answer(call, f"{_PATH}{authorities.KIND}", shapes)

    def get(self, call: Call) -> httpx.Response:
        """Return one deleted object, of which only its annotation says what it was."""
        item = self._found(call)
        if item is None:
            raise not_found(call.said["id"])
        return call.one("directoryObjects", _typed(item), kind="directoryObject")

    def purge(self, call: Call) -> httpx.Response:
        """Delete for good."""
        item = self._found(call)
        if item is None:
            raise not_found(call.said["id"])
        self._trust.purge(item)
        return nothing()

    def restore(self, call: Call) -> httpx.Response:
        """Undo a deletion; the permission it takes depends on what was deleted."""
        item = self._found(call)
        if not call.caller.may({ALL, OWNED} if item is None else WRITE):
            raise denied()
        if item is None:
            return self._applications.restore(call)
        return call.one("directoryObjects", _typed(self._back(item)), kind="directoryObject")

    def _back(self, item: Pki | Authority) -> Pki | Authority:
        match item:
            case Pki():
                return self._trust.restore_pki(item)
            case Authority():
                for pki in self._trust.pkis(item.tenant_id):
                    if pki.pki_id == item.pki_id:
                        check_new(self._trust, pki, [item.certificate])
                        return self._trust.keep(replace(item, deleted=None))
        # That an authority does not come back before its PKI is a guess.
        raise bad_request("The public key infrastructure of the certificate authority is deleted.")

    def _found(self, call: Call) -> Pki | Authority | None:
        wanted, tenant_id = call.said["id"].lower(), call.tenant.tenant_id
        for pki in self._trust.pkis(tenant_id, are_deleted=True):
            if pki.pki_id == wanted:
                return pki
        for one in self._trust.deleted_authorities(tenant_id):
            if one.authority_id == wanted:
                return one
        return None


def _typed(item: Pki | Authority) -> dict[str, object]:
    kind = pkis.KIND if isinstance(item, Pki) else authorities.KIND
    return {"@odata.type": f"#microsoft.graph.{kind}", **item.shape}
