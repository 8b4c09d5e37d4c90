"""Who may run which cmdlet on whom: directory roles, role groups, and how far each reaches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from infra.local.simulators.exchange.mailboxes import Mailbox


class ManagementRole(StrEnum):
    """Exchange's own roles: each holds a set of cmdlets."""

    VIEW_ONLY_RECIPIENTS = "View-Only Recipients"
    VIEW_ONLY_CONFIGURATION = "View-Only Configuration"
    MAIL_RECIPIENTS = "Mail Recipients"
    USER_OPTIONS = "User Options"
    RECIPIENT_POLICIES = "Recipient Policies"
    ORGANIZATION_CLIENT_ACCESS = "Organization Client Access"
    ORGANIZATION_CONFIGURATION = "Organization Configuration"
    ROLE_MANAGEMENT = "Role Management"


EVERY_ROLE = frozenset(ManagementRole)
READING = frozenset({ManagementRole.VIEW_ONLY_RECIPIENTS, ManagementRole.VIEW_ONLY_CONFIGURATION})

# The directory roles that Exchange accepts in an app-only token, by template id.
DIRECTORY_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": EVERY_ROLE,  # Global Administrator
    "29232cdf-9323-42fd-ade2-1d097af3e4de": EVERY_ROLE,  # Exchange Administrator
    "31392ffb-586c-42d1-9346-e59415a2cc4e": frozenset(  # Exchange Recipient Administrator
        {
            ManagementRole.VIEW_ONLY_RECIPIENTS,
            ManagementRole.MAIL_RECIPIENTS,
            ManagementRole.RECIPIENT_POLICIES,
        }
    ),
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": frozenset(  # Helpdesk Administrator
        {ManagementRole.VIEW_ONLY_RECIPIENTS, ManagementRole.USER_OPTIONS}
    ),
    "17315797-102d-40b4-93e0-432062caca18": READING,  # Compliance Administrator
    "194ae4cb-b126-40b2-bd5b-6091b380977d": READING,  # Security Administrator
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": READING,  # Global Reader
    "5d6b6bb7-de71-4623-b4af-96380a352509": READING,  # Security Reader
}

# The role groups that every tenant has, without members.
BUILT_IN_GROUPS = {
    "Organization Management": EVERY_ROLE,
    "Recipient Management": frozenset({ManagementRole.MAIL_RECIPIENTS}),
    "View-Only Organization Management": READING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementScope:
    """The recipients that a filter finds, as far as a role group may change anything."""

    name: str
    recipient_filter: str
    holds: Callable[[Mailbox], bool]
    created: datetime
    guid: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Roles that a caller holds, and whom they let it change; None is everybody."""

    roles: frozenset[ManagementRole]
    write_scope: ManagementScope | None = None


@dataclass(slots=True, kw_only=True)
class RoleGroup:
    """What the members of a role group may do, on top of their directory roles."""

    name: str
    roles: frozenset[ManagementRole]
    created: datetime
    write_scope: ManagementScope | None = None
    description: str = ""
    # Application (client) ids, or object ids of their service principals.
    members: set[str] = field(default_factory=set)
    pending: dict[str, datetime] = field(default_factory=dict)  # when a new membership counts
    # Its ManagedBy names others and not the caller, who then has to bypass that check.
    managed_by_others: bool = False
    guid: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrincipal:
    """An application made known to Exchange; callers are recognised by the object id."""

    app_id: UUID
    object_id: UUID  # of the enterprise application, as the token's oid says it
    display_name: str
    created: datetime
    guid: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPolicy:
    """An application access policy: it narrows data access, and no cmdlet here heeds it."""

    app_id: str
    access_right: str
    scope_name: str
    scope_identity: str
    description: str
    created: datetime
    guid: UUID = field(default_factory=uuid4)


@dataclass(slots=True)
class Administration:
    """Who administers a tenant; applications are in no group until somebody adds them."""

    role_groups: list[RoleGroup] = field(default_factory=list)
    scopes: dict[str, ManagementScope] = field(default_factory=dict)  # by name in lower case
    service_principals: list[ServicePrincipal] = field(default_factory=list)
    application_policies: list[ApplicationPolicy] = field(default_factory=list)

    # How long a membership given by a cmdlet takes to count; no figure is published.
    propagation: timedelta = timedelta(0)

    # Whether a role group still lists a principal that was removed is not documented: a guess,
    # after the directory's links, which never outlive what they point to.
    memberships_outlive_principals: bool = False

    def join(self, group: RoleGroup, member: str, now: datetime) -> None:
        """Make a member, who may do nothing new until the news has spread."""
        group.members.add(member)
        group.pending[member] = now + self.propagation

    def withdraw(self, principal: ServicePrincipal) -> None:
        """Forget an application, and with it its memberships unless they outlive it."""
        self.service_principals.remove(principal)
        if self.memberships_outlive_principals:
            return
        for group in self.role_groups:
            group.members -= {str(principal.object_id), str(principal.app_id)}

    def grants(
        self, app_id: str, object_id: str, directory_roles: frozenset[str], now: datetime
    ) -> tuple[Grant, ...]:
        """Return what an application may do; both kinds of grant add up."""
        ids = {app_id.casefold(), object_id.casefold()} - {""}
        directory = [DIRECTORY_ROLES[role] for role in directory_roles if role in DIRECTORY_ROLES]
        own = [
            group
            for group in self.role_groups
            if ids & {one.casefold() for one in group.members if group.pending.get(one, now) <= now}
        ]
        return (
            *(Grant(roles=roles) for roles in directory),
            *(Grant(roles=group.roles, write_scope=group.write_scope) for group in own),
        )
