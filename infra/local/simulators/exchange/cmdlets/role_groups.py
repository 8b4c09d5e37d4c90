"""Role groups: made with roles and a write scope, given members, and removed."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.cmdlets import management_scopes, service_principals
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import BUILT_IN_GROUPS, ManagementRole, RoleGroup
from infra.local.simulators.exchange.rows import Values, tail

_LONGEST_NAME = 64


def _get(context: Context, arguments: Arguments) -> Outcome:
    chosen = list(context.tenant.role_groups)
    if identity := arguments.text("Identity"):
        chosen = [_find(context, identity)]
    organization = context.tenant.organization
    return Outcome(rows=few([partial(_row, organization, group) for group in chosen]))


def _new(context: Context, arguments: Arguments) -> Outcome:
    name = arguments.text("Name") or ""
    groups = context.tenant.role_groups
    if any(group.name.casefold() == name.casefold() for group in groups):
        raise errors.already_exists(name)
    scope = arguments.text("CustomRecipientWriteScope")
    group = RoleGroup(
        name=name,
        roles=frozenset(_role(role) for role in arguments.texts("Roles")),
        created=context.now,
        write_scope=management_scopes.find(context, scope) if scope else None,
        description=arguments.text("Description") or "",
    )
    for member in [_member(context, one) for one in arguments.texts("Members")]:
        context.tenant.administration.join(group, member, context.now)
    groups.append(group)
    return Outcome(rows=few([partial(_row, context.tenant.organization, group)]))


def _add(context: Context, arguments: Arguments) -> Outcome:
    group, member = _addressed(context, arguments)
    if member in group.members:
        raise errors.invalid(
            f"The recipient '{member}' is already a member of the group '{group.name}'.",
            exception="Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException",
        )
    context.tenant.administration.join(group, member, context.now)
    return Outcome()


def _remove(context: Context, arguments: Arguments) -> Outcome:
    group, member = _addressed(context, arguments)
    if member not in group.members:
        raise errors.invalid(
            f"The recipient '{member}' isn't a member of the group '{group.name}'.",
            exception="Microsoft.Exchange.Management.Tasks.MemberNotFoundException",
        )
    group.members.discard(member)
    return Outcome()


def _remove_group(context: Context, arguments: Arguments) -> Outcome:
    """Remove a group with its role assignments; its members lose what only it gave them."""
    group = _changeable(context, arguments)
    if group.name in BUILT_IN_GROUPS:
        # That it is refused is documented; the text is a guess.
        raise errors.invalid(
            f"The role group '{group.name}' is built in and can't be removed.",
            exception="Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
        )
    context.tenant.role_groups.remove(group)
    return Outcome()


def _changeable(context: Context, arguments: Arguments) -> RoleGroup:
    group = _find(context, arguments.text("Identity") or "")
    if group.managed_by_others and not arguments.flag("BypassSecurityGroupManagerCheck"):
        # That it is refused is documented; the text and the type are guesses.
        raise errors.invalid(
            f"You aren't a manager of the group '{group.name}'. Use the switch"
            " BypassSecurityGroupManagerCheck to change it all the same.",
            exception="Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
        )
    return group


def _addressed(context: Context, arguments: Arguments) -> tuple[RoleGroup, str]:
    group = _changeable(context, arguments)
    return group, _member(context, arguments.text("Member") or "")


def _find(context: Context, identity: str) -> RoleGroup:
    for group in context.tenant.role_groups:
        if identity.casefold() in {group.name.casefold(), str(group.guid)}:
            return group
    raise errors.not_found(identity)


def _member(context: Context, identity: str) -> str:
    return str(service_principals.find(context, identity).object_id)


def _role(name: str) -> ManagementRole:
    for role in ManagementRole:
        if role.casefold() == name.casefold():
            return role
    raise errors.not_found(name)


def _row(organization: Organization, group: RoleGroup) -> Values:
    entry = organization.entry(
        group.name, "group", guid=group.guid, created=group.created, changed=group.created
    )
    roles = sorted(group.roles)
    return {
        "ManagedBy": ["Somebody Else"] if group.managed_by_others else (),
        "RoleAssignments": [f"{role}-{group.name}" for role in roles],
        "Roles": roles,
        "DisplayName": group.name,
        "Members": sorted(group.members),
        "Description": group.description,
        "RoleGroupType": "Standard",
        **tail(entry),
    }


_WRITERS = frozenset({ManagementRole.ROLE_MANAGEMENT})
_CHANGING = {"Identity": binding.text, "BypassSecurityGroupManagerCheck": binding.boolean}

CMDLETS = (
    Cmdlet(
        name="Get-RoleGroup",
        parameters={"Identity": binding.text_or_null, "ResultSize": binding.result_size},
        roles=_WRITERS | {ManagementRole.VIEW_ONLY_CONFIGURATION},
        run=_get,
    ),
    Cmdlet(
        name="New-RoleGroup",
        parameters={
            "Name": binding.at_most(_LONGEST_NAME),
            **dict.fromkeys(("Roles", "Members"), binding.texts),
            **dict.fromkeys(("CustomRecipientWriteScope", "Description"), binding.text),
            "Force": binding.boolean,
        },
        needs=(("Name",),),
        roles=_WRITERS,
        run=_new,
    ),
    Cmdlet(
        name="Remove-RoleGroup",
        parameters=_CHANGING | {"Force": binding.boolean},
        needs=(("Identity",),),
        roles=_WRITERS,
        run=_remove_group,
    ),
    *(
        Cmdlet(
            name=name,
            parameters=_CHANGING | {"Member": binding.text},
            needs=(("Identity",), ("Member",)),
            roles=_WRITERS,
            run=run,
        )
        for name, run in (("Add-RoleGroupMember", _add), ("Remove-RoleGroupMember", _remove))
    ),
)
