"""The signing key of Entra ID and the tokens it signs."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from infra.local.simulators.entra.people import Person
from infra.local.simulators.entra.refusals import RefusedError

EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"  # where one token is changed for another
EXCHANGE_RESOURCE_ID = "fb60f99c-7a34-4190-8149-302f77469936"  # the same, as its tokens say it
NOTIFIER = "0bf30f3b-4a52-48df-9a82-234910c4a086"  # the app by which Graph sends notifications
TOKEN_SECONDS = 3599
_NOTIFIER_SECONDS = 29100
USER_ASSIGNED = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an app-only token is about."""

    tenant_id: str
    client_id: str
    object_id: str
    roles: Iterable[str] = ()
    wids: Iterable[str] = ()
    resource_id: str = ""  # of a managed identity, in Azure


class Issuer:
    """One RSA key; its public half is what every resource checks tokens against."""

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_urlsafe(20), "use": "sig"})

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def check(self, token: str) -> None:
        """Raise `RefusedError` unless this key has signed *token*."""
        try:
            jwt.decode(token, self._key, algorithms=["RS256"])
        except (JoseError, ValueError) as error:
            raise RefusedError(
                700027,
                "Client assertion contains an invalid signature. [Reason - The key was not found.]",
            ) from error

    def token(self, subject: Subject, *, audience: str, now: datetime, seconds: int) -> str:
        """Sign a version 1 app-only token, the form Exchange, Graph and Key Vault get."""
        claims = {
            **_version_1(subject.tenant_id, audience),
            "appid": subject.client_id,
            "appidacr": "2",  # proved by a certificate
            "idtyp": "app",
            "oid": subject.object_id,
            "sub": subject.object_id,
            **_filled(roles=list(subject.roles), wids=list(subject.wids)),
            **_filled(xms_mirid=subject.resource_id),
        }
        return self._sign(claims, now, seconds)

    def exchange_token(self, subject: Subject, *, now: datetime, seconds: int) -> str:
        """Sign a managed identity's version 2 token, to be shown as a client assertion."""
        claims = {
            "aud": EXCHANGE_RESOURCE_ID,
            "iss": version_2(subject.tenant_id),
            "azp": subject.client_id,
            "azpacr": "2",
            "idtyp": "app",
            "oid": subject.object_id,
            "sub": subject.object_id,
            "tid": subject.tenant_id,
            "ver": "2.0",
            **_filled(xms_mirid=subject.resource_id),
        }
        return self._sign(claims, now, seconds)

    def user_token(
        self, person: Person, *, client_id: str, audience: str, scopes: str, now: datetime
    ) -> str:
        """Sign a version 1 delegated token of a public client; it lasts `TOKEN_SECONDS`."""
        claims = {
            **_version_1(person.tenant_id, audience),
            "acr": "1",
            "amr": ["pwd", "mfa"],
            "appid": client_id,
            "appidacr": "0",  # nothing was proved
            "idtyp": "user",
            "name": person.name,
            "oid": person.object_id,
            "scp": scopes,
            "sub": person.pairwise(audience),
            "unique_name": person.user_principal_name,
            "upn": person.user_principal_name,
            **_filled(wids=list(person.wids)),
        }
        return self._sign(claims, now, TOKEN_SECONDS)

    def notification_token(
        self, tenant_id: str, audience: str, *, now: datetime, version: str
    ) -> str:
        """Sign what tells the app *audience* that a notification is Graph's: "1.0" or "2.0"."""
        if version == "2.0":
            claims: dict[str, object] = {
                "aud": audience,
                "iss": version_2(tenant_id),
                "azp": NOTIFIER,
                "azpacr": "2",
                "tid": tenant_id,
                "ver": version,
            }
        else:
            claims = _version_1(tenant_id, audience) | {"appid": NOTIFIER, "appidacr": "2"}
        return self._sign(claims, now, _NOTIFIER_SECONDS)

    def id_token(self, person: Person, *, client_id: str, now: datetime) -> str:
        """Sign what tells a client who has signed in."""
        claims = {
            "aud": client_id,
            "iss": version_2(person.tenant_id),
            "name": person.name,
            "oid": person.object_id,
            "preferred_username": person.user_principal_name,
            "sub": person.pairwise(client_id),
            "tid": person.tenant_id,
            "ver": "2.0",
        }
        return self._sign(claims, now, TOKEN_SECONDS)

    def _sign(self, claims: Mapping[str, object], now: datetime, seconds: int) -> str:
        issued = int(now.timestamp())
        times = {"iat": issued, "nbf": issued, "exp": issued + seconds}
        unique = {"uti": secrets.token_urlsafe(16)}
        kid = self._key.kid
        header = {"alg": "RS256", "kid": kid, "x5t": kid}
        return jwt.encode(header, {**claims, **times, **unique}, self._key)


def version_2(tenant_id: str) -> str:
    """Return the issuer of version 2 tokens in a tenant of the public cloud."""
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def _version_1(tenant_id: str, audience: str) -> dict[str, object]:
    issuer = f"https://sts.windows.net/{tenant_id}/"
    return {"aud": audience, "iss": issuer, "idp": issuer, "tid": tenant_id, "ver": "1.0"}


def _filled(**claims: object) -> dict[str, object]:
    """Leave an empty claim out: an app without roles gets a token without the claim."""
    return {name: value for name, value in claims.items() if value}
