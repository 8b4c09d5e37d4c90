"""The brake: what one sender, one person or one sweep may not do without somebody else's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.budget_raise import Budget, RaiseBudget
from shared.devices.certificate_change import CertificateChange
from shared.devices.model import AccessLevel, Action, Decision
from shared.devices.offboard_order import (
    WIPES_ORDERED,
    OffboardDevice,
    Offboarding,
    OffboardUser,
    Wipe,
)
from shared.devices.tenant_change import (
    AssignPolicy,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    RemoveStale,
    RotateCertificate,
    SetDefaultAccess,
    TenantChange,
)
from shared.errors import Conflict

SYSTEM = "system"  # how an operation remembers that no person ordered it
TIMER = "timer"  # how an operation remembers that nobody but the clock ordered it
FEWEST = 20  # devices that a share of the fleet comes to at least
WIPES = frozenset({Action.WIPE_ACCOUNT, Action.WIPE_DEVICE})


class HoldReason(StrEnum):
    """Why an operation waits for an approver."""

    APPROVAL = "approval"  # all of its kind do
    WIPES = "budget.wipes"
    BLOCKS = "budget.blocks"
    REMOVALS = "budget.removals"
    POLICY_CHANGES = "budget.policy_changes"
    SHARE = "budget.share"  # of the fleet, that one sender or requester may tighten


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why and since when an operation waits for an approver; it stays noted after the approval."""

    reason: HoldReason
    says: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Whose word it was that a held operation goes on, or that it does not."""

    by: str  # the person's object id in Entra
    name: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What a tenant lets happen unasked in any hour."""

    wipes: int
    blocks: int
    removals: int
    policy_changes: int
    share: float  # of the known devices, for one sender, requester or sweep; 1: all of them
    four_eyes: bool  # whether the gravest orders always need an approver

    @property
    def counted(self) -> frozenset[HoldReason]:
        """The budgets that there are."""
        return frozenset(HoldReason) - ({HoldReason.SHARE} if self.share >= 1 else set())

    def of(self, reason: HoldReason, fleet: int) -> int:
        """Return how much that is, where so many devices are known."""
        match reason:
            case HoldReason.WIPES:
                return self.wipes
            case HoldReason.BLOCKS:
                return self.blocks
            case HoldReason.REMOVALS:
                return self.removals
            case HoldReason.POLICY_CHANGES:
                return self.policy_changes
            case HoldReason.SHARE:
                return max(FEWEST, int(self.share * fleet))
            case HoldReason.APPROVAL:
                return 0


def reason_of(budget: Budget) -> HoldReason:
    """Return what holds an order that goes beyond the budget."""
    return HoldReason(f"budget.{budget}")


def budgets_of(decision: Decision) -> tuple[HoldReason, ...]:
    """Return the budgets that carrying a decision out is charged to."""
    match decision.action:
        case Action.WIPE_ACCOUNT | Action.WIPE_DEVICE:
            return HoldReason.WIPES, HoldReason.SHARE
        case Action.BLOCK | Action.QUARANTINE:
            return HoldReason.BLOCKS, HoldReason.SHARE
        case Action.CLEAR if decision.device.on_allowed_list:
            # What the organisation's default then says may well be to block it.
            return HoldReason.BLOCKS, HoldReason.SHARE
        case Action.REMOVE:
            return HoldReason.REMOVALS, HoldReason.SHARE
        case Action.ALLOW | Action.CLEAR | Action.CANCEL_WIPE | None:
            return ()


def budgets_of_change(change: TenantChange) -> tuple[HoldReason, ...]:
    """Return the budgets that a change is charged to which is not about one device."""
    if isinstance(change, CertificateChange):
        return (HoldReason.POLICY_CHANGES,)
    match change:
        case AssignPolicy() | PutPolicy() | RemovePolicy() | PutAccessRule() | RemoveAccessRule():
            return (HoldReason.POLICY_CHANGES,)
        case SetDefaultAccess():
            return (HoldReason.POLICY_CHANGES,)
        case RemoveStale():
            return HoldReason.REMOVALS, HoldReason.SHARE
        case OffboardDevice() | OffboardUser():
            wipes = () if change.wipe is Wipe.NOTHING else (HoldReason.WIPES,)
            return *wipes, HoldReason.BLOCKS, HoldReason.REMOVALS, HoldReason.SHARE
        case _:
            return ()


