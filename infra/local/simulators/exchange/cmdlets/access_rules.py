"""The four cmdlets of device access rules."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.access import AccessLevel, Characteristic
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import AccessRule, Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

_MANAGEMENT = "Microsoft.Exchange.Data.Directory.SystemConfiguration"
_LEVEL = binding.choice(AccessLevel, f"{_MANAGEMENT}.DeviceAccessLevel")
_CHARACTERISTIC = binding.choice(Characteristic, f"{_MANAGEMENT}.DeviceAccessCharacteristic")


def _get(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.directory.seen_organization()
    chosen = list(organization.rules.values())
    if identity := arguments.text("Identity"):
        chosen = [_find(organization, identity)]
    return Outcome(rows=few([partial(_row, organization, rule) for rule in chosen]))


def _new(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    rule = AccessRule(
        characteristic=Characteristic(arguments.text("Characteristic") or ""),
        query=arguments.text("QueryString") or "",
        level=AccessLevel(arguments.text("AccessLevel") or ""),
        created=context.now,
        changed=context.now,
    )
    if rule.name.casefold() in organization.rules:
        raise errors.already_exists(rule.name)
    context.tenant.before_write(organization)
    organization.rules[rule.name.casefold()] = rule
    return Outcome(rows=few([partial(_row, organization, rule)]))


def _set(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    rule = _find(organization, arguments.text("Identity") or "")
    level = arguments.text("AccessLevel")
    if level is None or rule.level == level:
        return Outcome(warnings=[no_change(rule.name)])
    context.tenant.before_write(organization)
    rule.level, rule.changed = AccessLevel(level), context.now
    return Outcome()


def _remove(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    rule = _find(organization, arguments.text("Identity") or "")
    context.tenant.before_write(organization)
    del organization.rules[rule.name.casefold()]
    return Outcome()


def _find(organization: Organization, identity: str) -> AccessRule:
    for rule in organization.rules.values():
        if identity.casefold() in {rule.name.casefold(), str(rule.guid)}:
            return rule
    raise errors.not_found(identity)


def _row(organization: Organization, rule: AccessRule) -> Values:
    kind = "msExchDeviceAccessRule"
    entry = organization.entry(
        rule.name, kind, guid=rule.guid, created=rule.created, changed=rule.changed
    )
    return {
        "QueryString": rule.query,
        "Characteristic": rule.characteristic,
        "AccessLevel": rule.level,
        **tail(entry),
    }


_WRITERS = frozenset({ManagementRole.ORGANIZATION_CLIENT_ACCESS})
_BY_IDENTITY = {"Identity": binding.text}

CMDLETS = (
    Cmdlet(
        name="Get-ActiveSyncDeviceAccessRule",
        parameters={"Identity": binding.text_or_null},
        roles=_WRITERS | {ManagementRole.VIEW_ONLY_CONFIGURATION},
        run=_get,
    ),
    Cmdlet(
        name="New-ActiveSyncDeviceAccessRule",
        parameters={
            "AccessLevel": _LEVEL,
            "Characteristic": _CHARACTERISTIC,
            "QueryString": binding.text,
        },
        needs=(("AccessLevel",), ("Characteristic",), ("QueryString",)),
        roles=_WRITERS,
        run=_new,
    ),
    Cmdlet(
        name="Set-ActiveSyncDeviceAccessRule",
        parameters=_BY_IDENTITY | {"AccessLevel": _LEVEL},
        needs=(("Identity",),),
        roles=_WRITERS,
        run=_set,
    ),
    Cmdlet(
        name="Remove-ActiveSyncDeviceAccessRule",
        parameters=_BY_IDENTITY,
        needs=(("Identity",),),
        roles=_WRITERS,
        run=_remove,
    ),
)
