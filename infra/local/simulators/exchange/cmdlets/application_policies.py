"""New- and Get-ApplicationAccessPolicy; the service calls it an error to have none."""

from enum import StrEnum
from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ApplicationPolicy, ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

_LIMIT = 300  # policies of one tenant


class AccessRight(StrEnum):
    """What a policy does to the applications it names."""

    RESTRICT = "RestrictAccess"
    DENY = "DenyAccess"


def _new(context: Context, arguments: Arguments) -> Outcome:
    tenant = context.tenant
    scope = tenant.find_mailbox(arguments.text("PolicyScopeGroupId") or "")
    made = [
        ApplicationPolicy(
            app_id=app_id,
            access_right=arguments.text("AccessRight") or "",
            scope_name=scope.display_name,
            scope_identity=scope.name,
            description=arguments.text("Description") or "",
            created=context.now,
        )
        for app_id in arguments.texts("AppId")
    ]
    known = tenant.administration.application_policies
    if len(known) + len(made) > _LIMIT:
        raise errors.invalid(f"A tenant has at most {_LIMIT} application access policies.")
    known += made
    return Outcome(rows=few([partial(_row, tenant.organization, one) for one in made]))


def _get(context: Context, arguments: Arguments) -> Outcome:
    tenant = context.tenant
    wanted = arguments.text("Identity")
    chosen = [
        one
        for one in tenant.administration.application_policies
        if wanted is None or wanted.casefold() == str(one.guid)
    ]
    if not chosen:
        raise errors.not_found(f"{tenant.tenant_id}\\{wanted or '*'}")
    return Outcome(rows=few([partial(_row, tenant.organization, one) for one in chosen]))


def _row(organization: Organization, policy: ApplicationPolicy) -> Values:
    entry = organization.entry(
        str(policy.guid),
        "msExchApplicationAccessPolicy",
        guid=policy.guid,
        created=policy.created,
        changed=policy.created,
    )
    return {
        "ScopeName": policy.scope_name,
        "ScopeIdentity": policy.scope_identity,
        "AppId": policy.app_id,
        "AccessRight": policy.access_right,
        "Description": policy.description,
        **tail(entry),
    }


_WRITERS = frozenset({ManagementRole.ORGANIZATION_CONFIGURATION})

CMDLETS = (
    Cmdlet(
        name="New-ApplicationAccessPolicy",
        parameters={
            "AccessRight": binding.choice(
                AccessRight, "Microsoft.Exchange.Data.ApplicationAccessPolicyRight"
            ),
            "AppId": binding.each(binding.guid),
            "PolicyScopeGroupId": binding.text,
            "Description": binding.text,
        },
        needs=(("AccessRight",), ("AppId",), ("PolicyScopeGroupId",)),
        roles=_WRITERS,
        run=_new,
    ),
    Cmdlet(
        name="Get-ApplicationAccessPolicy",
        parameters={"Identity": binding.text_or_null},
        roles=_WRITERS | {ManagementRole.VIEW_ONLY_CONFIGURATION},
        run=_get,
    ),
)
