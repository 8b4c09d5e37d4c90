"""Somebody wants to see what an order would do before giving it; nothing is stored or changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.devices import plan_hash
from shared.devices.guard import Hold, HoldReason
from shared.devices.model import Command, Device
from shared.devices.operation import (
    Operation,
    opened_by_command,
    opened_by_tenant_command,
)
from shared.devices.tenant_change import Image, RemoveStale, TenantCommand, target
from shared.errors import Conflict, Misconfigured, Rejected
from shared.flows import device_command, device_plan
from shared.flows.device_plan import DevicePlan
from shared.flows.ports import Clock, ExchangeFacts, Journal, Orders, Postures
from shared.flows.tenant_command import TenantSteps


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """One thing that an order would do; without an action: nothing, for this reason."""

    mailbox: str
    device_id: str
    target: str  # what is changed, where that is no device
    action: str | None
    reason: str
    before: Device | Image | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPlan:
    """What an order would do, and what would stand in its way."""

    plan_hash: str  # given with the order, nothing is done unless all this still holds
    would: tuple[Would, ...]
    hold: Hold | None  # what it would wait for, as things stand
    cannot: str  # why it cannot be done; empty: it can

    @property
    def needs_approval(self) -> bool:
        """Whether it would wait for somebody to approve it."""
        return self.hold is not None

    @property
    def over_budget(self) -> HoldReason | None:
        """Which budget it would exceed."""
        is_budget = self.hold is not None and self.hold.reason is not HoldReason.APPROVAL
        return self.hold.reason if self.hold and is_budget else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """Foresees what one tenant's orders would do, by the same decisions that carry them out."""

    exchange: ExchangeFacts
    orders: Orders
    postures: Postures
    journal: Journal
    tenant: TenantSteps
    foresee: Callable[[Operation], Hold | None]  # what would hold a planned operation
    clock: Clock

    def plan(self, command: Command | TenantCommand, asked_as: str = "") -> CommandPlan:
        """Return what the order would do; Retryable while that cannot be seen."""
        if isinstance(command, TenantCommand):
            return self._of_change(command, asked_as)
        operation = opened_by_command(command, self.clock(), asked_as)
        found = self._look(command, operation)
        return CommandPlan(
            plan_hash=plan_hash.of(found.facts),
            would=_on_device(found),
            hold=self._hold(replace(operation, decision=found.decided)),
            cannot=_why(found.refusal),
        )

    def require(self, command: Command | TenantCommand) -> None:
        """Raise Conflict if the plan that the order names no longer holds, before it is stored."""
        if not command.plan_hash or self._is_known(command):
            return  # one that is known is under way, and has changed what it rested on
        try:
            self._require(command)
        except Conflict:
            raise
        except (Rejected, Misconfigured) as refusal:
            raise Conflict(f"the plan no longer holds: {refusal}") from refusal

    def _require(self, command: Command | TenantCommand) -> None:
        if isinstance(command, TenantCommand):
            operation = opened_by_tenant_command(command, self.clock())
            self.tenant.look(operation).require(command.plan_hash)
            return
        found = self._look(command, opened_by_command(command, self.clock()))
        if found.decision.action is not None:
            plan_hash.require(command.plan_hash, found.facts)

    def _of_change(self, command: TenantCommand, asked_as: str) -> CommandPlan:
        change = command.change
        operation = opened_by_tenant_command(command, self.clock(), asked_as)
        found = self.tenant.look(operation)
        would = Would(
            mailbox=operation.mailbox,
            device_id="",
            target=target(change),
            action=None if found.is_reached else operation.asked,
            reason=found.altered.says if found.altered else "",
            before=found.altered.before if found.altered else None,
        )
        return CommandPlan(
            # What is stale has a plan of its own, which was looked at.
            plan_hash=change.plan_hash
            if isinstance(change, RemoveStale)
            else plan_hash.of(found.facts),
            would=(would,) if found.altered else (),
            hold=self._hold(replace(operation, altered=found.altered)),
            cannot=_why(found.refusal),
        )

    def _look(self, command: Command, operation: Operation) -> DevicePlan:
        return device_plan.look(
            device_command.order_of(command, operation),
            exchange=self.exchange,
            orders=self.orders,
            postures=self.postures,
        )

    def _hold(self, operation: Operation) -> Hold | None:
        is_to_act = operation.altered or (operation.decision and operation.decision.action)
        return self.foresee(operation) if is_to_act else None

    def _is_known(self, command: Command | TenantCommand) -> bool:
        return self.journal.find(command.tenant_id, command.command_id) is not None


def _on_device(found: DevicePlan) -> tuple[Would, ...]:
    decided = found.decided
    if decided is None:
        return ()
    would = Would(
        mailbox=decided.device.mailbox,
        device_id=decided.device.device_id,
        target="",
        action=decided.action,
        reason=decided.reason,
        before=decided.device,
    )
    return (would,)


def _why(refusal: Rejected | Misconfigured | None) -> str:
    return str(refusal) if refusal else ""
