"""Users: found and read, by id or by user principal name."""

from typing import Any

import httpx

from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import not_found
from infra.local.simulators.graph.sessions import SessionTimes
from infra.local.simulators.graph.user_directory import USER, USUAL, User, UserDirectory

_KIND = "user"


class Users:
    """The operations that read users."""

    def __init__(self, directory: UserDirectory, times: SessionTimes) -> None:
        self._directory, self._times = directory, times

    def list(self, call: Call) -> httpx.Response:
        """Return the users of the tenant."""
        found = self._directory.users(call.tenant.tenant_id)
        return call.many(
            "users",
            [self._shape(user, call) for user in found],
            kind=_KIND,
            names=USER,
            filters={"accountEnabled", "displayName", "id", "mail", "userPrincipalName"},
            usual=USUAL,
        )

    def get(self, call: Call) -> httpx.Response:
        """Return one user; one that is deleted is not found."""
        wanted = call.said["user"]
        user = self._directory.named(call.tenant.tenant_id, wanted)
        if user is None:
            raise not_found(wanted)
        return call.one("users", self._shape(user, call), kind=_KIND, usual=USUAL)

    def _shape(self, user: User, call: Call) -> dict[str, Any]:
        return {**user.shape, **self._times.seen(user, call.replication)}
