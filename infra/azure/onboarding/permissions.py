"""The application permissions that the app can be given, and what they are called in the tenant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

import msgspec

from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.registered import READING
from shared.errors import Misconfigured

EXCHANGE_APP_ID = "00000002-0000-0ff1-ce00-000000000000"  # "Office 365 Exchange Online"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"  # "Microsoft Graph"
MANAGE_AS_APP = "dc50a0fb-09a3-484d-be87-e023b12c6440"  # its app role Exchange.ManageAsApp


class UserCertificates(StrEnum):
    """What the app is to do about the certificates that users sign in with."""

    READ = "read"
    CHANGE = "change"
    OFFBOARD = "offboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission; the record notes it by its name, but for the one that is always there."""

    name: str
    app_id: str = GRAPH_APP_ID

    def mark(self, step: str) -> str:
        """Return what the record calls it, if a step of this kind has seen to it."""
        return step if self == MANAGING else f"{step}-{self.name}"


MANAGING = Permission(name="Exchange.ManageAsApp", app_id=EXCHANGE_APP_ID)
READING_THEM = (
    "AuditLog.Read.All",
    "Domain-InternalFederation.Read.All",
    "Domain.Read.All",
    "Organization.Read.All",
    "Policy.Read.AuthenticationMethod",
    "PublicKeyInfrastructure.Read.All",
    "User.Read.All",
)
# What changes them looks at them first.
NAMES = {
    UserCertificates.READ: READING_THEM,
    UserCertificates.CHANGE: (
        *READING_THEM,
        "Domain-InternalFederation.ReadWrite.All",
        "Organization.ReadWrite.All",
        "Policy.ReadWrite.AuthenticationMethod",
        "PublicKeyInfrastructure.ReadWrite.All",
    ),
    UserCertificates.OFFBOARD: (
        "User.EnableDisableAccount.All",
        "User.Read.All",
        "User.RevokeSessions.All",
    ),
}


def needed(purposes: Iterable[UserCertificates]) -> tuple[Permission, ...]:
    """Return the least that the app needs to do this, and what it always needs before it."""
    names = {name for purpose in purposes for name in NAMES[purpose]}
    return (MANAGING, *(Permission(name=name) for name in sorted(names)))


def listed(permissions: Iterable[Permission]) -> str:
    """Return their names, to read."""
    return ", ".join(each.name for each in permissions)


class _AppRole(msgspec.Struct, rename="camel"):
    id: str
    value: str | None = None
    is_enabled: bool = True
    allowed_member_types: list[str] = []


class _Service(msgspec.Struct, rename="camel"):
    app_roles: list[_AppRole] = []


@dataclass(slots=True, kw_only=True)
class Roles:
    """The ids of the permissions, as the tenant's own service principals name them."""

    graph: Graph
    _offered: dict[str, dict[str, str]] = field(default_factory=dict, init=False)

    def id(self, permission: Permission) -> str:
        """Return the app role's id; Misconfigured if the service offers none of this name."""
        if permission == MANAGING:
            return MANAGE_AS_APP
        if permission.app_id not in self._offered:
            self._offered[permission.app_id] = self._read(permission.app_id)
        found = self._offered[permission.app_id].get(permission.name)
        if found is None:
            raise Misconfigured(
                f"Microsoft Graph offers no application permission {permission.name} in this "
                "tenant: is it offered in this cloud?"
            )
        return found

    def _read(self, app_id: str) -> dict[str, str]:
        path = f"servicePrincipals(appId='{quote(app_id, safe='')}')?$select=id,appRoles"
        roles = self.graph.read(path, _Service, needs=READING).app_roles
        return {
            each.value: each.id
            for each in roles
            if each.value and each.is_enabled and "Application" in each.allowed_member_types
        }
