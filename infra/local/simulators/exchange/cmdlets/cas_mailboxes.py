"""Get-CASMailbox and Set-CASMailbox: client access settings and the two personal lists."""

from uuid import UUID

from infra.local.simulators.exchange import binding, errors, personal_lists
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cas_settings import BINDERS, OWA_POLICY
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.cmdlets import recipients
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values

_FILTERABLE = (
    "ActiveSyncEnabled ActiveSyncMailboxPolicy DisplayName EmailAddresses"
    " ExternalDirectoryObjectId Guid HasActiveSyncDevicePartnership Name PrimarySmtpAddress"
    " WhenChanged WhenChangedUTC"
)
FILTERABLE = frozenset(_FILTERABLE.split())
_READ_SWITCHES = (
    "ProtocolSettings",
    "ActiveSyncDebugLogging",
    "ActiveSyncSuppressReadReceipt",
    "ReadIsOptimizedForAccessibility",
    "RecalculateHasActiveSyncDevicePartnership",
    "IgnoreDefaultScope",
)
_SERVERS: Values = dict.fromkeys(
    (
        f"{side}{name}Settings"
        for side in ("External", "Internal")
        for name in ("Imap", "Pop", "Smtp")
    ),
    (),
)


def _get(context: Context, arguments: Arguments) -> Outcome:
    return recipients.choose(context, arguments, _row, filterable=FILTERABLE)


def _row(mailbox: Mailbox, organization: Organization) -> Values:
    settings = mailbox.settings
    return {
        "ExternalDirectoryObjectId": mailbox.name,
        "EmailAddresses": recipients.addresses(mailbox),
        "LegacyExchangeDN": mailbox.legacy_name,
        "LinkedMasterAccount": "",
        "PrimarySmtpAddress": mailbox.address,
        "SamAccountName": f"$SIM-{mailbox.guid.hex[:12].upper()}",
        "ServerLegacyDN": "/o=ExchangeLabs/cn=Servers/cn=SIMPR01MB0001",
        "ServerName": "simpr01mb0001",
        "DisplayName": mailbox.display_name,
        "ActiveSyncAllowedDeviceIDs": list(mailbox.allowed_ids),
        "ActiveSyncBlockedDeviceIDs": list(mailbox.blocked_ids),
        "ActiveSyncMailboxPolicy": organization.policy(mailbox.policy_id).name,
        "ActiveSyncMailboxPolicyIsDefaulted": mailbox.policy_id is None,
        "ActiveSyncDebugLogging": settings["ActiveSyncDebugLogging"],
        "ActiveSyncEnabled": settings["ActiveSyncEnabled"],
        "HasActiveSyncDevicePartnership": bool(mailbox.devices),
        "ActiveSyncSuppressReadReceipt": settings["ActiveSyncSuppressReadReceipt"],
        **_SERVERS,
        "ECPEnabled": True,
        **settings,
        **recipients.directory_tail(mailbox),
    }


def _set(context: Context, arguments: Arguments) -> Outcome:
    mailbox = context.tenant.find_mailbox(arguments.text("Identity") or "")
    context.check_write_scope(mailbox, mailbox.name)
    owa_policy = arguments.text("OwaMailboxPolicy")
    if owa_policy is not None and owa_policy.casefold() != OWA_POLICY.casefold():
        raise errors.not_found(owa_policy)
    allowed, blocked = personal_lists.changed(mailbox, arguments)
    policy = _new_policy(mailbox, arguments)
    settings = arguments.applied_to(mailbox.settings, BINDERS)
    before = (mailbox.allowed_ids, mailbox.blocked_ids, mailbox.policy_id, mailbox.settings)
    if before == (allowed, blocked, policy, settings):
        return Outcome(warnings=[no_change(mailbox.name)])
    context.tenant.before_write(mailbox)
    personal_lists.move(mailbox, allowed, blocked)
    mailbox.policy_id, mailbox.settings = policy, settings
    mailbox.changed = context.now
    return Outcome()


def _new_policy(mailbox: Mailbox, arguments: Arguments) -> UUID | None:
    if "ActiveSyncMailboxPolicy" not in arguments:
        return mailbox.policy_id
    name = arguments.text("ActiveSyncMailboxPolicy")
    if name is None:
        return None
    for policy in mailbox.organization.policies.values():
        if name.casefold() in {policy.name.casefold(), str(policy.guid)}:
            return policy.guid
    raise errors.not_found(name)


CMDLETS = (
    Cmdlet(
        name="Get-CASMailbox",
        parameters=recipients.PARAMETERS | dict.fromkeys(_READ_SWITCHES, binding.boolean),
        at_most_one=(("Identity", "Anr"),),
        roles=recipients.READERS,
        run=_get,
    ),
    Cmdlet(
        name="Set-CASMailbox",
        parameters={
            "Identity": binding.text,
            "ActiveSyncAllowedDeviceIDs": binding.list_change,
            "ActiveSyncBlockedDeviceIDs": binding.list_change,
            "ActiveSyncMailboxPolicy": binding.text_or_null,
            **BINDERS,
        },
        needs=(("Identity",),),
        roles=frozenset({ManagementRole.MAIL_RECIPIENTS, ManagementRole.USER_OPTIONS}),
        run=_set,
    ),
)
