"""Users: found and read, by id or by user principal name."""

import httpx

from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import not_found
from infra.local.simulators.graph.user_directory import USER, USUAL, UserDirectory

_KIND = "user"


class Users:
    """The operations on users; what changes them is not asked over HTTP."""

    def __init__(self, directory: UserDirectory) -> None:
        self._directory = directory

    def list(self, call: Call) -> httpx.Response:
        """Return the users of the tenant."""
        return call.many(
            "users",
            [user.shape for user in self._directory.users(call.tenant.tenant_id)],
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
        return call.one("users", user.shape, kind=_KIND, usual=USUAL)
