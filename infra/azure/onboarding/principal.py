"""The service principal: the application's standing in the tenant."""

from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from infra.azure.onboarding.application import WRITING
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.registered import READING
from infra.azure.onboarding.steps import Kind, Standing
from shared.errors import NotFound, Rejected

SAYS = "service principal in Entra ID"


class _Principal(msgspec.Struct):
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalStep:
    """Gives the application a service principal."""

    graph: Graph
    known: Known
    marks: frozenset[str] = frozenset({"principal"})

    def look(self) -> Standing:
        """Find it by the client id."""
        if not self._found():
            return Standing(Kind.CREATE, SAYS)
        return Standing(Kind.IN_PLACE, f"{SAYS}, object id {self.known.principal_id}")

    def apply(self) -> None:
        """Make it."""
        if (found := self.known.application) is None:
            raise NotFound("the application is not there yet")
        body = {"appId": found.client_id}
        try:
            self.graph.create("servicePrincipals", body, _Principal, needs=WRITING)
        except Rejected as error:
            # An application that has not arrived everywhere is a bad request here, not a 404.
            raise NotFound(str(error)) from error

    def leftover(self) -> str:
        """Say whether an application that stays has it from us."""
        stands = self._found()
        goes = self.known.made("principal") and not self.known.is_our_application
        return SAYS if goes and stands else ""

    def undo(self) -> None:
        """Delete it, and every consent with it."""
        path = f"servicePrincipals/{quote(self.known.principal_id, safe='')}"
        self.graph.remove(path, needs=WRITING)

    def _found(self) -> bool:
        found = self.known.application
        self.known.principal_id = principal_of(self.graph, found.client_id) if found else ""
        return bool(self.known.principal_id)


def principal_of(graph: Graph, client_id: str) -> str:
    """Return the object id of an application's service principal; empty if there is none."""
    path = f"servicePrincipals(appId='{quote(client_id, safe='')}')?$select=id"
    try:
        return graph.read(path, _Principal, needs=READING).id
    except NotFound:
        return ""
