"""Whom an app may change, as its role groups say."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.errors import NotPermitted
from shared.exchange.batch import reply_of
from shared.exchange.transport import Call, Transport

Row = Mapping[str, Any]
IDS = ("ObjectId", "AppId", "Name", "Identity", "Guid", "DistinguishedName")
NO_LIMIT = "Organization"


def limits(transport: Transport, client_id: str, *, changing: str) -> tuple[str, ...] | None:
    """
    Return the write scopes of the app's role groups for a cmdlet, with their filters.

    Rights add up, so one role group without a scope leaves no limit. None if Exchange does
    not show the app's role groups.
    """
    try:
        principals, groups, roles, scopes = _read(
            transport,
            [
                Call("Get-ServicePrincipal", {}),
                Call("Get-RoleGroup", {}),
                Call("Get-ManagementRole", {"Cmdlet": changing}),
                Call("Get-ManagementScope", {}),
            ],
        )
        own = [each for each in groups if _is_member(each, principals, client_id)]
        held = _read(
            transport,
            [Call("Get-ManagementRoleAssignment", {"RoleAssignee": each["Name"]}) for each in own],
        )
    except NotPermitted:
        return None
    writing = {_text(each, "Name") for each in roles}
    granted = [each for rows in held for each in rows if _text(each, "Role") in writing]
    if not granted:
        return None
    names = {_text(each, "CustomRecipientWriteScope") for each in granted}
    if any(_text(each, "RecipientWriteScope") == NO_LIMIT.casefold() for each in granted):
        return ()
    return tuple(_told(name, scopes) for name in sorted(names))


def _read(transport: Transport, calls: list[Call]) -> list[tuple[Row, ...]]:
    return [reply_of(answer).rows for answer in transport.batch(calls)] if calls else []


def _is_member(group: Row, principals: Iterable[Row], client_id: str) -> bool:
    own = [each for each in principals if _text(each, "AppId") == client_id.casefold()]
    ids = {_text(each, name) for each in own for name in IDS} - {""}
    return any(str(member).casefold() in ids for member in group.get("Members") or ())


def _told(name: str, scopes: Iterable[Row]) -> str:
    for each in scopes:
        if _text(each, "Name") == name:
            return f"scope {each['Name']} ({each.get('RecipientFilter') or 'no filter'})"
    return f"scope {name}" if name else "a scope without a name"


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").casefold()
