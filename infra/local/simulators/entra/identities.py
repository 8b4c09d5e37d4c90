"""Tokens for managed identities, which prove themselves to the platform and not to Entra ID."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime

from infra.local.simulators.entra.directory import Directory
from infra.local.simulators.entra.issuer import EXCHANGE_AUDIENCE, Issuer, Subject
from infra.local.simulators.entra.registrations import ServicePrincipal

_SECONDS = 86399  # a day


def client_id(principal_id: str) -> str:
    """Return the client id of the identity with this object id."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, principal_id))


class Identities:
    """The managed identities of the home tenant: whoever is asked for exists."""

    def __init__(
        self, *, directory: Directory, issuer: Issuer, clock: Callable[[], datetime]
    ) -> None:
        self._directory, self._issuer, self._clock = directory, issuer, clock

    def token(
        self,
        resource: str,
        principal_id: str,
        *,
        roles: Collection[str],
        wids: Collection[str],
        resource_id: str,
    ) -> tuple[str, int]:
        """
        Return a token and its expiry (unix); LookupError for an unknown resource.

        Roles that the directory knows of come on top of those given.
        """
        exchanged = resource == EXCHANGE_AUDIENCE
        name = resource.rstrip("/")
        if not exchanged and name not in self._directory.resources:
            raise LookupError(f"no resource {resource}")
        principal = self._principal(principal_id)
        held = principal.roles.get(name, ()) if principal else ()
        subject = Subject(
            tenant_id=self._directory.home.tenant_id,
            client_id=client_id(principal_id),
            object_id=principal_id,
            roles=dict.fromkeys([*roles, *held]),
            wids=dict.fromkeys([*wids, *(principal.wids if principal else ())]),
            resource_id=resource_id,
        )
        now = self._clock()
        if exchanged:
            token = self._issuer.exchange_token(subject, now=now, seconds=_SECONDS)
        else:
            token = self._issuer.token(subject, audience=resource, now=now, seconds=_SECONDS)
        return token, int(now.timestamp()) + _SECONDS

    def _principal(self, principal_id: str) -> ServicePrincipal | None:
        known = self._directory.application(client_id(principal_id))
        return known.principals.get(self._directory.home.tenant_id) if known else None
