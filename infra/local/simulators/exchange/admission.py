"""The gates in front of every endpoint: first the token, then a role in Exchange."""

from dataclasses import dataclass
from datetime import datetime

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.bearer import KeysOf, TokenError, read_token
from infra.local.simulators.exchange.errors import HttpError
from infra.local.simulators.exchange.roles import Grant, ManagementRole
from infra.local.simulators.exchange.tenant import Tenant

AUDIENCES = ("https://outlook.office365.com", "https://outlook.office365.com/")
APP_ROLE = "Exchange.ManageAsApp"
SCOPE = "Exchange.Manage"  # what a person consents to


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who passed the first gate, an application or a person; the second gate wants roles."""

    tenant: Tenant
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> frozenset[ManagementRole]:
        """Every role held, wherever from."""
        return frozenset().union(*(grant.roles for grant in self.grants))


def admit(request: httpx.Request, *, tenant: Tenant | None, jwks: KeysOf, now: datetime) -> Caller:
    """Check the token against the tenant its URL names, or raise HttpError."""
    try:
        claims = read_token(request, jwks=jwks, now=now, audiences=AUDIENCES)
    except TokenError as error:
        raise HttpError(answers.unauthorized(str(error))) from error
    if tenant is None or claims.tenant_id.casefold() != str(tenant.tenant_id):
        raise HttpError(answers.unauthorized("The token is not one of this tenant."))
    if not claims.roles and not claims.scopes:
        raise HttpError(answers.unauthorized("The token contains no permissions."))
    if APP_ROLE not in claims.roles and SCOPE not in claims.scopes:
        raise HttpError(answers.bodyless_403("The permissions do not fit this API version."))
    # What an application may do is no business of the person for whom it acts.
    app_id = "" if claims.scopes else claims.app_id
    grants = tenant.administration.grants(app_id, claims.object_id, claims.directory_roles, now)
    return Caller(tenant=tenant, grants=grants)
