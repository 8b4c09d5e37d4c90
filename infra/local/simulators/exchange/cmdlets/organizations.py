"""Get- and Set-OrganizationConfig, and Get-AcceptedDomain: what a connection test asks for."""

from functools import partial
from uuid import NAMESPACE_DNS, uuid5

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cas_settings import EWS_POLICY
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

_DEFAULTS: dict[str, object] = {  # a few of the real row's hundreds of properties
    "OAuth2ClientProfileEnabled": True,
    "OutlookMobileGCCRestrictionsEnabled": False,
    "OutlookMobileSingleAccountEnabled": False,
    "MobileAppEducationEnabled": True,
    "EwsApplicationAccessPolicy": None,
}
_BINDERS = {
    **dict.fromkeys(_DEFAULTS, binding.boolean),
    "EwsApplicationAccessPolicy": EWS_POLICY,
}


def _get_config(context: Context, _: Arguments) -> Outcome:
    organization = context.tenant.directory.seen_organization()
    return Outcome(rows=few([partial(_config, organization)]))


def _set_config(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    held = _DEFAULTS | organization.config
    config = arguments.applied_to(held, _BINDERS)
    if config == held:
        return Outcome(warnings=[no_change(organization.domain)])
    context.tenant.before_write(organization)
    organization.config = config
    return Outcome()


def _config(organization: Organization) -> Values:
    entry = organization.entry(
        organization.domain,
        "msExchOrganizationContainer",
        guid=organization.tenant_id,
        created=organization.created,
        changed=organization.created,
    )
    return {
        "DisplayName": organization.domain.partition(".")[0],
        "IsDehydrated": False,
        **_DEFAULTS,
        **organization.config,
        "EwsEnabled": None,
        **tail(entry),
    }


def _get_domains(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.directory.seen_organization()
    chosen = list(organization.domains)
    if identity := arguments.text("Identity"):
        chosen = [name for name in chosen if name.casefold() == identity.casefold()]
        if not chosen:
            raise errors.not_found(identity)
    return Outcome(rows=few([partial(_domain, organization, name) for name in chosen]))


def _domain(organization: Organization, name: str) -> Values:
    initial = name == organization.domain
    entry = organization.entry(
        name,
        "msExchAcceptedDomain",
        guid=uuid5(NAMESPACE_DNS, f"{organization.tenant_id}.{name}"),
        created=organization.created,
        changed=organization.created,
    )
    return {
        "DomainName": name,
        "DomainType": "Authoritative",
        "MatchSubDomains": False,
        "Default": initial,
        "InitialDomain": initial,
        "AuthenticationType": "Managed",
        **tail(entry),
    }


_READERS = frozenset(
    {ManagementRole.VIEW_ONLY_CONFIGURATION, ManagementRole.ORGANIZATION_CONFIGURATION}
)

CMDLETS = (
    Cmdlet(name="Get-OrganizationConfig", parameters={}, roles=_READERS, run=_get_config),
    Cmdlet(
        name="Set-OrganizationConfig",
        parameters=_BINDERS,
        roles=frozenset({ManagementRole.ORGANIZATION_CONFIGURATION}),
        run=_set_config,
    ),
    Cmdlet(
        name="Get-AcceptedDomain",
        parameters={"Identity": binding.text_or_null, "ResultSize": binding.result_size},
        roles=_READERS,
        run=_get_domains,
    ),
)
