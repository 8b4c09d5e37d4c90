"""What can be ordered for a tenant or a mailbox, rather than for one device."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from shared.devices import (
    budget_raise,
    certificate_change,
    certificate_check,
    offboard_order,
    policy,
    rules,
)
from shared.devices.budget_raise import RaiseBudget
from shared.devices.certificate_change import (
    CertificateChange,
    SetCertificateMethod,
    SetPromptLogin,
    StoreChange,
)
from shared.devices.change import Change
from shared.devices.model import AccessLevel, MailboxName
from shared.devices.offboard_order import OffboardDevice, Offboarding, OffboardUser
from shared.devices.stale import ListEntries
from shared.errors import Rejected

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Query = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Spared = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
PlanHash = Annotated[str, msgspec.Meta(min_length=64, max_length=64, pattern="^[0-9a-f]{64}")]
Setting = str | bool | int | list[str] | None
Image = dict[str, Any]  # how something stood, as it is shown and kept

LONGEST = 16_000  # bytes of JSON; a property of our record holds 32 Ki characters
LONGEST_IMAGE = 12_000  # likewise: two of them stand in one property


class AssignPolicy(Change, frozen=True, kw_only=True, tag="assign_policy"):
    """Put a mailbox under a policy; null: back under whatever policy is the default."""

    mailbox: MailboxName
    policy: Name | None


class PutPolicy(Change, frozen=True, kw_only=True, tag="put_policy"):
    """Create a policy, or change the settings that are named; null clears one."""

    policy: Name
    settings: dict[str, Setting]


class RemovePolicy(Change, frozen=True, kw_only=True, tag="remove_policy"):
    """Delete a policy."""

    policy: Name


class PutAccessRule(Change, frozen=True, kw_only=True, tag="put_access_rule"):
    """Let the rule for one value of one characteristic say a level."""

    characteristic: Name
    query: Query
    level: AccessLevel


class RemoveAccessRule(Change, frozen=True, kw_only=True, tag="remove_access_rule"):
    """Remove the rule for one value of one characteristic."""

    characteristic: Name
    query: Query


class SetDefaultAccess(Change, frozen=True, kw_only=True, tag="set_default_access"):
    """Change the level for devices that nothing else decides about, shutting nobody out."""

    level: AccessLevel


class RotateCertificate(Change, frozen=True, kw_only=True, tag="rotate_certificate"):
    """Replace the certificate that the tenant signs in with by a new one, without a gap."""


class Protect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is never removed as stale; letter case does not count."""

    mailboxes: list[Spared] = []  # by address, UPN or guid
    device_ids: list[Spared] = []
    models: list[Spared] = []
    client_types: list[Spared] = []


class PlanStale(Change, frozen=True, kw_only=True, tag="plan_stale"):
    """Find out which devices nobody has used for so many days; nothing is removed."""

    days: Literal[30, 60, 90, 180]
    protect: Protect = Protect()
    list_entries: ListEntries = ListEntries.KEEP


class RemoveStale(Change, frozen=True, kw_only=True, tag="remove_stale"):
    """Remove the devices of the plan made last, if it is the one that was looked at."""

    plan_id: uuid.UUID  # of the operation that made it
    plan_hash: PlanHash


