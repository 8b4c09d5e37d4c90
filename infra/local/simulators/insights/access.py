"""Who may send: bearers of a token for Azure Monitor whom the component gave a role."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from infra.local.simulators.exchange.bearer import KeysOf, TokenError, read_token
from infra.local.simulators.insights.refusals import RefusedError

AUDIENCES = ("https://monitor.azure.com", "https://monitor.azure.com/")
PUBLISHER = "Monitoring Metrics Publisher"
# Only the first has the data action Microsoft.Insights/Telemetry/Write.
ROLES = (PUBLISHER, "Monitoring Contributor", "Monitoring Reader", "Contributor", "Owner")


class Assignments:
    """Which principal holds which role on the component."""

    def __init__(self) -> None:
        self._held: set[tuple[str, str]] = set()

    def grant(self, principal_id: str, role: str = PUBLISHER) -> None:
        """Assign a role to a principal, by its object id."""
        if role not in ROLES:
            raise LookupError(f"no role {role!r}; there are {', '.join(ROLES)}")
        self._held.add((principal_id, role))

    def revoke(self, principal_id: str, role: str = PUBLISHER) -> None:
        """Take an assignment back; one that was not made raises `KeyError`."""
        self._held.remove((principal_id, role))

    def may_publish(self, principal_id: str) -> bool:
        """Say whether telemetry is taken from this principal."""
        return (principal_id, PUBLISHER) in self._held


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A component without local authentication: its key names it, and opens nothing."""

    jwks: KeysOf
    clock: Callable[[], datetime]
    tenant_id: str
    roles: Assignments = field(default_factory=Assignments)

    def admit(self, request: httpx.Request) -> None:
        """Raise `RefusedError` (401 or 403) for those who may not send."""
        try:
            claims = read_token(request, jwks=self.jwks, now=self.clock(), audiences=AUDIENCES)
        except TokenError as error:
            raise _unauthorized() from error
        if claims.tenant_id.casefold() != self.tenant_id.casefold():
            raise _unauthorized()
        if not self.roles.may_publish(claims.object_id):
            raise RefusedError(
                403,
                "Forbidden - provided credentials do not grant the access to ingest the "
                "telemetry into the component",
            )


def _unauthorized() -> RefusedError:
    return RefusedError(401, "Unauthorized - please provide the valid authorization token")
