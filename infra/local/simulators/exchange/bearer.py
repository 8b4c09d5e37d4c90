"""Is the bearer token of a request genuine, current and meant for us."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

KeysOf = Callable[[], dict[str, Any]]  # a JSON Web Key Set


class TokenError(Exception):
    """The request carries no token that this service accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What an access token says, as far as a resource cares."""

    tenant_id: str
    app_id: str
    object_id: str  # the service principal's; empty where the issuer leaves it out
    roles: frozenset[str]
    scopes: frozenset[str]  # of a person's token; an application's has none
    directory_roles: frozenset[str]  # the claim `wids`: template ids


def read_token(
    request: httpx.Request, *, jwks: KeysOf, now: datetime, audiences: Collection[str]
) -> Claims:
    """Return the verified claims of the request's token, or raise TokenError."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise TokenError("no bearer token")
    try:
        keys = KeySet.import_key_set(KeySetSerialization(keys=jwks()["keys"]))
        token = jwt.decode(text, keys, algorithms=["RS256"])
    except (JoseError, ValueError) as error:
        raise TokenError(f"not a token of this issuer: {error}") from error
    _check_time(token.claims, now)
    if token.claims.get("aud") not in audiences:
        raise TokenError(f"audience {token.claims.get('aud')!r} is not this service")
    return Claims(
        tenant_id=str(token.claims.get("tid", "")),
        app_id=str(token.claims.get("appid") or token.claims.get("azp") or ""),
        object_id=str(token.claims.get("oid") or ""),
        roles=_words(token.claims.get("roles")),
        scopes=frozenset(str(token.claims.get("scp") or "").split()),
        directory_roles=_words(token.claims.get("wids")),
    )


def _check_time(claims: dict[str, object], now: datetime) -> None:
    expires, starts = claims.get("exp"), claims.get("nbf")
    if not isinstance(expires, int | float) or now.timestamp() >= expires:
        raise TokenError("the token has expired, or does not say when it will")
    if not isinstance(starts, int | float) or now.timestamp() < starts:
        raise TokenError("the token is not valid yet, or does not say since when it is")


def _words(claim: object) -> frozenset[str]:
    return frozenset(map(str, claim)) if isinstance(claim, list) else frozenset()
