"""Get-ManagementRole and Get-ManagementRoleAssignment: which role holds what, and for whom."""

from collections.abc import Mapping
from functools import partial
from uuid import NAMESPACE_DNS, UUID, uuid5

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import SHOULD_PROCESS, Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole, RoleGroup
from infra.local.simulators.exchange.rows import Values, tail


def cmdlets(known: Mapping[str, Cmdlet]) -> tuple[Cmdlet, ...]:
    """Return the two cmdlets; *known* are those that roles hold."""
    readers = frozenset({ManagementRole.ROLE_MANAGEMENT, ManagementRole.VIEW_ONLY_CONFIGURATION})
    return (
        Cmdlet(
            name="Get-ManagementRole",
            parameters={
                "Identity": binding.text_or_null,
                "Cmdlet": binding.text,
                "CmdletParameters": binding.texts,
            },
            roles=readers,
            run=partial(_get_roles, known),
        ),
        Cmdlet(
            name="Get-ManagementRoleAssignment",
            parameters=dict.fromkeys(
                ("Identity", "RoleAssignee", "Role", "CustomRecipientWriteScope"),
                binding.text_or_null,
            ),
            roles=readers,
            run=_get_assignments,
        ),
    )


def _get_roles(known: Mapping[str, Cmdlet], context: Context, arguments: Arguments) -> Outcome:
    roles = list(ManagementRole)
    if identity := arguments.text("Identity"):
        roles = [role for role in roles if role.casefold() == identity.casefold()]
        if not roles:
            raise errors.not_found(identity)
    if name := arguments.text("Cmdlet"):
        holders = _holders(known, name, arguments.texts("CmdletParameters"))
        roles = [role for role in roles if role in holders]
    organization = context.tenant.organization
    return Outcome(rows=few([partial(_role, organization, role) for role in roles]))


def _holders(
    known: Mapping[str, Cmdlet], name: str, parameters: tuple[str, ...]
) -> frozenset[ManagementRole]:
    cmdlet = {key.casefold(): one for key, one in known.items()}.get(name.casefold())
    if cmdlet is None:
        return frozenset()
    had = {one.casefold() for one in (*cmdlet.parameters, *SHOULD_PROCESS)}
    return cmdlet.roles if {one.casefold() for one in parameters} <= had else frozenset()


def _role(organization: Organization, role: ManagementRole) -> Values:
    return {
        "RoleEntries": (),
        "RoleType": role.replace(" ", "").replace("-", ""),
        "IsRootRole": True,
        "IsServicePrincipalRole": False,
        **_tail(organization, role, "msExchRole"),
    }


def _get_assignments(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    rows = [
        _assignment(organization, group, role)
        for group in context.tenant.role_groups
        for role in sorted(group.roles)
    ]
    for parameter, shown in (
        ("Identity", "Name"),
        ("RoleAssignee", "RoleAssignee"),
        ("Role", "Role"),
        ("CustomRecipientWriteScope", "CustomRecipientWriteScope"),
    ):
        if wanted := arguments.text(parameter):
            rows = [row for row in rows if str(row[shown]).casefold() == wanted.casefold()]
            if not rows and parameter == "Identity":
                raise errors.not_found(wanted)
    return Outcome(rows=few([partial(dict, row) for row in rows]))


def _assignment(organization: Organization, group: RoleGroup, role: ManagementRole) -> Values:
    scope = group.write_scope
    return {
        "App": None,
        "User": None,
        "Role": role,
        "RoleAssignee": group.name,
        "RoleAssigneeType": "RoleGroup",
        "CustomRecipientWriteScope": scope.name if scope else None,
        "CustomResourceScope": None,
        "RecipientReadScope": "Organization",
        "RecipientWriteScope": "CustomRecipientScope" if scope else "Organization",
        "Enabled": True,
        **_tail(organization, f"{role}-{group.name}", "msExchRoleAssignment"),
    }


def _tail(organization: Organization, name: str, kind: str) -> Values:
    guid: UUID = uuid5(NAMESPACE_DNS, f"{organization.tenant_id}.{kind}.{name}")
    created = organization.created
    return tail(organization.entry(name, kind, guid=guid, created=created, changed=created))
