"""What ends a user's access: sessions revoked, and accounts disabled."""

from typing import Any

import httpx

from infra.local.simulators.graph.call import Call, answer, nothing
from infra.local.simulators.graph.directory_roles import ROLES
from infra.local.simulators.graph.refusals import bad_request, denied, not_found
from infra.local.simulators.graph.replication import Replication
from infra.local.simulators.graph.shapes import instant
from infra.local.simulators.graph.user_directory import User, UserDirectory

_TIME = "signInSessionsValidFromDateTime"
_WHOLE = frozenset({"User.ReadWrite.All", "Directory.ReadWrite.All"})
_SWITCH, _READ = frozenset({"User.EnableDisableAccount.All"}), frozenset({"User.Read.All"})
_OVER_ADMINISTRATORS = {
    ROLES["Global Administrator"],
    ROLES["Privileged Authentication Administrator"],
}


class SessionTimes:
    """When each user's sessions began to be valid, as far as the news has spread."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}  # by object id: what readers see until then

    def revoked(self, user: User, replication: Replication) -> None:
        """Note that a user's sessions are about to be revoked."""
        self._before[user.object_id] = str(user.shape[_TIME])
        replication.made(_key(user))

    def seen(self, user: User, replication: Replication) -> dict[str, Any]:
        """Return the time as this reader sees it; looking brings the news nearer."""
        now = instant(user.sessions_valid_from or user.created)
        is_known = user.object_id not in self._before or replication.shows(_key(user))
        return {_TIME: now if is_known else self._before[user.object_id]}


class Sessions:
    """The operations that end access."""

    def __init__(self, directory: UserDirectory, times: SessionTimes) -> None:
        self._directory, self._times = directory, times

    def revoke(self, call: Call) -> httpx.Response:
        """
        Revoke a user's sessions; the tokens that were issued live on until they expire.

        A guest signs in at home, where this does not reach. That it is answered like any other
        all the same, and that the time stays, is a guess.
        """
        user = self._named(call)
        if user.shape["userType"] != "Guest":
            self._times.revoked(user, call.replication)
            self._directory.revoke(user.object_id)
        context = f"{call.base}/$metadata#Edm.Boolean"
        return answer({"@odata.context": context, "value": True}, 200)

    def update(self, call: Call) -> httpx.Response:
        """Enable or disable an account: nothing else can be changed here."""
        may_switch = call.caller.may(_SWITCH) and call.caller.may(_READ)
        if not (may_switch or call.caller.may(_WHOLE)):
            raise denied()
        user, sent = self._named(call), call.body()
        if set(sent) != {"accountEnabled"} or not isinstance(sent["accountEnabled"], bool):
            raise bad_request("Invalid value specified for property of resource 'User'.")
        self._check(call, user)
        if sent["accountEnabled"]:
            self._directory.enable(user.object_id)
        else:
            self._directory.disable(user.object_id)
        return nothing()

    def _check(self, call: Call, user: User) -> None:
        """Refuse what the caller may not do to just this account."""
        roles = call.caller.directory_roles
        if user.is_administrator and roles.isdisjoint(_OVER_ADMINISTRATORS):
            raise denied()
        if user.shape["onPremisesSyncEnabled"] and self._directory.refuses_synced:
            raise bad_request(
                "Unable to update the specified properties for on-premises mastered Directory Sync "
                "objects or objects currently undergoing migration."
            )

    def _named(self, call: Call) -> User:
        user = self._directory.named(call.tenant.tenant_id, call.said["user"])
        if user is None:
            raise not_found(call.said["user"])
        return user


def _key(user: User) -> str:
    return f"{user.object_id}/sessions"
