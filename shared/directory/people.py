"""The people of a tenant, in Microsoft Graph: who they are, and whose account is disabled."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec

from shared.devices.subject import Person
from shared.directory import listing, refusals
from shared.directory.graph import Graph
from shared.errors import NotPermitted, Rejected, Retryable

FIELDS = "id,userPrincipalName,mail,accountEnabled"
MOST = 999  # users on a page
DISABLED = quote("accountEnabled eq false")
GONE = "Request_ResourceNotFound"
TO_READ = (
    "grant the app the application permission User.Read.All, with admin consent, so that it can "
    "see whose account is disabled"
)


class _User(msgspec.Struct, rename="camel"):
    id: str
    user_principal_name: str | None = None
    mail: str | None = None
    account_enabled: bool | None = None

    def person(self) -> Person:
        """Return who it is; NotPermitted if we are not told whether the account is enabled."""
        if self.account_enabled is None:
            raise NotPermitted(f"Microsoft Graph does not tell of an account: {TO_READ}")
        return Person(
            directory_id=self.id,
            upn=self.user_principal_name or "",
            mail=self.mail or "",
            is_enabled=self.account_enabled,
        )


class People:
    """
    Users, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read;
    NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def find(self, directory_id: str, token: str) -> Person | None:
        """Return who has this id; None if nobody does, also where the user was just deleted."""
        path = f"users/{_guid(directory_id)}?$select={FIELDS}"
        answer = self._graph.get(path, token)
        if not answer.is_success:
            refusal = refusals.read(answer)
            if refusal.status == httpx.codes.NOT_FOUND and GONE in refusal.codes:
                return None
            raise refusals.failure(refusal, needs=TO_READ)
        try:
            return msgspec.json.decode(answer.content, type=_User).person()
        except listing.UNREADABLE as error:
            raise Retryable("Microsoft Graph answered something unreadable") from error

    def disabled(self, token: str) -> Iterator[Person]:
        """Yield everybody whose account is disabled; a Failure in the midst: there are more."""
        path = f"users?$filter={DISABLED}&$select={FIELDS}&$top={MOST}"
        for user in listing.each(self._graph, path, token, shape=_User, needs=TO_READ):
            person = user.person()
            # The index that a filter asks lags behind what it shows.
            if not person.is_enabled:
                yield person


def _guid(directory_id: str) -> UUID:
    try:
        return UUID(directory_id)
    except ValueError:
        raise Rejected(f"{directory_id[:64]} is no id of a user in Entra ID") from None
