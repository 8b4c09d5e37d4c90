"""The users whom certificates are for, in Microsoft Graph; and what shuts one of them out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec

from shared.directory import listing, refusals
from shared.directory.graph import Graph
from shared.errors import Failure, NotFound, Rejected, Retryable
from shared.trust.account import Account

FIELDS = (
    "id,userPrincipalName,mail,onPremisesUserPrincipalName,proxyAddresses,accountEnabled,"
    "authorizationInfo,signInSessionsValidFromDateTime"
)
SMTP = "smtp:"  # in lower case; the primary address has it in upper case
ON_PREMISES = "on-premises mastered"  # the code beside it is as general as can be
TO_READ = (
    "grant the app the application permission User.Read.All, with admin consent, so that it can "
    "see whom a certificate is for"
)
TO_REVOKE = (
    "grant the app the application permission User.RevokeSessions.All, with admin consent, so "
    "that it can end sessions"
)
TO_ENABLE = (
    "grant the app the application permission User.EnableDisableAccount.All, with admin consent, "
    "so that it can disable accounts; those of administrators take a directory role as well, such "
    "as Privileged Authentication Administrator"
)
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Authorization(msgspec.Struct, rename="camel"):
    certificate_user_ids: list[str] | None = None


class _User(msgspec.Struct, rename="camel"):
    """A user, as far as the token lets us see one."""

    id: str
    user_principal_name: str | None = None
    mail: str | None = None
    on_premises_user_principal_name: str | None = None
    proxy_addresses: list[str] | None = None
    account_enabled: bool | None = None
    authorization_info: _Authorization | None = None
    sign_in_sessions_valid_from_date_time: Moment | None = None

    def read(self) -> Account:
        """Return the account."""
        authorization = self.authorization_info or _Authorization()
        return Account(
            directory_id=self.id,
            upn=self.user_principal_name or "",
            mail=self.mail or "",
            on_premises_upn=self.on_premises_user_principal_name or "",
            certificate_user_ids=tuple(authorization.certificate_user_ids or ()),
            addresses=_smtp(self.proxy_addresses or ()),
            is_enabled=self.account_enabled,
            sessions_valid_from=self.sign_in_sessions_valid_from_date_time,
        )


class _Revoked(msgspec.Struct):
    value: bool = True


class Accounts:
    """
    Accounts, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read: what was
    asked may then be done all the same. NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def find(self, user: str, token: str) -> Account:
        """Return the user of this UPN or object id; NotFound if there is none."""
        answer = self._graph.get(f"{_path(_named(user))}?$select={FIELDS}", token)
        if not answer.is_success:
            raise _failure(refusals.read(answer), TO_READ)
        try:
            return msgspec.json.decode(answer.content, type=_User).read()
        except listing.UNREADABLE as error:
            raise Retryable("Microsoft Graph answered something unreadable") from error

    def revoke_sessions(self, directory_id: str, token: str) -> None:
        """Let every token from before now be refused; a repeat moves the moment."""
        answer = self._graph.post(f"{_path(object_id(directory_id))}/revokeSignInSessions", token)
        if not answer.is_success:
            raise _failure(refusals.read(answer), TO_REVOKE)
        if answer.content and not _is_done(answer.content):
            raise Retryable("Microsoft Graph does not say that it has ended the sessions")

    def set_enabled(self, directory_id: str, token: str, *, enabled: bool) -> None:
        """Let the user sign in, or not; Rejected for who is managed on premises."""
        answer = self._graph.patch(
            _path(object_id(directory_id)), token, {"accountEnabled": enabled}
        )
        if answer.is_success:
            return
        refusal = refusals.read(answer)
        if ON_PREMISES in refusal.message.lower():
            raise Rejected(
                "the account is managed on premises: enable or disable it in Active Directory, "
                f"and let it be synchronised ({refusal.trace})"
            )
        raise _failure(refusal, TO_ENABLE)


def object_id(directory_id: str) -> str:
    """Return the id, as Graph spells it; Rejected if it is none: it becomes part of addresses."""
    try:
        return str(UUID(directory_id))
    except ValueError:
        raise Rejected(f"{directory_id[:64]} is no id of a user in Entra ID") from None


def _failure(refusal: refusals.Refusal, needs: str) -> Failure:
    if refusal.status == httpx.codes.NOT_FOUND:
        return NotFound(f"Microsoft Graph knows no such user: check the name ({refusal.trace})")
    return refusals.failure(refusal, needs=needs)


def _is_done(content: bytes) -> bool:
    try:
        return msgspec.json.decode(content, type=_Revoked).value
    except listing.UNREADABLE:
        return False


def _smtp(addresses: Sequence[str]) -> tuple[str, ...]:
    lower = (each.lower() for each in addresses)
    return tuple(each.removeprefix(SMTP) for each in lower if each.startswith(SMTP))


def _path(user: str) -> str:
    """Return where a user is found; a name that begins with a dollar sign goes in brackets."""
    if user.startswith("$"):
        doubled = user.replace("'", "''")
        return f"users('{quote(doubled, safe='')}')"
    return f"users/{quote(user, safe='')}"


def _named(user: str) -> str:
    """Return the user's name; what is neither a UPN nor an id could be another part of Graph."""
    name, _, domain = user.rpartition("@")
    if name and domain:
        return user
    return object_id(user)
