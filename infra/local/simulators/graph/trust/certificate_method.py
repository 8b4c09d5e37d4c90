"""The certificate method over HTTP, alone and within the policy on all methods."""

from typing import Any

import httpx

from infra.local.simulators.graph.call import Call, answer, nothing
from infra.local.simulators.graph.refusals import bad_request
from infra.local.simulators.graph.trust import method_body
from infra.local.simulators.graph.trust.bodies import check_no_options
from infra.local.simulators.graph.trust.methods import DEFAULTS, ID, TYPE, Methods

_PREFERENCE = "include-unknown-enum-members"
_ROOT = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations"
_POLICY = {
    "id": "authenticationMethodsPolicy",
    "displayName": "Authentication Methods Policy",
    "description": "The tenant-wide policy that controls which authentication methods are allowed",
    "policyVersion": "1.5",
    "policyMigrationState": "migrationComplete",
}


class CertificateMethod:
    """The operations on the configuration of the method."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods

    def get(self, call: Call) -> httpx.Response:
        """Return the configuration."""
        check_no_options(call)
        context = f"{call.base}/$metadata#authenticationMethodConfigurations/$entity"
        return answer({"@odata.context": context, **self._shape(call)}, 200)

    def update(self, call: Call) -> httpx.Response:
        """Change the properties that are sent; the body has to say what it is."""
        body = call.annotated()
        if body.get("@odata.type") != TYPE:
            raise bad_request("The property '@odata.type' is required and has to fit the method.")
        self._methods.put(call.tenant.tenant_id, **method_body.read(body))
        return nothing()

    def reset(self, call: Call) -> httpx.Response:
        """Restore the defaults."""
        self._methods.reset(call.tenant.tenant_id)
        return nothing()

    def policy(self, call: Call) -> httpx.Response:
        """Return the policy on all methods, of which only one other is here."""
        check_no_options(call)
        sms = {
            "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration",
            "id": "Sms",
            "state": "disabled",
            "excludeTargets": [],
            "includeTargets": DEFAULTS["includeTargets"],
        }
        context = f"{call.base}/$metadata#authenticationMethodsPolicy"
        configurations = [sms, self._shape(call)]
        return answer(
            {
                "@odata.context": context,
                **_POLICY,
                "lastModifiedDateTime": None,
                "authenticationMethodConfigurations": configurations,
            },
            200,
        )

    def _shape(self, call: Call) -> dict[str, Any]:
        found = self._methods.get(call.tenant.tenant_id)
        if _PREFERENCE not in call.request.headers.get("Prefer", ""):
            _hide_newer(found)
        context = f"{call.base}/$metadata#{_ROOT}('{ID}')/{TYPE[1:]}/includeTargets"
        targets = found.pop("includeTargets")
        return {
            "@odata.type": TYPE,
            **found,
            "includeTargets@odata.context": context,
            "includeTargets": targets,
        }


def _hide_newer(found: dict[str, Any]) -> None:
    """Write what came later than an enumeration as callers read it who did not ask for more."""
    for rule in found["authenticationModeConfiguration"]["rules"]:
        if rule.get("x509CertificateRuleType") == method_body.BOTH:
            rule["x509CertificateRuleType"] = "unknownFutureValue"