ExchangeChange = AssignPolicy | PutPolicy | RemovePolicy | PutAccessRule | RemoveAccessRule
ShortChange = ExchangeChange | CertificateChange
# Hours of many steps, with a record of their own.
LongChange = (
    SetDefaultAccess | RotateCertificate | PlanStale | RemoveStale | Offboarding | RaiseBudget
)
# Not as a change of some setting.
ToldElsewhere = RotateCertificate | PlanStale | RemoveStale | Offboarding
# These take no cmdlet, or each of their steps asks for its own.
NotOfExchange = (
    RotateCertificate
    | SetPromptLogin
    | StoreChange
    | SetCertificateMethod
    | Offboarding
    | RaiseBudget
)
TenantChange = ShortChange | LongChange
KINDS: tuple[type[TenantChange], ...] = (
    AssignPolicy,
    PutPolicy,
    RemovePolicy,
    PutAccessRule,
    RemoveAccessRule,
    SetDefaultAccess,
    RotateCertificate,
    PlanStale,
    RemoveStale,
    *certificate_change.KINDS,
    OffboardDevice,
    OffboardUser,
    RaiseBudget,
)
ONLY_ONES: dict[type[LongChange], str] = {  # what a tenant has one of
    SetDefaultAccess: "default access level",
    RotateCertificate: "certificate",
    PlanStale: "plan of stale devices",
    RemoveStale: "removal of stale devices",
}
ACTIONS = frozenset(str(kind.__struct_config__.tag) for kind in KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCommand:
    """An order from a person or another system that is not about one device."""

    command_id: str
    tenant_id: str
    change: TenantChange
    reason: str
    requested_by: str
    plan_hash: str = ""  # of the plan that was looked at; a removal's own names its plan instead


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOrder:
    """A command, as far as later ones about the same target are measured against it."""

    command_id: str
    tenant_id: str
    target: str
    given_at: datetime  # when it was first stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """What a change did: in words, and how its target stood before and after."""

    says: str
    before: Image | None  # None: there was no such thing
    after: Image | None = None


def action(change: TenantChange) -> str:
    """Return the change's name in an order."""
    return str(change.__struct_config__.tag)


def target(change: TenantChange) -> str:
    """Return what the change is about: of two orders about the same, the newer stands."""
    match change:
        case AssignPolicy():
            return f"mailbox {change.mailbox.lower()}"
        case PutPolicy() | RemovePolicy():
            return f"policy {change.policy.lower()}"
        case PutAccessRule() | RemoveAccessRule():
            return f"rule {change.characteristic}={change.query}"
        case SetDefaultAccess() | RotateCertificate() | PlanStale() | RemoveStale():
            return ONLY_ONES[type(change)]
        case OffboardDevice() | OffboardUser() | RaiseBudget():
            return _target(change)
        case _:
            return certificate_change.target(change)


def _target(change: Offboarding | RaiseBudget) -> str:
    if isinstance(change, RaiseBudget):
        return budget_raise.target(change)
    return offboard_order.target(change)


def says(change: TenantChange) -> str:
    """Return what the change is, in a few words."""
    match change:
        case AssignPolicy():
            wanted = f"policy {change.policy}" if change.policy else "the default policy"
            return f"mailbox {change.mailbox} put under {wanted}"
        case PutPolicy():
            return f"policy {change.policy} put ({', '.join(change.settings)})"
        case PutAccessRule() | SetDefaultAccess():
            return f"{target(change)} says {change.level}"
        case RemovePolicy() | RemoveAccessRule():
            return f"{target(change)} removed"
        case _:
            return _says(change)


def _says(change: TenantChange) -> str:
    if isinstance(change, RaiseBudget):
        return budget_raise.says(change)
    if isinstance(change, CertificateChange):
        return certificate_change.says(change)
    return target(change)


def check(change: TenantChange) -> None:
    """Raise Rejected, naming everything that is wrong, if the change can never do any good."""
    match change:
        case PutPolicy():
            if len(msgspec.json.encode(change)) > LONGEST:
                raise Rejected(f"settings may be {LONGEST} bytes long at most: order them in parts")
            policy.check({"Name": change.policy})
            if any(name.casefold() == "name" for name in change.settings):
                raise Rejected("a policy is not renamed by its settings: put one of the new name")
            policy.check(change.settings)
        case AssignPolicy() if change.policy is not None:
            policy.check({"Name": change.policy})
        case PutAccessRule():
            rules.require_possible(change.characteristic, change.query, level=change.level)
        case PlanStale() if len(msgspec.json.encode(change)) > LONGEST:
            raise Rejected(f"what is protected may be {LONGEST} bytes long at most")
        case _ if isinstance(change, CertificateChange):
            certificate_check.check(change)
        case OffboardDevice() | OffboardUser():
            offboard_order.check(change)
        case _:
            return
