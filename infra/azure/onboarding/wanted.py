"""What the operator asks for, and the names that follow from it."""

from dataclasses import dataclass

from infra.azure.onboarding import permissions
from infra.azure.onboarding.permissions import Permission, UserCertificates
from shared.errors import Rejected
from shared.exchange.management_roles import (
    READ_RECIPIENTS,
    READ_SETTINGS,
    WRITE_POLICIES,
    WRITE_RECIPIENTS,
    WRITE_SETTINGS,
)

# The least that all of the app's actions need.
ROLES = (READ_RECIPIENTS, READ_SETTINGS, WRITE_RECIPIENTS, WRITE_POLICIES, WRITE_SETTINGS)
LONGEST_NAME = 64  # of anything in Exchange
GROUP = "device managers"
SCOPE = "managed mailboxes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One tenant's set-up; no client id means an application of our own making."""

    name: str
    client_id: str = ""
    scope_filter: str = ""  # empty: every mailbox may be changed
    grants: bool = False  # whether the signed-in person consents for the tenant
    user_certificates: tuple[UserCertificates, ...] = ()  # what the app is to do about them

    @property
    def role_group(self) -> str:
        """The role group's name in Exchange."""
        return f"{self.name} {GROUP}"

    @property
    def scope(self) -> str:
        """The write scope's name in Exchange."""
        return f"{self.name} {SCOPE}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The application permissions that the app needs."""
        return permissions.needed(self.user_certificates)

    def check(self) -> None:
        """Raise Rejected for names that no service would take, or that would hide something."""
        longest = LONGEST_NAME - 1 - max(len(GROUP), len(SCOPE))
        if not self.name.strip() or self.name != self.name.strip() or len(self.name) > longest:
            raise Rejected(f"--name has 1 to {longest} characters, without space around them")
        if not (self.name + self.scope_filter).isprintable():
            raise Rejected("--name and --scope-filter hold characters that cannot be printed")
