"""X6 and X11: what it takes to shut out who must no longer come in."""

from collections.abc import Collection

from shared.trust.account import Account
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, fine, found

REVOKE = "User.RevokeSessions.All"
OFFBOARD = (REVOKE, "User.EnableDisableAccount.All", "User.Read.All")
READ_TOO = frozenset({"Directory.Read.All"})
GUEST = "#EXT#"  # in the UPN of whoever was invited from another organization
ALL_TOO = frozenset({"User.ReadWrite.All", "Directory.ReadWrite.All"})


def sessions(permissions: Collection[str]) -> tuple[Detail, ...]:
    """Judge X6 by what our own token carries."""
    return (_held(REVOKE, permissions),)


def valid_from(account: Account) -> Detail:
    """Say since when the user's sessions are valid, if they can be revoked here."""
    if GUEST in account.upn.upper():
        return found(Code.USER_IS_A_GUEST, about=account.upn)
    since = account.sessions_valid_from
    if since is None:
        return found(Code.NOT_TOLD, "since when sessions are valid", account.upn)
    return fine(f"sessions are valid since {since:%Y-%m-%d %H:%M} UTC", account.upn)


def lost_phone(permissions: Collection[str]) -> tuple[Detail, ...]:
    """Judge the permissions of X11."""
    return tuple(_held(each, permissions) for each in OFFBOARD)


def writes(*, may_write: bool) -> tuple[Detail, ...]:
    """Judge whether anything may be changed at all."""
    return () if may_write else (found(Code.WRITES_OFF),)


def reached() -> Detail:
    """Say that Exchange answers, as far as a read tells."""
    return fine("Exchange answers", "Exchange")


def _held(permission: str, held: Collection[str]) -> Detail:
    if permission in held:
        return fine("granted", permission)
    broader = ALL_TOO | READ_TOO if permission == "User.Read.All" else ALL_TOO
    if instead := sorted(broader.intersection(held)):
        return fine(f"granted with the broader {instead[0]}", permission)
    return found(Code.PERMISSION_MISSING, about=permission)
