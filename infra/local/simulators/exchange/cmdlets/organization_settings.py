"""Get- and Set-ActiveSyncOrganizationSettings: one object, with the default access level."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.access import AccessLevel
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

NAME = "Mobile Mailbox Settings"
_DEFAULTS: dict[str, object] = {
    "TenantAdminPreference": "None",
    "UserMailInsert": "",
    "AllowAccessForUnSupportedPlatform": False,
    "EnableMobileMailboxPolicyWhenCAInplace": False,
    "AllowRMSSupportForUnenlightenedApps": False,
    "AdminMailRecipients": [],
    "OtaNotificationMailInsert": "",
}
_LONGEST_INSERT = 256


def _insert(name: str, value: object) -> object:
    """Bind a text for mails; null empties it."""
    return _LIMITED(name, value) or ""


_LIMITED = binding.at_most(_LONGEST_INSERT)
_BINDERS = {
    "TenantAdminPreference": binding.text,
    "UserMailInsert": _insert,
    "AllowAccessForUnSupportedPlatform": binding.boolean,
    "EnableMobileMailboxPolicyWhenCAInplace": binding.boolean,
    "AllowRMSSupportForUnenlightenedApps": binding.boolean,
    "AdminMailRecipients": binding.list_change,
    "OtaNotificationMailInsert": _insert,
}


def _get(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.directory.seen_organization()
    _check(arguments)
    return Outcome(rows=few([partial(_row, organization)]))


def _set(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    _check(arguments)
    settings = arguments.applied_to(_DEFAULTS | organization.settings, _BINDERS)
    level = AccessLevel(arguments.text("DefaultAccessLevel") or organization.default_access_level)
    unchanged = settings == _DEFAULTS | organization.settings
    if unchanged and level == organization.default_access_level:
        return Outcome(warnings=[no_change(NAME)])
    context.tenant.before_write(organization)
    organization.settings, organization.default_access_level = settings, level
    return Outcome()


def _check(arguments: Arguments) -> None:
    identity = arguments.text("Identity")
    if identity and identity.casefold() != NAME.casefold():
        raise errors.not_found(identity)


def _row(organization: Organization) -> Values:
    entry = organization.entry(
        NAME,
        "msExchMobileMailboxSettings",
        guid=organization.tenant_id,
        created=organization.created,
        changed=organization.created,
    )
    return {
        "DefaultAccessLevel": organization.default_access_level,
        **_DEFAULTS,
        **organization.settings,
        "DeviceFiltering": None,
        "IsIntuneManaged": False,
        "HasAzurePremiumSubscription": True,
        "OtherWellKnownObjects": (),
        **tail(entry),
    }


_WRITERS = frozenset({ManagementRole.ORGANIZATION_CLIENT_ACCESS})

CMDLETS = (
    Cmdlet(
        name="Get-ActiveSyncOrganizationSettings",
        parameters={"Identity": binding.text_or_null},
        roles=_WRITERS | {ManagementRole.VIEW_ONLY_CONFIGURATION},
        run=_get,
    ),
    Cmdlet(
        name="Set-ActiveSyncOrganizationSettings",
        parameters={
            "Identity": binding.text_or_null,
            "DefaultAccessLevel": binding.choice(
                AccessLevel,
                "Microsoft.Exchange.Data.Directory.SystemConfiguration.DeviceAccessLevel",
            ),
            **_BINDERS,
        },
        roles=_WRITERS,
        run=_set,
    ),
)