def needs_approval(asked: str, *, even_if_personal: bool) -> str:
    """Return why an order on a device needs an approver whatever the budgets are; "" if not."""
    if asked == Action.WIPE_DEVICE:
        return "a whole device is wiped only if a second person approves it"
    if asked == Action.WIPE_ACCOUNT and even_if_personal:
        return "a wipe even if the device is personal needs a second person's approval"
    return ""


def change_needs_approval(
    change: TenantChange, asked_as: str, before: Mapping[str, object] | None = None
) -> str:
    """
    Return why a change needs an approver whatever the budgets are; "" if it needs none.

    *before* is how its target stands, where that is known.
    """
    if isinstance(change, CertificateChange):
        return "what all users' certificates rest on changes only if a second person approves it"
    if isinstance(change, Offboarding):
        return _offboarding_needs_approval(change)
    if isinstance(change, RotateCertificate) and asked_as != TIMER:
        return "a rotation by hand needs a second person's approval"
    return _setting_needs_approval(change, before)


def _setting_needs_approval(change: TenantChange, before: Mapping[str, object] | None) -> str:
    match change:
        case SetDefaultAccess():
            return "the default access level changes only if a second person approves it"
        case RaiseBudget():
            return "a budget is raised only if a second person approves it"
        case PutPolicy() if _is_default(change, before):
            # One change in the budget, and every mailbox without a policy of its own.
            return "the default policy changes only if a second person approves it"
        case PutAccessRule(level=AccessLevel.ALLOW):
            return ""
        case PutAccessRule() | RemoveAccessRule():
            # Likewise, and every phone of a kind shut out.
            return "a rule that may shut out many devices takes a second person's approval"
        case _:
            return ""


def _is_default(change: PutPolicy, before: Mapping[str, object] | None) -> bool:
    """Whether the policy is the default, or becomes it."""
    settings = (before or {}).get("settings", {})
    if not isinstance(settings, Mapping):
        return True  # they were too long to be kept, so it may be
    asked = {name.casefold(): value for name, value in change.settings.items()}
    return asked.get("isdefault") is True or settings.get("IsDefault") is True


def _offboarding_needs_approval(change: Offboarding) -> str:
    if isinstance(change, OffboardUser):
        return "all of a person's devices are shut out only if a second person approves it"
    asked = WIPES_ORDERED.get(change.wipe, "")
    reason = needs_approval(asked, even_if_personal=change.even_if_personal)
    if reason:
        return reason
    if change.disable_sign_in:
        return "a person's sign-in is blocked only if a second person approves it"
    if change.user and change.user.casefold() != change.mailbox.casefold():
        # It may be anybody's name.
        return "sessions of somebody whom the order names are ended only if a second person agrees"
    return ""


def require_same_asker(known: str, asked_as: str) -> None:
    """Raise Conflict if one who asks takes the id of what another one has ordered."""
    if asked_as not in {"", TIMER, known} and known:
        raise Conflict("that command_id is another one's order: send a new one under a new id")


def spender(asked_by: str, asked_as: str) -> str:
    """
    Return whose share of the fleet something counts to: names can be taken, people cannot.

    An order in a sender's name does not use up what the sender itself may do.
    """
    if asked_as.startswith("person:"):
        return asked_as
    return f"{asked_as}|{asked_by}" if asked_as else asked_by


def over(reason: HoldReason, limits: Mapping[HoldReason, int], units: int) -> str:
    """Say that there is no room left in a budget for so many more."""
    what = {
        HoldReason.WIPES: "wipes of this tenant",
        HoldReason.BLOCKS: "blocks of this tenant",
        HoldReason.REMOVALS: "removals of this tenant",
        HoldReason.POLICY_CHANGES: "policy changes of this tenant",
        HoldReason.SHARE: "devices tightened by this sender or requester",
    }[reason]
    more = "" if units == 1 else f", and this is {units} at once"
    return f"{limits[reason]} {what} an hour need no approval{more}: it waits for an approver"
