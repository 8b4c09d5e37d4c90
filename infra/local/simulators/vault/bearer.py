"""Key Vault's authentication: a challenge for those without a token, checks for those with one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from infra.local.simulators.vault.refusals import RefusedError

_SKEW = 300  # seconds by which the login service's clock may be ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, by the claims of a checked token."""

    object_id: str
    client_id: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a vault trusts: one tenant, and tokens made out to its resource."""

    authority: str  # URL of the login host, without the tenant
    tenant_id: str
    resource: str
    jwks: Callable[[], dict[str, Any]]

    @property
    def challenge(self) -> str:
        """Return the header that tells a client where to get which token."""
        return (
            f'Bearer authorization="{self.authority}/{self.tenant_id}", resource="{self.resource}"'
        )

    def admit(self, request: httpx.Request, now: datetime) -> Caller:
        """Return the caller, or raise `RefusedError` with 401."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
        claims = self._claims(token)
        self._check(claims, now.timestamp())
        return Caller(
            object_id=str(claims.get("oid")),
            client_id=str(claims.get("appid")),
            issuer=str(claims["iss"]),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            keys = KeySet([RSAKey.import_key(key) for key in self.jwks()["keys"]])
            return jwt.decode(token, keys, algorithms=["RS256"]).claims
        except (JoseError, ValueError) as error:
            raise _unauthorized("Error validating token: its signature is not valid.") from error

    def _check(self, claims: dict[str, Any], now: float) -> None:
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience.rstrip("/") != self.resource:
            raise _unauthorized(
                f"AKV10022: Invalid audience. Expected {self.resource}, found: {audience}."
            )
        if claims.get("iss") != f"https://sts.windows.net/{self.tenant_id}/":
            raise _unauthorized(f"AKV10032: Invalid issuer. Found {claims.get('iss')}.")
        if not claims.get("nbf", now) - _SKEW <= now < claims.get("exp", 0):
            raise _unauthorized("Error validating token: it is not within its lifetime.")


def _unauthorized(message: str) -> RefusedError:
    return RefusedError(401, "Unauthorized", message)
