"""The write scope: whose mailboxes and devices the app may change."""

import re
from dataclasses import dataclass

from infra.azure.onboarding.exchange import Cmdlets, named, text
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import Wanted
from shared.errors import Rejected
from shared.exchange.transport import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteScopeStep:
    """Makes a management scope if a filter is given; without one the app may change everybody."""

    cmdlets: Cmdlets
    wanted: Wanted
    known: Known
    marks: frozenset[str] = frozenset({"scope"})

    def look(self) -> Standing:
        """See whether the scope stands, with this filter."""
        if not self.wanted.scope_filter:
            return Standing(Kind.IN_PLACE, "no write scope asked for: every mailbox")
        says = f"management scope {self.wanted.scope}: {self.wanted.scope_filter}"
        if (row := self._found()) is None:
            return Standing(Kind.CREATE, says)
        stands = text(row, "RecipientFilter")
        if _plain(stands) != _plain(self.wanted.scope_filter):
            raise Rejected(
                f"management scope {self.wanted.scope} stands with another filter: {stands}; if "
                "it means the same give it like this, otherwise change it by Set-ManagementScope"
            )
        return Standing(Kind.IN_PLACE, says)

    def apply(self) -> None:
        """Make the scope."""
        self.cmdlets.run(
            "New-ManagementScope",
            Name=self.wanted.scope,
            RecipientRestrictionFilter=self.wanted.scope_filter,
        )

    def leftover(self) -> str:
        """Say whether the scope is ours."""
        if not self.known.made("scope") or self._found() is None:
            return ""
        return f"management scope {self.wanted.scope}"

    def undo(self) -> None:
        """Remove the scope, unless somebody has given it to another role group."""
        used = self.cmdlets.rows(
            "Get-ManagementRoleAssignment", CustomRecipientWriteScope=self.wanted.scope
        )
        if used:
            holders = sorted({text(row, "RoleAssignee") for row in used})
            raise Rejected(
                f"management scope {self.wanted.scope} is still the scope of "
                f"{', '.join(holders)}: remove it there first"
            )
        self.cmdlets.run("Remove-ManagementScope", Identity=self.wanted.scope)

    def _found(self) -> Row | None:
        return named(self.cmdlets.rows("Get-ManagementScope"), self.wanted.scope)


def _plain(recipient_filter: str) -> str:
    """Return a filter without what Exchange adds to it: spaces, and brackets around it all."""
    plain = re.sub(r"\s+", " ", recipient_filter).strip()
    while plain.startswith("(") and plain.endswith(")") and _is_one_pair(plain):
        plain = plain[1:-1].strip()
    return plain


def _is_one_pair(bracketed: str) -> bool:
    depth = 0
    for place, character in enumerate(bracketed):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and place < len(bracketed) - 1:
            return False
    return True
