"""The log of sign-ins over HTTP, for tenants that pay for it; beta tells more than v1.0 does."""

from collections.abc import Sequence

import httpx

from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.collection import Asking, Field, Kind
from infra.local.simulators.graph.refusals import RefusedError
from infra.local.simulators.graph.sign_in_log import SignIn, SignInLog

_ANY = frozenset({"eq", "startswith"})
_FIELDS = {
    "id": Field(),
    "appDisplayName": Field(operators=_ANY),
    "appId": Field(),
    "clientAppUsed": Field(),
    "correlationId": Field(),
    "createdDateTime": Field(
        kind=Kind.INSTANT, operators=frozenset({"eq", "ge", "le"}), is_ordered=True
    ),
    "ipAddress": Field(operators=_ANY),
    "status/errorCode": Field(kind=Kind.NUMBER),
    "userDisplayName": Field(operators=_ANY),
    "userId": Field(),
    # The log holds names in lower case, and finds them so only: a guess, after what callers report.
    "userPrincipalName": Field(operators=_ANY, is_exact=True),
}
_BASIC = {
    *("id", "createdDateTime", "userDisplayName", "userPrincipalName", "userId", "appId"),
    *("appDisplayName", "ipAddress", "clientAppUsed", "correlationId", "isInteractive"),
    *("conditionalAccessStatus", "riskState", "resourceDisplayName", "resourceId", "status"),
    "appliedConditionalAccessPolicies",
}
_BETA_ONLY = {"authenticationDetails", "authenticationRequirement"}


class SignIns:
    """The operation on the log, in both versions."""

    def __init__(self, log: SignInLog) -> None:
        self._log = log

    def list(self, call: Call) -> httpx.Response:
        """Return sign-ins as v1.0 has them."""
        shapes = [one.shape for one in self._seen(call)]
        return _asking(_BASIC).answer(call, "auditLogs/signIns", shapes)

    def list_beta(self, call: Call) -> httpx.Response:
        """Return sign-ins as beta has them."""
        shapes = [one.beta_shape for one in self._seen(call)]
        context = f"{call.base.removesuffix('v1.0')}beta/$metadata#auditLogs/signIns"
        return _asking(_BASIC | _BETA_ONLY).answer(call, "", shapes, context=context)

    def _seen(self, call: Call) -> Sequence[SignIn]:
        tenant_id = call.tenant.tenant_id
        if tenant_id in self._log.unlicensed:
            raise RefusedError(
                403,
                "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                "Neither tenant is B2C or tenant doesn't have premium license",
            )
        return self._log.seen(tenant_id)


def _asking(names: set[str]) -> Asking:
    return Asking(kind="signIn", names=names, fields=_FIELDS, most=1000, usual=1000)
