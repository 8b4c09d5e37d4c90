"""Get-CASMailbox and Set-CASMailbox: client access settings and the two personal lists."""

from functools import partial

from infra.local.simulators.exchange import binding, errors, filters, personal_lists
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cas_settings import BINDERS
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome, no_change
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import DirectoryEntry, LazyRow, Values, tail

FILTERABLE = frozenset(
    {
        "ActiveSyncEnabled",
        "ActiveSyncMailboxPolicy",
        "DisplayName",
        "EmailAddresses",
        "ExternalDirectoryObjectId",
        "Guid",
        "HasActiveSyncDevicePartnership",
        "Name",
        "PrimarySmtpAddress",
    }
)
_READ_SWITCHES = (
    "ProtocolSettings",
    "ActiveSyncDebugLogging",
    "ActiveSyncSuppressReadReceipt",
    "ReadIsOptimizedForAccessibility",
    "RecalculateHasActiveSyncDevicePartnership",
    "IgnoreDefaultScope",
)


def _get(context: Context, arguments: Arguments) -> Outcome:
    mailboxes = context.tenant.seen().mailboxes
    chosen = list(mailboxes.values())
    if identity := arguments.text("Identity"):
        chosen = [mailboxes[context.tenant.find_mailbox(identity).guid]]
    if start := (arguments.text("Anr") or "").casefold():
        chosen = [one for one in chosen if _begins(one, start)]
    rows: list[LazyRow] = [partial(_row, mailbox) for mailbox in chosen]
    if written := arguments.text("Filter"):
        test = filters.parse(written, FILTERABLE)
        rows = [row for row in rows if test(row())]
    if by := arguments.text("SortBy"):
        rows = filters.order(rows, by, FILTERABLE)
    return Outcome(rows=rows)


def _begins(mailbox: Mailbox, start: str) -> bool:
    names = (mailbox.display_name, mailbox.address, mailbox.name)
    return any(name.casefold().startswith(start) for name in names)


def _row(mailbox: Mailbox) -> Values:
    settings = mailbox.settings
    addresses = [f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases)]
    return {
        "ExternalDirectoryObjectId": mailbox.name,
        "EmailAddresses": addresses,
        "LegacyExchangeDN": mailbox.legacy_name,
        "LinkedMasterAccount": "",
        "PrimarySmtpAddress": mailbox.address,
        "SamAccountName": f"$SIM-{mailbox.guid.hex[:12].upper()}",
        "ServerLegacyDN": "/o=ExchangeLabs/cn=Servers/cn=SIMPR01MB0001",
        "ServerName": "simpr01mb0001",
        "DisplayName": mailbox.display_name,
        "ActiveSyncAllowedDeviceIDs": list(mailbox.allowed_ids),
        "ActiveSyncBlockedDeviceIDs": list(mailbox.blocked_ids),
        "ActiveSyncMailboxPolicy": mailbox.policy.name,
        "ActiveSyncMailboxPolicyIsDefaulted": mailbox.policy_name is None,
        "ActiveSyncDebugLogging": settings["ActiveSyncDebugLogging"],
        "ActiveSyncEnabled": settings["ActiveSyncEnabled"],
        "HasActiveSyncDevicePartnership": bool(mailbox.devices),
        "ActiveSyncSuppressReadReceipt": settings["ActiveSyncSuppressReadReceipt"],
        **dict.fromkeys(("ExternalImapSettings", "InternalImapSettings"), ()),
        **dict.fromkeys(("ExternalPopSettings", "InternalPopSettings"), ()),
        **dict.fromkeys(("ExternalSmtpSettings", "InternalSmtpSettings"), ()),
        "ECPEnabled": True,
        **settings,
        **_tail(mailbox),
    }


def _tail(mailbox: Mailbox) -> Values:
    return tail(
        DirectoryEntry(
            name=mailbox.name,
            identity=mailbox.name,
            guid=mailbox.guid,
            distinguished_name=mailbox.distinguished_name,
            object_class=("top", "person", "organizationalPerson", "user"),
            created=mailbox.created,
            changed=mailbox.created,
            organization=mailbox.organization.domain,
        )
    )


def _set(context: Context, arguments: Arguments) -> Outcome:
    mailbox = context.tenant.find_mailbox(arguments.text("Identity") or "")
    allowed, blocked = personal_lists.changed(mailbox, arguments)
    policy = _new_policy(mailbox, arguments)
    settings = mailbox.settings | {
        name: arguments.values[name] for name in BINDERS if name in arguments
    }
    before = (mailbox.allowed_ids, mailbox.blocked_ids, mailbox.policy_name, mailbox.settings)
    if before == (allowed, blocked, policy, settings):
        return Outcome(warnings=[no_change(mailbox.name)])
    context.tenant.before_write(mailbox)
    personal_lists.move(mailbox, allowed, blocked)
    mailbox.policy_name, mailbox.settings = policy, settings
    return Outcome()


def _new_policy(mailbox: Mailbox, arguments: Arguments) -> str | None:
    if "ActiveSyncMailboxPolicy" not in arguments:
        return mailbox.policy_name
    name = arguments.text("ActiveSyncMailboxPolicy")
    if name is None:
        return None
    policy = mailbox.organization.policies.get(name.casefold())
    if policy is None:
        raise errors.not_found(name)
    return policy.name


CMDLETS = (
    Cmdlet(
        name="Get-CASMailbox",
        parameters={
            "Identity": binding.text_or_null,
            "Anr": binding.text,
            "Filter": binding.text_or_null,
            "SortBy": binding.text_or_null,
            "ResultSize": binding.result_size,
            "RecipientTypeDetails": binding.texts,
            "OrganizationalUnit": binding.text_or_null,
            **dict.fromkeys(_READ_SWITCHES, binding.boolean),
        },
        at_most_one=(("Identity", "Anr"),),
        roles=frozenset(
            {
                ManagementRole.VIEW_ONLY_RECIPIENTS,
                ManagementRole.MAIL_RECIPIENTS,
                ManagementRole.USER_OPTIONS,
            }
        ),
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
