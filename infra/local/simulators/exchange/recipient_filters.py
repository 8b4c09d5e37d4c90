"""Filters over recipients: what a management scope holds, and what mailbox listings ask for."""

from collections.abc import Callable, Mapping

from infra.local.simulators.exchange import errors, filters
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.rows import Values, organizational_unit

ATTRIBUTES = frozenset(
    {
        *(f"CustomAttribute{number}" for number in range(1, 16)),
        *("City", "Company", "CountryOrRegion", "Department", "Office", "StateOrProvince", "Title"),
    }
)
FILTERABLE = ATTRIBUTES | {
    *("DisplayName", "EmailAddresses", "ExternalDirectoryObjectId", "Guid", "Name"),
    *("PrimarySmtpAddress", "RecipientType", "RecipientTypeDetails"),
}


def checked(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Return the attributes, or raise ValueError for one that recipients do not have."""
    if unknown := attributes.keys() - ATTRIBUTES:
        raise ValueError(f"recipients have no {', '.join(sorted(unknown))}")
    return attributes


def matching(recipient_filter: str) -> Callable[[Mailbox], bool]:
    """Return the test that a filter describes, or raise CmdletError."""
    test = filters.parse(recipient_filter, FILTERABLE)
    return lambda mailbox: test(values(mailbox))


def values(mailbox: Mailbox) -> Values:
    """Return what a filter can look at."""
    return {
        **dict.fromkeys(ATTRIBUTES, ""),
        **mailbox.attributes,
        "DisplayName": mailbox.display_name,
        "EmailAddresses": [mailbox.address, *mailbox.aliases],
        "ExternalDirectoryObjectId": mailbox.name,
        "Guid": mailbox.guid,
        "Name": mailbox.name,
        "PrimarySmtpAddress": mailbox.address,
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": mailbox.recipient_type,
    }


def check_unit(unit: str | None, organization: Organization) -> None:
    """Raise unless the unit is the one that holds all of the tenant's recipients."""
    own = (organization.domain, organization.distinguished_name)
    names = {name.casefold() for name in (*own, organizational_unit(organization.domain))}
    if unit and unit.casefold() not in names:
        raise errors.not_found(unit)
