"""The gates in front of every endpoint: first the token, then a role in Exchange."""

from dataclasses import dataclass
from datetime import datetime

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.bearer import KeysOf, TokenError, read_token
from infra.local.simulators.exchange.errors import HttpError
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.tenant import Tenant

AUDIENCES = ("https://outlook.office365.com", "https://outlook.office365.com/")
APP_ROLE = "Exchange.ManageAsApp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that passed the first gate; without roles it fails at the second."""

    tenant: Tenant
    roles: frozenset[ManagementRole]


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
    held = tenant.roles_of(claims.app_id, claims.directory_roles)
    return Caller(tenant=tenant, roles=held)
