"""The four cmdlets of mobile device mailbox policies; exactly one policy is the default."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.organization import MailboxPolicy, Organization
from infra.local.simulators.exchange.policy_settings import BINDERS, DEFAULT_POLICY
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

_LONGEST_NAME = 64


def _get(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.directory.seen_organization()
    chosen = list(organization.policies.values())
    if identity := arguments.text("Identity"):
        chosen = [_find(organization, identity)]
    return Outcome(rows=few([partial(_row, organization, policy) for policy in chosen]))


def _new(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    name = arguments.text("Name") or ""
    if name.casefold() in organization.policies:
        raise errors.already_exists(name)
    policy = MailboxPolicy(
        name=name,
        settings=_consistent(arguments.applied_to(DEFAULT_POLICY, BINDERS)),
        created=context.now,
        changed=context.now,
    )
    context.tenant.before_write(organization)
    if policy.settings["IsDefault"]:
        organization.default_policy.settings["IsDefault"] = False
    organization.policies[name.casefold()] = policy
    return Outcome(rows=few([partial(_row, organization, policy)]))


def _set(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    policy = _find(organization, arguments.text("Identity") or "")
    name = arguments.text("Name") or policy.name
    if organization.policies.get(name.casefold(), policy) is not policy:
        raise errors.already_exists(name)
    settings = _consistent(arguments.applied_to(policy.settings, BINDERS))
    if (name, settings) == (policy.name, policy.settings):
        return Outcome(warnings=[no_change(policy.name)])
    if policy.settings["IsDefault"] and not settings["IsDefault"]:
        raise errors.invalid("A tenant must have a default policy: make another one the default.")
    context.tenant.before_write(organization)
    if settings["IsDefault"]:
        organization.default_policy.settings["IsDefault"] = False
    del organization.policies[policy.name.casefold()]
    organization.policies[name.casefold()] = policy
    policy.name, policy.settings, policy.changed = name, settings, context.now
    return Outcome()


def _remove(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    policy = _find(organization, arguments.text("Identity") or "")
    users = context.tenant.mailboxes.values()
    if policy.settings["IsDefault"] or any(user.policy_id == policy.guid for user in users):
        raise errors.invalid(
            f"The mailbox policy '{policy.name}' can't be removed: it is the default, or assigned"
            " to at least one user."
        )
    context.tenant.before_write(organization)
    del organization.policies[policy.name.casefold()]
    return Outcome()


def _consistent(settings: dict[str, object]) -> dict[str, object]:
    """Encrypting the card takes a device that is encrypted itself."""
    if settings["RequireStorageCardEncryption"]:
        settings["DeviceEncryptionEnabled"] = True
    return settings


def _find(organization: Organization, identity: str) -> MailboxPolicy:
    for policy in organization.policies.values():
        if identity.casefold() in {policy.name.casefold(), str(policy.guid)}:
            return policy
    raise errors.not_found(identity)


def _row(organization: Organization, policy: MailboxPolicy) -> Values:
    kind = "msExchMobileMailboxSettings"
    entry = organization.entry(
        policy.name, kind, guid=policy.guid, created=policy.created, changed=policy.changed
    )
    return policy.settings | dict(tail(entry))


_WRITERS = frozenset({ManagementRole.RECIPIENT_POLICIES})
_NAME = binding.at_most(_LONGEST_NAME)

CMDLETS = (
    Cmdlet(
        name="Get-MobileDeviceMailboxPolicy",
        parameters={"Identity": binding.text_or_null},
        roles=_WRITERS
        | {
            ManagementRole.VIEW_ONLY_RECIPIENTS,
            ManagementRole.VIEW_ONLY_CONFIGURATION,
            ManagementRole.MAIL_RECIPIENTS,
        },
        run=_get,
    ),
    Cmdlet(
        name="New-MobileDeviceMailboxPolicy",
        parameters={"Name": _NAME, **BINDERS},
        needs=(("Name",),),
        roles=_WRITERS,
        run=_new,
    ),
    Cmdlet(
        name="Set-MobileDeviceMailboxPolicy",
        parameters={"Identity": binding.text, "Name": binding.text, **BINDERS},
        needs=(("Identity",),),
        roles=_WRITERS,
        run=_set,
    ),
    Cmdlet(
        name="Remove-MobileDeviceMailboxPolicy",
        parameters={"Identity": binding.text, "Force": binding.boolean},
        needs=(("Identity",),),
        roles=_WRITERS,
        run=_remove,
    ),
)
