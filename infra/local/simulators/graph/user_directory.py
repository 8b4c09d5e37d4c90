"""The people of each tenant, and what becomes of them; whoever watches hears of every change."""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from infra.local.simulators.graph.shapes import instant

# What a reader gets without a selection: whether an account is enabled has to be asked for.
USUAL = (
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone"),
    *("officeLocation", "preferredLanguage", "surname", "userPrincipalName", "id"),
)
USER = {
    *(*USUAL, "accountEnabled", "createdDateTime", "deletedDateTime", "department"),
    *("employeeId", "mailNickname", "onPremisesImmutableId", "usageLocation", "userType"),
    *("authorizationInfo", "onPremisesSyncEnabled", "onPremisesUserPrincipalName"),
    *("proxyAddresses", "signInSessionsValidFromDateTime"),
}
_OWN = {
    *("id", "accountEnabled", "createdDateTime", "deletedDateTime", "userPrincipalName"),
    "signInSessionsValidFromDateTime",
}


class Standing(StrEnum):
    """Whether a user is there; a deleted one could come back, a purged one is gone."""

    PRESENT = "present"
    DELETED = "deleted"
    PURGED = "purged"


class Change(StrEnum):
    """What notifications call a change: only a purge is a deletion to them."""

    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person's account."""

    object_id: str
    tenant_id: str
    user_principal_name: str
    created: datetime
    enabled: bool = True
    is_administrator: bool = False  # by a privileged role
    sessions_valid_from: datetime | None = None  # since the account was made, if never revoked
    standing: Standing = Standing.PRESENT
    deleted: datetime | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)  # by Graph's names
    serial: int = 0  # of the last change, counted over the whole directory

    @property
    def shape(self) -> dict[str, Any]:
        """Return everything there is to select."""
        unset = dict.fromkeys(sorted(USER)) | {
            "authorizationInfo": {"certificateUserIds": []},
            "businessPhones": [],
            "proxyAddresses": [],
            "userType": "Member",
        }
        own = {
            "id": self.object_id,
            "userPrincipalName": self.user_principal_name,
            "accountEnabled": self.enabled,
            "createdDateTime": instant(self.created),
            "deletedDateTime": instant(self.deleted) if self.deleted else None,
            "signInSessionsValidFromDateTime": instant(self.sessions_valid_from or self.created),
        }
        return {**unset, **self.properties, **own}


Watcher = Callable[[User, Change], object]


class UserDirectory:
    """Every account there is or was; safe to change while it is read."""

    def __init__(self, clock: Callable[[], datetime], lock: threading.RLock) -> None:
        self._clock, self._lock = clock, lock
        self._users: dict[str, User] = {}
        self._watchers: list[Watcher] = []
        self.serial = 0
        # Most properties of accounts that come from on premises cannot be changed here. Whether
        # they can be disabled is not documented; the steps for shutting somebody out do it.
        self.refuses_synced = False

    def watch(self, watcher: Watcher) -> None:
        """Tell *watcher* of every change from now on."""
        self._watchers.append(watcher)

    def add(
        self,
        tenant_id: str,
        user_principal_name: str,
        *,
        object_id: str = "",
        enabled: bool = True,
        **properties: object,
    ) -> User:
        """
        Add an account, with properties by Graph's names.

        ValueError where the name is taken, or a property is unknown.
        """
        tenant_id = tenant_id.lower()
        with self._lock:
            if self.named(tenant_id, user_principal_name):
                raise ValueError(f"there is a {user_principal_name} already")
            user = User(
                object_id=object_id or str(uuid.uuid4()),
                tenant_id=tenant_id,
                user_principal_name=user_principal_name,
                created=self._clock(),
                enabled=enabled,
                properties={"mail": user_principal_name, **_checked(properties)},
            )
            return self._keep(user, Change.UPDATED)

    def disable(self, object_id: str) -> User:
        """Disable an account; one that is disabled already does not change."""
        return self._set_enabled(object_id, to=False)

    def enable(self, object_id: str) -> User:
        """Enable an account; one that is enabled already does not change."""
        return self._set_enabled(object_id, to=True)

    def promote(self, object_id: str) -> User:
        """Give a user a privileged role."""
        with self._lock:
            return self._keep(replace(self.user(object_id), is_administrator=True), Change.UPDATED)

    def revoke(self, object_id: str) -> User:
        """Let every session that has begun until now be void."""
        with self._lock:
            revoked = replace(self.user(object_id), sessions_valid_from=self._clock())
            return self._keep(revoked, Change.UPDATED)

    def update(self, object_id: str, **properties: object) -> User:
        """Change other properties, by Graph's names."""
        with self._lock:
            user = self.user(object_id)
            changed = {**user.properties, **_checked(properties)}
            return self._keep(replace(user, properties=changed), Change.UPDATED)

    def delete(self, object_id: str) -> User:
        """Delete an account so that it could be restored; readers do not find it any more."""
        with self._lock:
            user = self.user(object_id)
            gone = replace(user, standing=Standing.DELETED, deleted=self._clock())
            return self._keep(gone, Change.UPDATED)

    def purge(self, object_id: str) -> User:
        """Delete an account, or one that is deleted already, for good."""
        with self._lock:
            user = self._users[object_id]
            if user.standing is Standing.PURGED:
                raise KeyError(object_id)
            return self._keep(replace(user, standing=Standing.PURGED), Change.DELETED)

    def user(self, object_id: str) -> User:
        """Return an account that is there; KeyError for any other."""
        user = self._users[object_id]
        if user.standing is not Standing.PRESENT:
            raise KeyError(object_id)
        return user

    def named(self, tenant_id: str, name: str) -> User | None:
        """Find an account that is there by its id or its user principal name."""
        return next(
            (
                user
                for user in self.users(tenant_id)
                if name.casefold() in {user.object_id, user.user_principal_name.casefold()}
            ),
            None,
        )

    def users(self, tenant_id: str) -> list[User]:
        """Return the accounts that are there."""
        known = self.everybody(tenant_id)
        return [user for user in known if user.standing is Standing.PRESENT]

    def everybody(self, tenant_id: str) -> list[User]:
        """Return the accounts that are or were there."""
        with self._lock:
            return [user for user in self._users.values() if user.tenant_id == tenant_id]

    def _set_enabled(self, object_id: str, *, to: bool) -> User:
        with self._lock:
            user = self.user(object_id)
            if user.enabled is to:
                return user
            return self._keep(replace(user, enabled=to), Change.UPDATED)

    def _keep(self, user: User, change: Change) -> User:
        self.serial += 1
        kept = replace(user, serial=self.serial)
        self._users[user.object_id] = kept
        for watcher in self._watchers:
            watcher(kept, change)
        return kept


def _checked(properties: Mapping[str, object]) -> Mapping[str, object]:
    if strange := set(properties) - (USER - _OWN):
        raise ValueError(f"a user has no property {min(strange)} that could be set here")
    return properties
