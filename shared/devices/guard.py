"""The brake: what one sender, one person or one sweep may not do without somebody else's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.model import AccessLevel, Action, Decision
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
    match change:
        case AssignPolicy() | PutPolicy() | RemovePolicy() | PutAccessRule() | RemoveAccessRule():
            return (HoldReason.POLICY_CHANGES,)
        case SetDefaultAccess():
            return (HoldReason.POLICY_CHANGES,)
        case RemoveStale():
            return HoldReason.REMOVALS, HoldReason.SHARE
        case _:
            return ()


def needs_approval(asked: str, *, even_if_personal: bool) -> str:
    """Return why an order on a device needs an approver whatever the budgets are; "" if not."""
    if asked == Action.WIPE_DEVICE:
        return "a whole device is wiped only if a second person approves it"
    if asked == Action.WIPE_ACCOUNT and even_if_personal:
        return "a wipe even if the device is personal needs a second person's approval"
    return ""


def change_needs_approval(change: TenantChange, asked_as: str) -> str:
    """Return why a change needs an approver whatever the budgets are; "" if it needs none."""
    if isinstance(change, SetDefaultAccess):
        return "the default access level changes only if a second person approves it"
    if isinstance(change, RemoveAccessRule) or (
        isinstance(change, PutAccessRule) and change.level is not AccessLevel.ALLOW
    ):
        # One change in the budget, and every phone of a kind shut out.
        return "a rule that may shut out many devices takes a second person's approval"
    if isinstance(change, RotateCertificate) and asked_as != TIMER:
        return "a rotation by hand needs a second person's approval"
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
