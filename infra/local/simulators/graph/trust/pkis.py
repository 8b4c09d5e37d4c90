"""PKIs: listed, made, read, renamed and deleted."""

from dataclasses import replace

import httpx

from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.collection import Asking
from infra.local.simulators.graph.refusals import RefusedError, bad_request, not_found
from infra.local.simulators.graph.trust import bodies
from infra.local.simulators.graph.trust.methods import Methods
from infra.local.simulators.graph.trust.store import Pki, Trust

KIND = "certificateBasedAuthPki"
NAMES = {
    *("id", "deletedDateTime", "displayName", "status", "statusDetails", "lastModifiedDateTime"),
}
PATH = "directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
LONGEST_NAME = 256
_WRITABLE = {"displayName": bodies.at_most(LONGEST_NAME)}
# Which properties of a PKI a filter may name is not documented: a guess.
ASKING = Asking(kind=KIND, names=NAMES, fields={})


class Pkis:
    """The operations on PKIs."""

    def __init__(self, trust: Trust, methods: Methods) -> None:
        self._trust, self._methods = trust, methods

    def list(self, call: Call) -> httpx.Response:
        """Return the PKIs of the tenant."""
        found = [pki.shape for pki in self._trust.pkis(call.tenant.tenant_id)]
        return ASKING.answer(call, PATH, found)

    def get(self, call: Call) -> httpx.Response:
        """
        Return one PKI.

        The documents' example wraps it in `value`, as no other single object is: taken for a
        slip there.
        """
        return call.one(PATH, self.named(call).shape, kind=KIND)

    def create(self, call: Call) -> httpx.Response:
        """Make a PKI, which may have no name."""
        self._check_method(call)
        sent = bodies.checked(call.body(), _WRITABLE, kind=KIND)
        tenant_id = call.tenant.tenant_id
        made = Pki(tenant_id=tenant_id, name=sent.get("displayName"), changed=call.now)
        self._trust.keep_pki(made)
        call.replication.made(made.pki_id)
        return call.one(PATH, made.shape, kind=KIND, status=201)

    def update(self, call: Call) -> httpx.Response:
        """Rename a PKI, and return it."""
        self._check_method(call)
        known = self.named(call)
        sent = bodies.checked(call.body(), _WRITABLE, kind=KIND)
        changed = replace(known, name=sent.get("displayName", known.name))
        return call.one(PATH, self._trust.keep_pki(changed).shape, kind=KIND)

    def delete(self, call: Call) -> httpx.Response:
        """Delete a PKI and what is in it; it can be restored."""
        self._check_method(call)
        known = self.named(call)
        if known.upload:
            raise busy()
        self._trust.delete_pki(known)
        return nothing()

    def named(self, call: Call) -> Pki:
        """Return the PKI that the path names."""
        wanted = call.said["id"].lower()
        for pki in self._trust.pkis(call.tenant.tenant_id):
            if pki.pki_id == wanted and call.replication.shows(pki.pki_id):
                return pki
        raise not_found(wanted)

    def _check_method(self, call: Call) -> None:
        method = self._methods.get(call.tenant.tenant_id)
        if self._trust.needs_method and method["state"] != "enabled":
            raise bad_request("Certificate-based authentication is not enabled in the tenant.")


def busy() -> RefusedError:
    """Return the refusal of a second operation while one runs; its wording is a guess."""
    return bad_request("Another upload to this public key infrastructure is in progress.")
