"""The signing key of Entra ID and the access tokens it signs."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a token is about."""

    tenant_id: str
    client_id: str
    object_id: str
    roles: Iterable[str] = ()
    wids: Iterable[str] = ()


class Issuer:
    """One RSA key; its public half is what every resource checks tokens against."""

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_urlsafe(20), "use": "sig"})

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def token(self, subject: Subject, *, audience: str, now: datetime, seconds: int) -> str:
        """Sign a version 1 app-only token, the form Exchange, Graph and Key Vault get."""
        issued = int(now.timestamp())
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{subject.tenant_id}/",
            "iat": issued,
            "nbf": issued,
            "exp": issued + seconds,
            "appid": subject.client_id,
            "appidacr": "2",  # proved by a certificate
            "idp": f"https://sts.windows.net/{subject.tenant_id}/",
            "idtyp": "app",
            "oid": subject.object_id,
            "sub": subject.object_id,
            "tid": subject.tenant_id,
            "uti": secrets.token_urlsafe(16),
            "ver": "1.0",
            **_lists(roles=subject.roles, wids=subject.wids),
        }
        kid = self._key.kid
        return jwt.encode({"alg": "RS256", "kid": kid, "x5t": kid}, claims, self._key)


def _lists(**claims: Iterable[str]) -> Mapping[str, list[str]]:
    """Leave an empty list out: an app without roles gets a token without the claim."""
    filled = {name: list(values) for name, values in claims.items()}
    return {name: values for name, values in filled.items() if values}
