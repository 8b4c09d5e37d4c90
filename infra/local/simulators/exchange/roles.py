"""Who may run which cmdlet: directory roles and role groups, both by way of management roles."""

from dataclasses import dataclass, field
from enum import StrEnum


class ManagementRole(StrEnum):
    """Exchange's own roles: each holds a set of cmdlets."""

    VIEW_ONLY_RECIPIENTS = "View-Only Recipients"
    VIEW_ONLY_CONFIGURATION = "View-Only Configuration"
    MAIL_RECIPIENTS = "Mail Recipients"
    USER_OPTIONS = "User Options"
    RECIPIENT_POLICIES = "Recipient Policies"
    ORGANIZATION_CLIENT_ACCESS = "Organization Client Access"
    ORGANIZATION_CONFIGURATION = "Organization Configuration"


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
    "f2ef992c-3afb-46b9-b7cf-a26ee74c751e": READING,  # Global Reader
    "5d6b6bb7-de71-4623-b4af-96380a352509": READING,  # Security Reader
}


@dataclass(slots=True, kw_only=True)
class RoleGroup:
    """A custom role group: what its members may do, on top of their directory roles."""

    name: str
    roles: frozenset[ManagementRole]
    members: set[str] = field(default_factory=set)  # application (client) ids
