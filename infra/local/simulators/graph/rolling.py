"""addKey and removeKey: an app changes its own keys, and shows that it has one already."""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.local.simulators.entra.directory import Application
from infra.local.simulators.graph import key_credentials, proof, rights, shapes
from infra.local.simulators.graph.call import Call, answer, nothing
from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.objects import Objects
from infra.local.simulators.graph.policies import Policies
from infra.local.simulators.graph.refusals import bad_request, denied


class Rolling:
    """Both actions; `audience` is what proofs must be made out to."""

    def __init__(self, objects: Objects, policies: Policies) -> None:
        self.audience = proof.AUDIENCE
        self._objects, self._policies = objects, policies

    def add(self, call: Call) -> httpx.Response:
        """
        Add a key beside those that are there, and return it.

        The same certificate is added as often as it is sent, under a new keyId each time.
        """
        application, body = self._proved(call)
        if body.get("passwordCredential") is not None:
            raise bad_request("A password goes with a private key, and that is not to be sent.")
        key = key_credentials.read(body.get("keyCredential"), self._objects.directory)
        if len(application.certificates) >= key_credentials.LIMIT:
            raise key_credentials.too_many()
        self._policies.check(application, [key])
        self._objects.directory.add_key(application.client_id, key)
        context = {"@odata.context": f"{call.base}/$metadata#microsoft.graph.keyCredential"}
        return answer(context | shapes.key_credential(key), 200)

    def remove(self, call: Call) -> httpx.Response:
        """
        Remove a key, be it the one that signed the proof, be it the last one.

        No document forbids either, so nobody is saved from it here. That an unknown keyId is
        answered with 400 follows what is reported of passwords.
        """
        application, body = self._proved(call)
        key_id = guid(body.get("keyId"), "keyId")
        if key_id not in {key.key_id for key in application.certificates}:
            raise bad_request("No credentials found to be removed.")
        self._objects.directory.remove_certificate(application.client_id, key_id)
        return nothing()

    def _proved(self, call: Call) -> tuple[Application, Mapping[str, Any]]:
        application = self._objects.application(call)
        rights.check_roll(call.caller, application)
        body = call.body()
        shown = body.get("proof")
        if not isinstance(shown, str) or not shown:  # so callers report who sent none
            raise denied()
        proof.verify(shown, application, audience=self.audience, now=call.now)
        return application, body
