"""Judges of the app's rights in Exchange: too broad, too narrow, and whom they reach."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.credentials.findings import Finding
from shared.credentials.validation import Verdict

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
EXCHANGE_RECIPIENT_ADMINISTRATOR = "31392ffb-586c-42d1-9346-e59415a2cc4e"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
# Directory roles by template id, which a token's `wids` hold; others are shown by their id.
NAMES: Mapping[str, str] = {
    GLOBAL_ADMINISTRATOR: "Global Administrator",
    EXCHANGE_ADMINISTRATOR: "Exchange Administrator",
    EXCHANGE_RECIPIENT_ADMINISTRATOR: "Exchange Recipient Administrator",
    GLOBAL_READER: "Global Reader",
    SECURITY_READER: "Security Reader",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "17315797-102d-40b4-93e0-432062caca18": "Compliance Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
}
READERS = frozenset({GLOBAL_READER, SECURITY_READER})
# Directory roles cannot be scoped: who holds one of these may change every mailbox.
WRITERS = frozenset(
    {GLOBAL_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR, EXCHANGE_RECIPIENT_ADMINISTRATOR}
)
# Tokens of people, and of apps, hold these whatever else they hold; they grant nothing.
NO_ROLE = frozenset(
    {"b79fbf4d-3ef9-4689-8143-76b194e85509", "0997a1d0-0d1d-4acb-b408-d5ca73121e90"}
)
WIDENING = frozenset(
    {
        "new-managementroleassignment",
        "add-rolegroupmember",
        "new-rolegroup",
        "update-rolegroupmember",
    }
)


class Feature(StrEnum):
    """What this app does in Exchange, by what it needs there."""

    READING = "reading devices"
    ACCESS = "access"
    WIPES = "wipes"
    REMOVAL = "removal"
    POLICIES = "policies"
    ACCESS_RULES = "access rules"
    DEFAULT_ACCESS = "default access"
    OFFBOARDING = "offboarding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """The cmdlets that a feature lacks, each with the roles that hold it; None if nobody says."""

    cmdlets: Mapping[str, Collection[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteScope:
    """
    Whom the app may change, as far as Exchange shows it.

    `limits` are the scopes that its role groups have, in words; empty if one of them has
    none, None if that cannot be told. `tried` mailboxes took a change that changes nothing,
    but for those `refused` as out of scope.
    """

    limits: tuple[str, ...] | None
    tried: int
    refused: int


def breadth(
    directory_roles: Collection[str], cmdlets: Collection[str] | None, *, may_write: bool
) -> Verdict:
    """Judge whether the app may do more than it needs; the gravest excess is named."""
    held = frozenset(each.lower() for each in directory_roles) - NO_ROLE
    if GLOBAL_ADMINISTRATOR in held:
        return Verdict(Finding.ROLE_GLOBAL_ADMINISTRATOR)
    needless = held - (READERS | WRITERS if may_write else READERS)
    if needless:
        return Verdict(Finding.ROLE_TOO_BROAD, _named(needless))
    widening = WIDENING.intersection(each.lower() for each in cmdlets or ())
    if widening or (cmdlets is None and EXCHANGE_ADMINISTRATOR in held):
        return Verdict(Finding.ROLE_WIDENS_ITSELF, _named(held & {EXCHANGE_ADMINISTRATOR}))
    return Verdict(says=_named(held) or "no directory role")


def enough(lack: Lack) -> Verdict:
    """Judge whether a feature has the cmdlets that it needs."""
    if not lack.cmdlets:
        return Verdict()
    gone = sorted(
        name for name, holders in lack.cmdlets.items() if holders is not None and not holders
    )
    if gone:
        return Verdict(Finding.CMDLET_GONE, ", ".join(gone))
    told = [f"{name} ({_any(lack.cmdlets[name])})" for name in sorted(lack.cmdlets)]
    return Verdict(Finding.ROLE_TOO_NARROW, ", ".join(told))


def reach(scope: WriteScope, directory_roles: Collection[str]) -> Verdict:
    """Judge whom the app may change."""
    tried = f"{scope.tried - scope.refused} of {scope.tried} mailboxes tried can be changed"
    writing = WRITERS.intersection(each.lower() for each in directory_roles)
    if scope.tried and scope.refused == scope.tried:
        return Verdict(Finding.SCOPE_EMPTY, _joined(tried, *scope.limits or ()))
    if scope.refused:
        return Verdict(Finding.SCOPE_LIMITED, _joined(tried, *scope.limits or ()))
    if writing:
        return Verdict(says=f"every mailbox, by {_named(writing)}; {tried}")
    if scope.limits is None:
        return Verdict(Finding.SCOPE_UNKNOWN, f"{tried}, which says nothing of the others")
    if scope.limits:
        return Verdict(Finding.SCOPE_LIMITED, _joined(tried, *scope.limits))
    return Verdict(says=f"every mailbox; {tried}")


def policies(named: Collection[str], client_id: str) -> Verdict:
    """Judge the application access policies, which name applications by client id."""
    own = [each for each in named if each.casefold() == client_id.casefold()]
    return Verdict(Finding.ACCESS_POLICY_NO_LIMIT) if own else Verdict()


def _named(directory_roles: Collection[str]) -> str:
    return ", ".join(sorted(NAMES.get(each, each) for each in directory_roles))


def _any(holders: Collection[str] | None) -> str:
    return " or ".join(sorted(holders)) if holders else "its role cannot be told"


def _joined(*parts: str) -> str:
    return "; ".join(parts)
