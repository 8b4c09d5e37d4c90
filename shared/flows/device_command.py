"""A person or another system orders an action on a device."""

from dataclasses import dataclass

from shared.devices import guard, plan_hash
from shared.devices.model import Command, Order, Word
from shared.devices.operation import Operation, opened_by_command
from shared.errors import Conflict, HeldBack, Rejected
from shared.flows import device_plan, words
from shared.flows.ports import Clock, Journal, Orders, Postures, Queue
from shared.flows.steps import Steps


def accept(
    command: Command,
    *,
    journal: Journal,
    orders: Orders,
    queue: Queue,
    clock: Clock,
    asked_as: str = "",
) -> Operation:
    """Store the order and queue it; the same order again is the same operation."""
    operation = _opened(command, journal, clock, asked_as)
    guard.require_same_asker(operation.asked_as, asked_as)
    if not operation.is_finished:
        # Stored at once, so that an older order still waiting is overruled from now on.
        orders.keep(order_of(command, operation))
        queue.put_command(command)
    return operation


def handle(command: Command, *, orders: Orders, postures: Postures, steps: Steps) -> None:
    """Carry out one order."""
    operation = _opened(command, steps.journal, steps.clock, guard.SYSTEM)
    if operation.is_finished:
        return
    order = order_of(command, operation)
    story = _Story(command=command, order=order, orders=orders, postures=postures, steps=steps)
    with steps.waiting(operation):
        try:
            story.tell(operation)
        except (Rejected, HeldBack):
            orders.withdraw(order)  # what is not done overrules nothing
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    command: Command
    order: Order
    orders: Orders
    postures: Postures
    steps: Steps

    def tell(self, operation: Operation) -> None:
        newest = self.orders.keep(self.order)
        is_ours = newest.command_id == self.order.command_id
        is_overruled = not is_ours and self.steps.in_force(newest) is not None
        if is_overruled and not self.steps.has_acted(operation):
            self.steps.await_outcome(newest)
            self.steps.stand_back(operation, newest, self._newer)
            return
        operation = self._as_looked_at(operation) if operation.plan_hash else operation
        if operation.decision is None:
            ownership = words.ownership(self.order, self.postures)
            decision = words.decision(self.order, self.steps.exchange, ownership)
            operation = self.steps.plan(operation, decision)
        operation = self.steps.admitted(operation, self.command)
        self.steps.finish(operation, self._newer)

    def _as_looked_at(self, operation: Operation) -> Operation:
        """Look again, before anything is done; Conflict unless what was looked at still holds."""
        if operation.repairs or self.steps.has_acted(operation):
            return operation
        found = device_plan.look(
            self.order,
            exchange=self.steps.exchange,
            orders=self.orders,
            postures=self.postures,
        )
        if found.decision.action is None:
            return self.steps.plan(operation, found.decision)  # as ordered already
        plan_hash.require(operation.plan_hash, found.facts)
        return operation

    def _newer(self) -> Word | None:
        newest = self.orders.newest(
            self.order.tenant_id,
            self.order.mailbox,
            device_id=self.order.device_id,
            concern=self.order.concern,
        )
        is_ours = newest is None or newest.command_id == self.order.command_id
        return None if is_ours else self.steps.in_force(newest)


def _opened(command: Command, journal: Journal, clock: Clock, asked_as: str) -> Operation:
    """Store the operation, or find it; Conflict if its id stands for something else."""
    asked = opened_by_command(command, clock(), asked_as)
    operation = journal.open(asked)
    if not operation.asks_the_same_as(asked):
        raise Conflict(
            f"command_id {operation.operation_id} already stands for {operation.asked} of "
            f"device {operation.device_id}{_if_personal(operation)}: send a new order under a "
            "new command_id"
        )
    return operation


def order_of(command: Command, operation: Operation) -> Order:
    """Return the order that the command is, given when its operation was opened."""
    return Order(
        command_id=command.command_id,
        tenant_id=command.tenant_id,
        action=command.action,
        mailbox=command.mailbox,
        device_id=command.device_id,
        given_at=operation.opened_at,
        why=f"ordered by {operation.asked_by}: {command.reason}",
        even_if_personal=command.even_if_personal,
    )


def _if_personal(operation: Operation) -> str:
    return ", even if personal" if operation.even_if_personal else ""
