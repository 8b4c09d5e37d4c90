"""
What a caller may do to this very object, beyond holding a permission for the operation.

For a person the scopes of the app are only half of it: the directory roles are the other.
"""

from collections.abc import Iterable

from infra.local.simulators.entra.directory import Application
from infra.local.simulators.entra.resources import GRAPH
from infra.local.simulators.graph.bearer import Caller
from infra.local.simulators.graph.directory_roles import ROLES
from infra.local.simulators.graph.refusals import denied

ALL, OWNED = "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"
READ = frozenset({"Application.Read.All", "Directory.Read.All", ALL, OWNED})

_ASSIGNERS = {ROLES["Global Administrator"], ROLES["Privileged Role Administrator"]}
_APP_ADMINISTRATORS = {
    ROLES["Global Administrator"],
    ROLES["Application Administrator"],
    ROLES["Cloud Application Administrator"],
}


def check_write(caller: Caller, owners: Iterable[str]) -> None:
    """Raise `RefusedError` unless *caller* may change what these people and apps own."""
    owns = caller.object_id in set(owners)
    if caller.is_person:
        administers = not caller.directory_roles.isdisjoint(_APP_ADMINISTRATORS)
        allowed = caller.may({ALL}) and (administers or owns)
    else:
        allowed = caller.may({ALL}) or (caller.may({OWNED}) and owns)
    if not allowed:
        raise denied()


def check_roll(caller: Caller, application: Application) -> None:
    """Raise `RefusedError` unless *caller* may roll keys; an app needs nothing for its own."""
    if caller.is_person or caller.client_id.lower() != application.client_id.lower():
        check_write(caller, application.owners)


def check_grant(caller: Caller, resource_app_id: str) -> None:
    """
    Raise `RefusedError` unless *caller* may give app roles of this resource away.

    Beside AppRoleAssignment.ReadWrite.All the documents ask for a permission to read.
    """
    if not caller.may(READ):
        raise denied()
    check_revoke(caller, resource_app_id)


def check_revoke(caller: Caller, resource_app_id: str) -> None:
    """
    Raise `RefusedError` unless *caller* may take app roles of this resource back.

    Permissions on Graph itself take a higher role than permissions on anything else.
    """
    assigners = _ASSIGNERS if resource_app_id == GRAPH.app_id else _ASSIGNERS | _APP_ADMINISTRATORS
    if caller.is_person and caller.directory_roles.isdisjoint(assigners):
        raise denied()


def check_assign(caller: Caller) -> None:
    """Raise `RefusedError` unless *caller* may give directory roles away."""
    if caller.is_person and caller.directory_roles.isdisjoint(_ASSIGNERS):
        raise denied()
