"""Graph's authentication: whose token is this, and what may they do."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from infra.local.simulators.graph.refusals import RefusedError

AUDIENCES = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000",
)
_CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
    f', client_id="{AUDIENCES[-1]}"'
)
_SKEW = 300  # seconds by which the login service's clock may be ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, by the claims of a checked token."""

    tenant_id: str
    client_id: str
    object_id: str  # of the service principal, or of the person
    permissions: frozenset[str]
    is_person: bool
    directory_roles: frozenset[str]  # template ids

    def may(self, needed: Collection[str]) -> bool:
        """Say whether one of the *needed* permissions is held."""
        return not self.permissions.isdisjoint(needed)


def admit(request: httpx.Request, *, jwks: Callable[[], dict[str, Any]], now: datetime) -> Caller:
    """Return the caller, or raise `RefusedError` with 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("Access token is empty.")
    claims = _claims(token.strip(), jwks)
    _check(claims, now.timestamp())
    # A person's token may have roles too, of the person; its scopes are what the app may do.
    is_person = "scp" in claims
    held = str(claims["scp"]).split() if is_person else claims.get("roles") or []
    return Caller(
        tenant_id=str(claims["tid"]).lower(),
        client_id=str(claims.get("appid")),
        object_id=str(claims.get("oid")),
        permissions=frozenset(map(str, held)),
        is_person=is_person,
        directory_roles=frozenset(map(str, claims.get("wids") or [])),
    )


def _claims(token: str, jwks: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        keys = KeySet([RSAKey.import_key(key) for key in jwks()["keys"]])
        return jwt.decode(token, keys, algorithms=["RS256"]).claims
    except (JoseError, ValueError) as error:
        raise _unauthorized("Access token validation failure. Invalid signature.") from error


def _check(claims: dict[str, Any], now: float) -> None:
    if claims.get("aud") not in AUDIENCES:
        raise _unauthorized("Access token validation failure. Invalid audience.")
    if claims.get("iss") != f"https://sts.windows.net/{claims.get('tid')}/":
        raise _unauthorized("Access token validation failure. Invalid issuer.")
    if now >= claims.get("exp", 0):
        raise _unauthorized("Lifetime validation failed, the token is expired.")
    if claims.get("nbf", now) - _SKEW > now:
        raise _unauthorized("Lifetime validation failed, the token is not yet valid.")


def _unauthorized(message: str) -> RefusedError:
    return RefusedError(
        401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": _CHALLENGE}
    )
