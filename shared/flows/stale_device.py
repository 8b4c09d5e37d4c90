"""One stale device is removed by an ordinary order, unless it is in use again."""

from dataclasses import dataclass, replace

from shared.devices.model import Action, Command, Order, WipeState
from shared.devices.operation import Operation, opened_by_command
from shared.devices.stale import Removal
from shared.devices.stale_plan import Fate, StalePlan, spared
from shared.errors import Failure, Rejected
from shared.flows import abandoned, device_command
from shared.flows.one_partnership import OnePartnership
from shared.flows.ports import Orders, Postures
from shared.flows.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleDevice:
    """Carries out the orders that a plan comes to, here and now: later they might be too late."""

    orders: Orders
    postures: Postures
    steps: Steps

    def remove(self, plan: StalePlan, removal: Removal, answer: WipeState | Failure) -> Fate:
        """Remove one device, unless it is in use again; say what became of it."""
        known = self._operation(plan.command(removal, Action.REMOVE))
        reason = spared(removal, answer)
        is_ours = known is not None and (reason is Fate.GONE or known.acted_at is not None)
        if reason is not None and not is_ours:
            self.give_up(plan, removal, f"not removed: {reason}")
            return reason
        return Fate.REMOVED if self._is_removed(plan, removal) else Fate.REFUSED

    def _is_removed(self, plan: StalePlan, removal: Removal) -> bool:
        # First off the lists: that takes a device which Exchange still knows.
        is_dropped = removal.off_allowed or removal.off_blocked
        actions = (Action.CLEAR, Action.REMOVE) if is_dropped else (Action.REMOVE,)
        return all(self._is_carried_out(plan.command(removal, each), removal) for each in actions)

    def _is_carried_out(self, command: Command, removal: Removal) -> bool:
        """Carry out one order as if it had come by itself; one that is refused is abandoned."""
        aimed = OnePartnership(exchange=self.steps.exchange, removal=removal)
        try:
            device_command.handle(
                command,
                orders=self.orders,
                postures=self.postures,
                steps=replace(self.steps, exchange=aimed),
            )
        except Rejected as refusal:
            self._abandon(command, str(refusal))
        operation = self._operation(command)
        return operation is not None and operation.came_about

    def pass_over(self, plan: StalePlan, removal: Removal, trouble: Failure) -> Fate:
        """Leave one device as it is, for something has been in the way for long."""
        return self.give_up(plan, removal, f"not removed: {trouble}") or Fate.STATISTICS_UNKNOWN

    def give_up(self, plan: StalePlan, removal: Removal, why: str) -> Fate | None:
        """Give up what is begun and not done; return what became of the device, if it was."""
        commands = [plan.command(removal, action) for action in (Action.CLEAR, Action.REMOVE)]
        begun = [(each, known) for each in commands if (known := self._operation(each))]
        for command, operation in begun:
            if not operation.is_finished:
                self._withdraw(command, operation)
                self._abandon(command, why)
        removed = self._operation(plan.command(removal, Action.REMOVE))
        if removed is not None and removed.came_about:
            return Fate.REMOVED  # it had only not been told yet
        return Fate.REFUSED if begun else None

    def _withdraw(self, command: Command, operation: Operation) -> None:
        """Let the order overrule nothing, unless it was carried out."""
        if operation.acted_at is None:
            self.orders.withdraw(
                Order(
                    command_id=command.command_id,
                    tenant_id=command.tenant_id,
                    action=command.action,
                    mailbox=command.mailbox,
                    device_id=command.device_id,
                    given_at=operation.opened_at,
                    why=command.reason,
                )
            )

    def _abandon(self, command: Command, why: str) -> None:
        abandoned.give_up(
            opened_by_command(command, self.steps.clock()),
            why,
            journal=self.steps.journal,
            events=self.steps.events,
            clock=self.steps.clock,
        )

    def _operation(self, command: Command) -> Operation | None:
        return self.steps.journal.find(command.tenant_id, command.command_id)
