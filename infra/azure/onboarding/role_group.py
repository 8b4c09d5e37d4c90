"""The role group: the least roles that the app's actions need, and the app as its member."""

from dataclasses import dataclass, field

from infra.azure.onboarding.exchange import Cmdlets, named, text
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import ROLES, Wanted
from shared.errors import NotFound, Rejected
from shared.exchange.transport import Row

DESCRIPTION = "What easgate may do. Made by its set-up for application "  # and the client id

# Another administrator may have made the group, and manage it.
THOUGH_NOT_ITS_MANAGER = {"BypassSecurityGroupManagerCheck": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGroupStep:
    """Makes the role group; one that somebody else made, or has changed, is not touched."""

    cmdlets: Cmdlets
    wanted: Wanted
    known: Known
    marks: frozenset[str] = frozenset({"role-group"})

    def look(self) -> Standing:
        """See whether the group stands, with these roles and this scope."""
        limit = f", over {self.wanted.scope}" if self.wanted.scope_filter else ""
        says = f"role group {self.wanted.role_group}{limit}: {', '.join(ROLES)}"
        if (row := found(self.cmdlets, self.wanted)) is None:
            return Standing(Kind.CREATE, says)
        self._check(row)
        return Standing(Kind.IN_PLACE, says)

    def apply(self) -> None:
        """Make the group, still without a member."""
        scoped = {"CustomRecipientWriteScope": self.wanted.scope}
        self.cmdlets.run(
            "New-RoleGroup",
            Name=self.wanted.role_group,
            Roles=list(ROLES),
            Description=description(self.known),
            **(scoped if self.wanted.scope_filter else {}),
        )

    def leftover(self) -> str:
        """Say whether the group is ours."""
        row = found(self.cmdlets, self.wanted)
        return f"role group {self.wanted.role_group}" if row and _is_ours(row, self.known) else ""

    def undo(self) -> None:
        """Remove the group, unless somebody has put others into it."""
        row = found(self.cmdlets, self.wanted)
        if row is None:
            return
        if _members(row) - self.known.exchange_ids:
            raise Rejected(
                f"role group {self.wanted.role_group} has other members by now: take them out "
                "first, or keep it"
            )
        self.cmdlets.run(
            "Remove-RoleGroup", Identity=self.wanted.role_group, **THOUGH_NOT_ITS_MANAGER
        )

    def _check(self, row: Row) -> None:
        """Raise Rejected unless the group is what this run would make."""
        name = self.wanted.role_group
        if not _is_ours(row, self.known):
            raise Rejected(
                f"a role group named {name} stands there that was not made for this application: "
                "choose another --name, or remove it"
            )
        assigned = self.cmdlets.rows("Get-ManagementRoleAssignment", RoleAssignee=name)
        held = {text(each, "Role").casefold() for each in assigned}
        if lacking := [role for role in ROLES if role.casefold() not in held]:
            raise Rejected(
                f"role group {name} lacks {', '.join(lacking)}: give them to it by "
                "New-ManagementRoleAssignment, or take it all back by --undo and start again"
            )
        wanted = self.wanted.scope if self.wanted.scope_filter else ""
        scopes = {text(each, "CustomRecipientWriteScope") for each in assigned}
        if {each.casefold() for each in scopes} != {wanted.casefold()}:
            raise Rejected(
                f"role group {name} has the write scope {' and '.join(sorted(scopes)) or 'none'}, "
                f"and not {wanted or 'every mailbox'}: give the --scope-filter it was made with, "
                "or take it all back by --undo and start again"
            )


@dataclass(slots=True, kw_only=True)
class MemberStep:
    """
    Puts the service principal into the role group: from then on the app has its rights.

    By which of its names the group lists it is written down nowhere, so Exchange's word
    that it has been added counts too.
    """

    cmdlets: Cmdlets
    wanted: Wanted
    known: Known
    marks: frozenset[str] = frozenset({"member"})
    _added: bool = field(default=False, init=False)

    def look(self) -> Standing:
        """See whether it is a member."""
        says = f"service principal as member of {self.wanted.role_group}"
        is_member = self._added or bool(self._members() & self.known.exchange_ids)
        return Standing(Kind.IN_PLACE if is_member else Kind.CREATE, says)

    def apply(self) -> None:
        """Add it."""
        if not self.known.principal_id:
            raise NotFound("the service principal is not there yet")
        self.cmdlets.run(
            "Add-RoleGroupMember",
            Identity=self.wanted.role_group,
            Member=self.known.principal_id,
            **THOUGH_NOT_ITS_MANAGER,
        )
        self._added = True

    def leftover(self) -> str:
        """Say whether it may be a member."""
        if not self.known.exchange_ids or not self._members():
            return ""
        return f"the membership in {self.wanted.role_group}"

    def undo(self) -> None:
        """Take it out."""
        self.cmdlets.run(
            "Remove-RoleGroupMember",
            Identity=self.wanted.role_group,
            Member=self.known.principal_id,
            **THOUGH_NOT_ITS_MANAGER,
        )

    def _members(self) -> frozenset[str]:
        row = found(self.cmdlets, self.wanted)
        return _members(row) if row and _is_ours(row, self.known) else frozenset()


def found(cmdlets: Cmdlets, wanted: Wanted) -> Row | None:
    """Return the role group's row, if there is one."""
    return named(cmdlets.rows("Get-RoleGroup"), wanted.role_group)


def _members(row: Row) -> frozenset[str]:
    return frozenset(str(each).casefold() for each in row.get("Members") or ())


def _is_ours(row: Row, known: Known) -> bool:
    """Tell a group made for this application; for any of ours once the application is gone."""
    says = text(row, "Description")
    return says.startswith(DESCRIPTION) if known.application is None else says == description(known)


def description(known: Known) -> str:
    """Return what the group's description says, by which it is known as ours."""
    return DESCRIPTION + (known.application.client_id if known.application else "")
