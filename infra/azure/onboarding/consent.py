"""The tenant's consent to the permission: given here, or by an administrator at a link."""

from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.principal import principal_of
from infra.azure.onboarding.registered import READING
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import EXCHANGE_APP_ID, MANAGE_AS_APP, Wanted
from shared.errors import Misconfigured, NotFound, NotPermitted, Rejected

SAYS = "consent to Exchange.ManageAsApp"
GRANTING = (
    "the permission AppRoleAssignment.ReadWrite.All, and a person who is Cloud Application "
    "Administrator, Application Administrator or Privileged Role Administrator"
)


class _Assignment(msgspec.Struct, rename="camel"):
    id: str
    resource_id: str
    app_role_id: str


@dataclass(slots=True, kw_only=True)
class ConsentStep:
    """Gives consent if it is asked to and may; says where an administrator can, otherwise."""

    graph: Graph
    wanted: Wanted
    known: Known
    login: str  # the tenant's address at the login service
    mark: str = "consent"
    _denied: str = field(default="", init=False)

    def look(self) -> Standing:
        """See whether the permission has been granted."""
        if not self._exchange():
            raise Misconfigured(
                "this tenant has no service principal of Exchange Online: does it have Exchange "
                "Online at all?"
            )
        if self._granted():
            return Standing(Kind.IN_PLACE, SAYS)
        if self.wanted.grants and not self._denied:
            return Standing(Kind.CREATE, SAYS)
        return Standing(Kind.OPEN, f"{SAYS}: {self._way()}")

    def apply(self) -> None:
        """Grant the permission, or note that this person may not."""
        principal = self.known.principal_id
        body = {
            "principalId": principal,
            "resourceId": self._exchange(),
            "appRoleId": MANAGE_AS_APP,
        }
        path = f"servicePrincipals/{quote(principal, safe='')}/appRoleAssignments"
        try:
            self.graph.create(path, body, _Assignment, needs=GRANTING)
        except NotPermitted as denial:
            self._denied = str(denial)
        except Rejected as error:
            # A principal that has not arrived everywhere is a bad request here, not a 404.
            raise NotFound(str(error)) from error

    def leftover(self) -> str:
        """Say whether an application that stays has a consent of ours."""
        if self.known.is_our_application or not self.known.made(self.mark):
            return ""
        return SAYS if self._granted() else ""

    def undo(self) -> None:
        """Take the consent back."""
        path = quote(self.known.principal_id, safe="")
        for each in self._granted():
            assignment = quote(each.id, safe="")
            self.graph.remove(
                f"servicePrincipals/{path}/appRoleAssignments/{assignment}", needs=GRANTING
            )

    def _exchange(self) -> str:
        return principal_of(self.graph, EXCHANGE_APP_ID)

    def _granted(self) -> list[_Assignment]:
        if not self.known.principal_id:
            return []
        path = f"servicePrincipals/{quote(self.known.principal_id, safe='')}/appRoleAssignments"
        try:
            found = self.graph.rows(path, _Assignment, needs=READING)
        except NotFound:
            return []
        exchange = self._exchange()
        return [
            each
            for each in found
            if each.resource_id == exchange and each.app_role_id == MANAGE_AS_APP
        ]

    def _way(self) -> str:
        """
        Say how an administrator consents.

        The page may end in a complaint that the application has no reply address: it has
        none, and the consent counts all the same.
        """
        if (found := self.known.application) is None:
            return "a link will be printed here, for an administrator to open"
        link = f"{self.login}/adminconsent?client_id={found.client_id}"
        why = f" ({self._denied})" if self._denied else ""
        return f"let an administrator open {link}{why}"
