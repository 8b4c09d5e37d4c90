"""Federations over HTTP: read and changed; a domain has one or none."""

import httpx

from infra.local.simulators.graph.call import Call, answer
from infra.local.simulators.graph.refusals import bad_request, not_found
from infra.local.simulators.graph.trust import bodies
from infra.local.simulators.graph.trust.domains import Domains, Federation

_KIND = "internalDomainFederation"


def _is_status(value: object) -> bool:
    return value is None or isinstance(value, dict)


_PROMPTS = ("translateToFreshPasswordAuthentication", "nativeSupport", "disabled")
_MFA = ("acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "rejectMfaByFederatedIdp")
_WRITABLE = {
    **dict.fromkeys(
        (
            *("displayName", "issuerUri", "signingCertificate", "nextSigningCertificate"),
            *("passwordResetUri",),
        ),
        bodies.text_or_null,
    ),
    **dict.fromkeys(
        ("metadataExchangeUri", "passiveSignInUri", "activeSignInUri", "signOutUri"),
        bodies.address_or_null,
    ),
    "preferredAuthenticationProtocol": bodies.or_null(bodies.one_of("wsFed", "saml")),
    # That null can be set again, to be as if nobody ever chose, is a guess.
    "promptLoginBehavior": bodies.or_null(bodies.one_of(*_PROMPTS)),
    "federatedIdpMfaBehavior": bodies.or_null(bodies.one_of(*_MFA)),
    "isSignedAuthenticationRequestRequired": bodies.or_null(bodies.flag),
    "signingCertificateUpdateStatus": _is_status,
}


class Federations:
    """The operations on the federation of a domain."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains

    def list(self, call: Call) -> httpx.Response:
        """Return the federation as a list of one; a managed domain has nothing to be found."""
        found = self._of(call)
        context = f"{call.base}/$metadata#{_path(call)}"
        return answer({"@odata.context": context, "value": [found.shape]}, 200)

    def get(self, call: Call) -> httpx.Response:
        """Return the federation by its id."""
        return self._one(call, self._named(call))

    def update(self, call: Call) -> httpx.Response:
        """Change a federation, and return it."""
        self._named(call)
        sent = bodies.checked(call.body(), _WRITABLE, kind=_KIND)
        if not sent:
            raise bad_request("The request body is empty.")
        changed = self._domains.change(call.tenant.tenant_id, call.said["id"], sent)
        return self._one(call, changed)

    def _one(self, call: Call, found: Federation) -> httpx.Response:
        context = f"{call.base}/$metadata#{_path(call)}/$entity"
        return answer({"@odata.context": context, **found.shape}, 200)

    def _named(self, call: Call) -> Federation:
        found = self._of(call)
        if found.federation_id != call.said["federation"].lower():
            raise not_found(call.said["federation"])
        return found

    def _of(self, call: Call) -> Federation:
        bodies.check_no_options(call)
        name, tenant = call.said["id"].lower(), call.tenant
        found = self._domains.federation(tenant.tenant_id, name) if name in tenant.domains else None
        if found is None:
            raise not_found(name)
        return found


def _path(call: Call) -> str:
    return f"domains('{call.said['id'].lower()}')/federationConfiguration"
