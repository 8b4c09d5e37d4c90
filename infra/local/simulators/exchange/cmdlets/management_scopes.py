"""New-, Get- and Remove-ManagementScope: whom a role group may change."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole, ManagementScope
from infra.local.simulators.exchange.rows import Values, tail

_LONGEST_NAME = 64


def _new(context: Context, arguments: Arguments) -> Outcome:
    name = arguments.text("Name") or ""
    if name.casefold() in context.tenant.administration.scopes:
        raise errors.already_exists(name)
    scope = context.tenant.add_scope(name, arguments.text("RecipientRestrictionFilter") or "")
    return Outcome(rows=few([partial(_row, context.tenant.organization, scope)]))


def _get(context: Context, arguments: Arguments) -> Outcome:
    chosen = list(context.tenant.administration.scopes.values())
    if identity := arguments.text("Identity"):
        chosen = [find(context, identity)]
    organization = context.tenant.organization
    return Outcome(rows=few([partial(_row, organization, scope) for scope in chosen]))


def _remove(context: Context, arguments: Arguments) -> Outcome:
    """Remove a scope that no role assignment uses; a group without roles has none."""
    scope = find(context, arguments.text("Identity") or "")
    groups = context.tenant.role_groups
    users = [group.name for group in groups if group.write_scope is scope and group.roles]
    if users:
        # That it is refused is documented; the text and the type are guesses.
        raise errors.invalid(
            f"The management scope '{scope.name}' can't be removed because role assignments use"
            f" it: {', '.join(users)}."
        )
    del context.tenant.administration.scopes[scope.name.casefold()]
    return Outcome()


def find(context: Context, identity: str) -> ManagementScope:
    """Return the scope of this name or id, or raise."""
    for scope in context.tenant.administration.scopes.values():
        if identity.casefold() in {scope.name.casefold(), str(scope.guid)}:
            return scope
    raise errors.not_found(identity)


def _row(organization: Organization, scope: ManagementScope) -> Values:
    entry = organization.entry(
        scope.name,
        "msExchScope",
        guid=scope.guid,
        created=scope.created,
        changed=scope.created,
    )
    return {
        "RecipientRoot": None,
        "RecipientFilter": scope.recipient_filter,
        "ServerFilter": "",
        "ScopeRestrictionType": "RecipientScope",
        "Exclusive": False,
        **tail(entry),
    }


CMDLETS = (
    Cmdlet(
        name="New-ManagementScope",
        parameters={
            "Name": binding.at_most(_LONGEST_NAME),
            "RecipientRestrictionFilter": binding.text,
            "Force": binding.boolean,
        },
        needs=(("Name",), ("RecipientRestrictionFilter",)),
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT}),
        run=_new,
    ),
    Cmdlet(
        name="Get-ManagementScope",
        parameters={"Identity": binding.text_or_null},
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT, ManagementRole.VIEW_ONLY_CONFIGURATION}),
        run=_get,
    ),
    Cmdlet(
        name="Remove-ManagementScope",
        parameters={"Identity": binding.text, "Force": binding.boolean},
        needs=(("Identity",),),
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT}),
        run=_remove,
    ),
)
