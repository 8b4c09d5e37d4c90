"""A second person decides about a held operation; whoever ordered may call an order back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.devices.caller import Caller, Role
from shared.devices.guard import Approval
from shared.devices.model import Action, Order
from shared.devices.operation import NOTE_LIMIT, REPLAYED, Operation, State
from shared.devices.release import HeldWord, Release, opened_by_release
from shared.devices.tenant_change import TenantOrder, target
from shared.errors import Conflict, NotAllowed, Rejected
from shared.flows.guard_ports import HeldQueue, HeldWords
from shared.flows.ports import Clock, Events, Journal, Orders
from shared.flows.tenant_command import TenantOrders


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """
    What people may say about operations that wait.

    An approved operation goes on its queue again, is planned anew, and is not held again; a
    newer word still overrules it.
    """

    words: HeldWords
    queue: HeldQueue
    orders: Orders
    tenant_orders: TenantOrders
    journal: Journal
    events: Events
    clock: Clock

    def approve(self, operation: Operation, approver: Caller, note: str) -> Operation:
        """Let a held operation go on; NotAllowed for whoever ordered it. Repeat it if it fails."""
        _require_second_person(operation, approver)
        word = self.words.find(operation)
        if operation.approval is not None and word is None:
            return operation
        if word is None or operation.refusal or not (operation.is_held_back or operation.approval):
            raise Conflict(f"the operation is not held: it is {operation.state}")
        if operation.approval is None:
            self.words.leaving(operation)
            operation = self.journal.save(approved(operation, self._said(approver, note)))
        self.let_go([word])
        return operation

    def refuse(self, operation: Operation, approver: Caller, note: str) -> Operation:
        """End a held operation; NotAllowed for whoever ordered it."""
        _require_second_person(operation, approver)
        if not operation.is_held_back:
            raise Conflict(f"the operation is not held: it is {operation.state}")
        said = operation.refusal or self._said(approver, note)
        refused = replace(operation, refusal=said)
        ended = self.end(refused, f"refused by {said.name}: {said.note}")
        self.events.operation_settled(ended)
        return ended

    def cancel(self, operation: Operation, caller: Caller, note: str) -> Operation:
        """Call back an order of which nothing is done yet; Conflict once it has begun."""
        if operation.report is not None or (
            operation.asked not in _ORDERS and not operation.change
        ):
            raise Rejected("only an order can be called back: what a sender says is refused")
        if operation.is_finished or operation.has_begun or operation.approval is not None:
            raise Conflict(f"it is too late to call it back: the operation is {operation.state}")
        self._withdraw(operation)
        ended = self.end(operation, f"called back by {caller.name or caller.asked_as}: {note}")
        self.events.operation_settled(ended)
        return ended

    def release(self, release: Release, approver: Caller) -> Operation:
        """Order all that is meant to go on; Conflict if the id stands for something else."""
        if not approver.may(Role.APPROVER):
            raise NotAllowed(f"that needs the role {Role.APPROVER}")
        asked = opened_by_release(release, self.clock(), approver.asked_as)
        operation = self.journal.open(asked)
        if not is_ordered_as(operation, asked):
            raise Conflict("release_id stands for something else: send it under a new one")
        if not operation.is_finished:
            self.queue.put_release(release)
        return operation

    def let_go(self, words: Sequence[HeldWord]) -> None:
        """Put messages on their queues again, and forget them; twice does no harm."""
        if words:
            self.queue.put_held(words)
            self.words.drop(words)

    def end(self, operation: Operation, why: str) -> Operation:
        """Abandon an operation of which nothing is done; Contended if a worker has moved it."""
        operation = self.journal.save(operation.stepped(operation.state, why, self.clock()))
        self.events.operation_abandoned(operation)
        ended = self.journal.save(operation.stepped(State.ABANDONED, why, self.clock()))
        word = self.words.find(ended)
        if word is not None:
            self.words.drop([word])
        return ended

    def _said(self, approver: Caller, note: str) -> Approval:
        return Approval(by=approver.id, name=approver.name, at=self.clock(), note=note)

    def _withdraw(self, operation: Operation) -> None:
        """Let the order overrule nothing any more."""
        if operation.change is not None:
            self.tenant_orders.withdraw(
                TenantOrder(
                    command_id=operation.operation_id,
                    tenant_id=operation.tenant_id,
                    target=target(operation.change),
                    given_at=operation.opened_at,
                )
            )
            return
        self.orders.withdraw(
            Order(
                command_id=operation.operation_id,
                tenant_id=operation.tenant_id,
                action=Action(operation.asked),
                mailbox=operation.mailbox,
                device_id=operation.device_id,
                given_at=operation.opened_at,
                why=operation.history[0].note,
            )
        )


_ORDERS = frozenset(Action)


def approved(operation: Operation, approval: Approval) -> Operation:
    """Return the operation as it goes on: planned anew, unless something was attempted."""
    if not operation.has_begun:
        operation = replace(operation, decision=None, altered=None)
    note = f"approved by {approval.name}: {approval.note}"
    return replace(operation, approval=approval).stepped(State.WAITING, note, approval.at)


def is_ordered_as(operation: Operation, asked: Operation) -> bool:
    """Whether an operation is what *asked* asks for, ordered by the same person."""
    return operation.asks_the_same_as(asked) and operation.asked_as == asked.asked_as


def is_asked_by(operation: Operation, approver_id: str, name: str) -> bool:
    """Whether the approver is who ordered it or had it replayed, by object id or given name."""
    is_name = bool(name) and operation.asked_by.casefold() == name.casefold()
    is_ordered = operation.asked_as == f"person:{approver_id}" or is_name
    return is_ordered or _is_replayed_by(operation, name)


def _is_replayed_by(operation: Operation, name: str) -> bool:
    line = f"{REPLAYED} {name}:".casefold()[:NOTE_LIMIT]
    return any(f"{step.note}:".casefold().startswith(line) for step in operation.history)


def _require_second_person(operation: Operation, approver: Caller) -> None:
    if not approver.may(Role.APPROVER):
        raise NotAllowed(f"that needs the role {Role.APPROVER}")
    if is_asked_by(operation, approver.id, approver.name):
        raise NotAllowed("whoever ordered it cannot decide about it: it takes a second person")
