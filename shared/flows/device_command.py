"""A person or another system orders an action on a device."""

from dataclasses import dataclass

from shared.devices.model import Action, Command, Order, Ownership
from shared.devices.operation import Operation, opened_by_command
from shared.errors import Conflict, Rejected
from shared.flows import words
from shared.flows.ports import Clock, Journal, Orders, Postures, Queue
from shared.flows.steps import Steps


def accept(
    command: Command, *, journal: Journal, orders: Orders, queue: Queue, clock: Clock
) -> Operation:
    """Store the order and queue it; the same order again is the same operation."""
    operation = _opened(command, journal, clock)
    if not operation.is_finished:
        # Stored at once, so that an older order still waiting is overruled from now on.
        orders.keep(_order(command, operation))
        queue.put_command(command)
    return operation


def handle(command: Command, *, orders: Orders, postures: Postures, steps: Steps) -> None:
    """Carry out one order."""
    operation = _opened(command, steps.journal, steps.clock)
    if operation.is_finished:
        return
    order = _order(command, operation)
    story = _Story(order=order, orders=orders, postures=postures, steps=steps)
    with steps.waiting(operation):
        try:
            story.tell(operation)
        except Rejected:
            orders.withdraw(order)  # what cannot be done overrules nothing
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    order: Order
    orders: Orders
    postures: Postures
    steps: Steps

    def tell(self, operation: Operation) -> None:
        newest = self.orders.keep(self.order)
        if newest.command_id != self.order.command_id and not self.steps.has_acted(operation):
            self.steps.await_outcome(newest)
            self.steps.stand_back(operation, newest, self._newer)
            return
        if operation.decision is None:
            decision = words.decision(self.order, self.steps.exchange, self._ownership())
            operation = self.steps.plan(operation, decision)
        self.steps.finish(operation, self._newer)

    def _ownership(self) -> Ownership:
        if self.order.action is not Action.WIPE_DEVICE:
            return Ownership.UNKNOWN  # no other order depends on it
        return self.postures.ownership(
            self.order.tenant_id, self.order.mailbox, device_id=self.order.device_id
        )

    def _newer(self) -> Order | None:
        newest = self.orders.newest(
            self.order.tenant_id,
            self.order.mailbox,
            device_id=self.order.device_id,
            concern=self.order.concern,
        )
        is_ours = newest is None or newest.command_id == self.order.command_id
        return None if is_ours else newest


def _opened(command: Command, journal: Journal, clock: Clock) -> Operation:
    """Store the operation, or find it; Conflict if its id stands for something else."""
    asked = opened_by_command(command, clock())
    operation = journal.open(asked)
    if not operation.asks_the_same_as(asked):
        raise Conflict(
            f"command_id {operation.operation_id} already stands for {operation.asked} of "
            f"device {operation.device_id}{_if_personal(operation)}: send a new order under a "
            "new command_id"
        )
    return operation


def _order(command: Command, operation: Operation) -> Order:
    return Order(
        command_id=command.command_id,
        tenant_id=command.tenant_id,
        action=command.action,
        mailbox=command.mailbox,
        device_id=command.device_id,
        given_at=operation.opened_at,
        why=f"ordered by {command.requested_by}: {command.reason}",
        even_if_personal=command.even_if_personal,
    )


def _if_personal(operation: Operation) -> str:
    return ", even if personal" if operation.even_if_personal else ""
