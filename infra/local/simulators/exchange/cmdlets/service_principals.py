"""New-, Get- and Remove-ServicePrincipal: how an application is made known to Exchange."""

from functools import partial
from uuid import UUID

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole, ServicePrincipal
from infra.local.simulators.exchange.rows import Values, tail


def _new(context: Context, arguments: Arguments) -> Outcome:
    object_id = arguments.text("ObjectId") or arguments.text("ServiceId") or ""
    made = ServicePrincipal(
        app_id=UUID(arguments.text("AppId")),
        object_id=UUID(object_id),
        display_name=arguments.text("DisplayName") or "",
        created=context.now,
    )
    known = context.tenant.administration.service_principals
    if any(one.app_id == made.app_id or one.object_id == made.object_id for one in known):
        raise errors.already_exists(str(made.object_id))
    known.append(made)
    return Outcome(rows=few([partial(_row, context.tenant.organization, made)]))


def _get(context: Context, arguments: Arguments) -> Outcome:
    chosen = list(context.tenant.administration.service_principals)
    if identity := arguments.text("Identity"):
        chosen = [_named(context, identity)]
    organization = context.tenant.organization
    return Outcome(rows=few([partial(_row, organization, one) for one in chosen]))


def _remove(context: Context, arguments: Arguments) -> Outcome:
    principal = _named(context, arguments.text("Identity") or "")
    context.tenant.administration.withdraw(principal)
    return Outcome()


def _named(context: Context, identity: str) -> ServicePrincipal:
    """Return the one principal with this object id, application id, id or display name."""
    sought = identity.casefold()
    chosen = [
        one
        for one in context.tenant.administration.service_principals
        if sought in {str(one.object_id), str(one.app_id), str(one.guid)}
        or sought == one.display_name.casefold()
    ]
    if not chosen:
        raise errors.not_found(identity)
    if len(chosen) > 1:
        raise errors.ambiguous(identity)
    return chosen[0]


def find(context: Context, identity: str) -> ServicePrincipal:
    """Return the principal of this object id or id, or raise."""
    for one in context.tenant.administration.service_principals:
        if identity.casefold() in {str(one.object_id), str(one.guid)}:
            return one
    raise errors.not_found(identity)


def _row(organization: Organization, one: ServicePrincipal) -> Values:
    entry = organization.entry(
        str(one.object_id),
        "msExchServicePrincipal",
        guid=one.guid,
        created=one.created,
        changed=one.created,
    )
    ids = {"AppId": str(one.app_id), "ObjectId": str(one.object_id)}
    return {"DisplayName": one.display_name, **ids, **tail(entry)}


CMDLETS = (
    Cmdlet(
        name="New-ServicePrincipal",
        parameters={
            **dict.fromkeys(("AppId", "ObjectId", "ServiceId"), binding.guid),
            "DisplayName": binding.text,
        },
        needs=(("AppId",), ("ObjectId", "ServiceId")),
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT}),
        run=_new,
    ),
    Cmdlet(
        name="Get-ServicePrincipal",
        parameters={"Identity": binding.text_or_null},
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT, ManagementRole.VIEW_ONLY_CONFIGURATION}),
        run=_get,
    ),
    Cmdlet(
        name="Remove-ServicePrincipal",
        parameters={"Identity": binding.text},
        needs=(("Identity",),),
        roles=frozenset({ManagementRole.ROLE_MANAGEMENT}),
        run=_remove,
    ),
)
