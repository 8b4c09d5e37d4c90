"""The permission that the application asks for: Exchange.ManageAsApp, and no other."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from infra.azure.onboarding.application import WRITING, refreshed
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.registered import Access, Permission
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import EXCHANGE_APP_ID, MANAGE_AS_APP
from shared.errors import NotFound

SAYS = "permission Exchange.ManageAsApp asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStep:
    """Adds the permission to those that the application asks for."""

    graph: Graph
    known: Known
    mark: str = "access"

    def look(self) -> Standing:
        """See whether it is asked for."""
        if (found := self.known.application) is None:
            return Standing(Kind.CREATE, SAYS)
        self.known.application = found = refreshed(self.graph, found)
        return Standing(Kind.IN_PLACE if _asks(found.access) else Kind.CHANGE, SAYS)

    def apply(self) -> None:
        """Ask for it."""
        if (found := self.known.application) is None:
            raise NotFound("the application is not there yet")
        self._set(_with_ours(found.access))

    def leftover(self) -> str:
        """Say whether an application that stays asks for what we made it ask for."""
        found = self.known.application
        if found is None or self.known.is_our_application or not self.known.made(self.mark):
            return ""
        return SAYS if _asks(found.access) else ""

    def undo(self) -> None:
        """Ask for it no more."""
        if self.known.application is not None:
            self._set(_without_ours(self.known.application.access))

    def _set(self, access: list[Access]) -> None:
        if (found := self.known.application) is not None:
            body = {"requiredResourceAccess": msgspec.to_builtins(access)}
            self.graph.change(found.path, body, needs=WRITING)


def _asks(access: Iterable[Access]) -> bool:
    return any(_is_ours(each, one) for each in access for one in each.resource_access)


def _is_ours(access: Access, permission: Permission) -> bool:
    return access.resource_app_id == EXCHANGE_APP_ID and permission.id == MANAGE_AS_APP


def _with_ours(access: Iterable[Access]) -> list[Access]:
    """Return the list with ours in the entry of its service, of which there is only one."""
    others = [each for each in access if each.resource_app_id != EXCHANGE_APP_ID]
    own = [each for each in access if each.resource_app_id == EXCHANGE_APP_ID]
    asked = [one for each in own for one in each.resource_access]
    asked.append(Permission(id=MANAGE_AS_APP, type="Role"))
    return [*others, Access(resource_app_id=EXCHANGE_APP_ID, resource_access=asked)]


def _without_ours(access: Iterable[Access]) -> list[Access]:
    kept = [
        Access(
            resource_app_id=each.resource_app_id,
            resource_access=[one for one in each.resource_access if not _is_ours(each, one)],
        )
        for each in access
    ]
    return [each for each in kept if each.resource_access]
