"""The permissions that the application asks for: Exchange.ManageAsApp, and what else is chosen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from infra.azure.onboarding import permissions
from infra.azure.onboarding.application import WRITING, refreshed
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.permissions import Roles
from infra.azure.onboarding.registered import Access
from infra.azure.onboarding.registered import Permission as Asked
from infra.azure.onboarding.steps import Kind, Standing
from shared.errors import NotFound

MARK = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStep:
    """Adds the permissions to those that the application asks for, all at once."""

    graph: Graph
    known: Known
    wanted: tuple[permissions.Permission, ...]
    roles: Roles

    @property
    def marks(self) -> frozenset[str]:
        """What the record calls those that are not asked for yet."""
        return frozenset(each.mark(MARK) for each in self._missing())

    def look(self) -> Standing:
        """See whether they are asked for; Misconfigured if one is not to be had in this tenant."""
        for each in self.wanted:
            self._id(each)
        if (found := self.known.application) is None:
            return Standing(Kind.CREATE, _says(self.wanted))
        self.known.application = refreshed(self.graph, found)
        missing = self._missing()
        if missing:
            return Standing(Kind.CHANGE, _says(missing))
        return Standing(Kind.IN_PLACE, _says(self.wanted))

    def apply(self) -> None:
        """Ask for those that are missing."""
        if (found := self.known.application) is None:
            raise NotFound("the application is not there yet")
        self._set(_with(found.access, [(each.app_id, self._id(each)) for each in self._missing()]))

    def leftover(self) -> str:
        """Say whether an application that stays asks for what we made it ask for."""
        ours = self._ours()
        return _says(ours) if ours else ""

    def undo(self) -> None:
        """Ask for them no more."""
        if (found := self.known.application) is not None:
            ours = [(each.app_id, self._id(each)) for each in self._ours()]
            self._set(_without(found.access, ours))

    def _missing(self) -> tuple[permissions.Permission, ...]:
        return tuple(each for each in self.wanted if not self._is_asked(each))

    def _ours(self) -> tuple[permissions.Permission, ...]:
        if self.known.application is None or self.known.is_our_application:
            return ()
        made = (each for each in self.wanted if self.known.made(each.mark(MARK)))
        return tuple(each for each in made if self._is_asked(each))

    def _is_asked(self, permission: permissions.Permission) -> bool:
        if (found := self.known.application) is None:
            return False
        asked = _asked(found.access)
        return bool(asked) and (permission.app_id, self._id(permission)) in asked

    def _id(self, permission: permissions.Permission) -> str:
        return self.roles.id(permission)

    def _set(self, access: list[Access]) -> None:
        if (found := self.known.application) is not None:
            body = {"requiredResourceAccess": msgspec.to_builtins(access)}
            self.graph.change(found.path, body, needs=WRITING)


def _says(wanted: Collection[permissions.Permission]) -> str:
    noun = "permission" if len(wanted) == 1 else "permissions"
    return f"{noun} {permissions.listed(wanted)} asked for"


def _asked(access: Iterable[Access]) -> set[tuple[str, str]]:
    return {(each.resource_app_id, one.id) for each in access for one in each.resource_access}


def _with(access: Iterable[Access], new: Iterable[tuple[str, str]]) -> list[Access]:
    """Return the list with these in the entries of their services, each of which has only one."""
    asked = {each.resource_app_id: list[Asked]() for each in access}
    for each in access:
        asked[each.resource_app_id] += each.resource_access
    for service, role_id in new:
        asked.setdefault(service, []).append(Asked(id=role_id, type="Role"))
    return [Access(resource_app_id=name, resource_access=one) for name, one in asked.items()]


def _without(access: Iterable[Access], gone: Collection[tuple[str, str]]) -> list[Access]:
    kept = [
        Access(
            resource_app_id=each.resource_app_id,
            resource_access=[
                one for one in each.resource_access if (each.resource_app_id, one.id) not in gone
            ],
        )
        for each in access
    ]
    return [each for each in kept if each.resource_access]
