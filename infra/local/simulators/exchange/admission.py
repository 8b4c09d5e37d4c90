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


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that passed the first gate; without roles it fails at the second."""

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
    if not claims.roles:
        raise HttpError(answers.unauthorized("The token contains no permissions."))
    if APP_ROLE not in claims.roles:
        raise HttpError(answers.bodyless_403("The permissions do not fit this API version."))
    grants = tenant.administration.grants(
        claims.app_id, claims.object_id, claims.directory_roles, now
    )
    return Caller(tenant=tenant, grants=grants)
