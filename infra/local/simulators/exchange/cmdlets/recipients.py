"""Get-Mailbox and Get-Recipient: who there is; and how all cmdlets on mailboxes choose some."""

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import partial
from uuid import UUID

from infra.local.simulators.exchange import binding, filters, recipient_filters
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import DirectoryEntry, Values, tail


class RecipientKind(StrEnum):
    """The mailboxes a listing may be narrowed to."""

    USER = "UserMailbox"
    SHARED = "SharedMailbox"
    ROOM = "RoomMailbox"
    EQUIPMENT = "EquipmentMailbox"


_KIND = binding.choice(RecipientKind, "Microsoft.Exchange.Data.Directory.RecipientTypeDetails")
PARAMETERS = {
    "Identity": binding.text_or_null,
    "Anr": binding.text,
    "Filter": binding.text_or_null,
    "SortBy": binding.text_or_null,
    "ResultSize": binding.result_size,
    "RecipientTypeDetails": binding.each(_KIND),
    "OrganizationalUnit": binding.text_or_null,
}
READERS = frozenset(
    {
        ManagementRole.VIEW_ONLY_RECIPIENTS,
        ManagementRole.MAIL_RECIPIENTS,
        ManagementRole.USER_OPTIONS,
    }
)

Row = Callable[[Mailbox, Organization], Values]
Seen = Callable[[Mailbox, Values], Values]  # what a filter looks at, by mailbox and row


def choose(
    context: Context,
    arguments: Arguments,
    row: Row,
    *,
    filterable: Collection[str],
    filtered_by: Seen = lambda _, values: values,
) -> Outcome:
    """List the mailboxes that the parameters choose; no identity, or a null one, is all."""
    directory = context.tenant.directory
    recipient_filters.check_unit(arguments.text("OrganizationalUnit"), directory.organization)
    written, start = arguments.text("Filter"), (arguments.text("Anr") or "").casefold()
    test = filters.parse(written, filterable) if written else None
    kinds = arguments.texts("RecipientTypeDetails")

    def show(guid: UUID) -> Values | None:
        mailbox = directory.seen_mailbox(guid)
        if (kinds and mailbox.recipient_type not in kinds) or not _begins(mailbox, start):
            return None
        values = row(mailbox, directory.seen_organization())
        return values if test is None or test(filtered_by(mailbox, values)) else None

    identity = arguments.text("Identity")
    keys = [directory.find_mailbox(identity).guid] if identity else directory.mailbox_order
    listing = Listing(keys, show)
    if by := arguments.text("SortBy"):
        listing = filters.ordered(listing, by, filterable)
    return Outcome(rows=listing)


def _begins(mailbox: Mailbox, start: str) -> bool:
    names = (mailbox.display_name, mailbox.address, mailbox.name)
    return not start or any(name.casefold().startswith(start) for name in names)


def directory_tail(mailbox: Mailbox) -> Values:
    """Return the end of every row about a mailbox."""
    return tail(
        DirectoryEntry(
            name=mailbox.name,
            identity=mailbox.name,
            guid=mailbox.guid,
            distinguished_name=mailbox.distinguished_name,
            object_class=("top", "person", "organizationalPerson", "user"),
            created=mailbox.created,
            changed=mailbox.changed or mailbox.created,
            organization=mailbox.organization.domain,
        )
    )


def addresses(mailbox: Mailbox) -> list[str]:
    """Return the proxy addresses; the primary one is in capitals."""
    return [f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases)]


def _recipient(mailbox: Mailbox, _: Organization) -> Values:
    return {
        "Alias": mailbox.address.partition("@")[0],
        "DisplayName": mailbox.display_name,
        "EmailAddresses": addresses(mailbox),
        "ExternalDirectoryObjectId": mailbox.name,
        "PrimarySmtpAddress": mailbox.address,
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": mailbox.recipient_type,
        **dict.fromkeys(sorted(recipient_filters.ATTRIBUTES), ""),
        **mailbox.attributes,
        **directory_tail(mailbox),
    }


def _mailbox(mailbox: Mailbox, organization: Organization) -> Values:
    return {"UserPrincipalName": mailbox.user_principal_name, **_recipient(mailbox, organization)}


def _get(row: Row, context: Context, arguments: Arguments) -> Outcome:
    return choose(
        context,
        arguments,
        row,
        filterable=recipient_filters.FILTERABLE,
        filtered_by=lambda mailbox, _: recipient_filters.values(mailbox),
    )


CMDLETS = tuple(
    Cmdlet(
        name=name,
        parameters=PARAMETERS,
        at_most_one=(("Identity", "Anr"),),
        roles=READERS,
        run=partial(_get, row),
    )
    for name, row in (("Get-Mailbox", _mailbox), ("Get-Recipient", _recipient))
)
