"""The tenant's consent to the permissions: given here, or by an administrator at a link."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from infra.azure.onboarding import permissions
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.permissions import EXCHANGE_APP_ID, Permission, Roles
from infra.azure.onboarding.principal import principal_of
from infra.azure.onboarding.registered import READING
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import Wanted
from shared.errors import Misconfigured, NotFound, NotPermitted, Rejected

MARK = "consent"
GRANTING = (
    "the permission AppRoleAssignment.ReadWrite.All, and a person who is Privileged Role "
    "Administrator; for Exchange, Cloud Application Administrator or Application Administrator "
    "will do"
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
    permissions: tuple[Permission, ...]
    roles: Roles
    login: str  # the tenant's address at the login service
    _missing: tuple[Permission, ...] = field(default=(), init=False)
    _denied: str = field(default="", init=False)

    @property
    def marks(self) -> frozenset[str]:
        """What the record calls those that the last look has missed."""
        return frozenset(each.mark(MARK) for each in self._missing)

    def look(self) -> Standing:
        """See whether the permissions have been granted."""
        if not principal_of(self.graph, EXCHANGE_APP_ID):
            raise Misconfigured(
                "this tenant has no service principal of Exchange Online: does it have Exchange "
                "Online at all?"
            )
        granted = self._granted()
        self._missing = tuple(each for each in self.permissions if each not in granted)
        if not self._missing:
            return Standing(Kind.IN_PLACE, _says(self.permissions))
        if self.wanted.grants and not self._denied:
            return Standing(Kind.CREATE, _says(self._missing))
        return Standing(Kind.OPEN, f"{_says(self._missing)}: {self._way()}")

    def apply(self) -> None:
        """Grant what is missing, or note that this person may not."""
        granted = self._granted()
        for each in self.permissions:
            if each not in granted:
                self._grant(each)

    def leftover(self) -> str:
        """Say whether an application that stays has consents of ours."""
        ours = self._ours()
        return _says(tuple(ours)) if ours else ""

    def undo(self) -> None:
        """Take the consents back."""
        path = quote(self.known.principal_id, safe="")
        for each in self._ours().values():
            assignment = quote(each.id, safe="")
            self.graph.remove(
                f"servicePrincipals/{path}/appRoleAssignments/{assignment}", needs=GRANTING
            )

    def _grant(self, permission: Permission) -> None:
        principal = self.known.principal_id
        body = {
            "principalId": principal,
            "resourceId": principal_of(self.graph, permission.app_id),
            "appRoleId": self.roles.id(permission),
        }
        path = f"servicePrincipals/{quote(principal, safe='')}/appRoleAssignments"
        try:
            self.graph.create(path, body, _Assignment, needs=GRANTING)
        except NotPermitted as denial:
            self._denied = str(denial)
        except Rejected as error:
            # A principal that has not arrived everywhere is a bad request here, not a 404.
            raise NotFound(str(error)) from error

    def _ours(self) -> dict[Permission, _Assignment]:
        if self.known.is_our_application:
            return {}
        made = {each for each in self.permissions if self.known.made(each.mark(MARK))}
        return {each: one for each, one in self._granted().items() if each in made} if made else {}

    def _granted(self) -> dict[Permission, _Assignment]:
        if not self.known.principal_id:
            return {}
        path = f"servicePrincipals/{quote(self.known.principal_id, safe='')}/appRoleAssignments"
        try:
            found = self.graph.rows(path, _Assignment, needs=READING)
        except NotFound:
            return {}
        services = {each.app_id for each in self.permissions}
        principals = {each: principal_of(self.graph, each) for each in services}
        standing = {(each.resource_id, each.app_role_id): each for each in found}
        wanted = {each: (principals[each.app_id], self.roles.id(each)) for each in self.permissions}
        return {each: standing[key] for each, key in wanted.items() if key in standing}

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


def _says(wanted: Collection[Permission]) -> str:
    return f"consent to {permissions.listed(wanted)}"
