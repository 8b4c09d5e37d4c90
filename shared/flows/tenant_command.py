"""A person or another system orders a change that is not about one device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from shared.devices.certificate_change import leaves_gap
from shared.devices.guard import SYSTEM, require_same_asker
from shared.devices.offboard_order import Offboarding
from shared.devices.operation import Operation, State, opened_by_tenant_command
from shared.devices.tenant_change import (
    Altered,
    LongChange,
    NotOfExchange,
    ShortChange,
    TenantChange,
    TenantCommand,
    TenantOrder,
    ToldElsewhere,
    action,
    target,
)
from shared.errors import Conflict, HeldBack, Misconfigured, Rejected, Retryable
from shared.flows.changes import Changing
from shared.flows.guarding import Guard
from shared.flows.long_changes import Story
from shared.flows.ports import Clock, Events, Journal, Queue
from shared.flows.settling import UNDER_WAY, begun, is_half_done, require_settled
from shared.flows.steps import NEWER_FIRST
from shared.flows.tenant_plan import TenantPlan
from shared.flows.waiting import waiting


class TenantOrders(Protocol):
    """The newest order for each target of a tenant."""

    def keep(self, order: TenantOrder) -> TenantOrder:
        """Store the order unless a newer one is known; return the newest."""
        ...

    def newest(self, tenant_id: str, target: str) -> TenantOrder | None:
        """Return the newest order, if there was one."""
        ...

    def known(self, tenant_id: str, target: str) -> list[TenantOrder]:
        """Return what was last ordered about it, the newest first."""
        ...

    def withdraw(self, order: TenantOrder) -> None:
        """Forget the order, if it is the newest: it turned out to be impossible."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSteps:
    """Takes one order to its end, from wherever an earlier attempt left it."""

    require: Callable[[str], None]  # Misconfigured if an action is known to lack a cmdlet
    changing: Changing
    stories: Mapping[str, Story]  # of long changes, by action
    orders: TenantOrders
    journal: Journal
    events: Events
    clock: Clock
    guard: Guard

    def accept(self, command: TenantCommand, queue: Queue, asked_as: str = "") -> Operation:
        """Store the order and queue it; the same order again is the same operation."""
        operation = _opened(command, self.journal, self.clock, asked_as)
        require_same_asker(operation.asked_as, asked_as)
        if not operation.is_finished:
            self.orders.keep(_order(command, operation))
            queue.put_tenant_command(command)
        return operation

    def handle(self, command: TenantCommand) -> None:
        """Carry the order out; the target's newest order stands, whichever acts last."""
        operation = _opened(command, self.journal, self.clock, SYSTEM)
        if operation.is_finished:
            return
        order = _order(command, operation)
        with waiting(operation, self.journal, self.clock):
            try:
                self._tell(operation, command, order)
            except HeldBack:
                self.orders.withdraw(order)
                raise
            except Rejected:
                self.orders.withdraw(order)  # what cannot be done overrules nothing
                self._not_attempted(command)
                raise

    def give_up(self, asked: Operation, why: str) -> None:
        """Take back what must not be left half done, before the order is abandoned."""
        known = self.journal.find(asked.tenant_id, asked.operation_id)
        if known is not None and not known.asks_the_same_as(asked):
            return  # its id is another order's, which goes on
        if isinstance(asked.change, LongChange):
            self.stories[action(asked.change)].give_up(asked, why)
            return
        if known is None or known.altered is None or asked.change is None:
            return
        newest = self.orders.newest(known.tenant_id, target(asked.change))
        if is_half_done(known, newest, journal=self.journal):
            self.changing.give_up(asked.change, known.altered.before)

    def _tell(self, operation: Operation, command: TenantCommand, order: TenantOrder) -> None:
        change = command.change
        newest = self.orders.keep(order)
        if newest.command_id != order.command_id and self._may_yield(operation, change):
            self._await_outcome(newest)
            if operation.attempted_at is not None:
                self._restored(operation, order)  # ours may have been made after it
            self._close(operation, f"nothing done: overruled by the newer {newest.command_id}")
            return
        if operation.acted_at is None:
            if not isinstance(change, NotOfExchange):
                self.require(operation.asked)
            if operation.plan_hash and operation.attempted_at is None:
                self.look(operation).require(operation.plan_hash)
            operation = self._acted(operation, command)
        operation = self._restored(operation, order)
        altered = operation.altered
        if altered is None or altered.before == altered.after:
            self._close(operation, "nothing was to be done")
            return
        if isinstance(change, Offboarding):
            self.events.offboarded(operation)
        elif not isinstance(change, ToldElsewhere):
            self.events.policy_changed(operation)
        self._close(operation, "done")

    def look(self, operation: Operation) -> TenantPlan:
        """Return what the order would do as things stand; nothing is stored or changed."""
        change, altered, refusal = _change(operation), None, None
        try:
            if not isinstance(change, NotOfExchange):
                self.require(operation.asked)
            if isinstance(change, ShortChange):
                altered = self._planned(operation, change)
            else:
                altered = self.stories[action(change)].plan(operation)
        except (Rejected, Misconfigured) as failure:
            refusal = failure
        known = self.orders.known(operation.tenant_id, target(change))
        others = (each.command_id for each in known if each.command_id != operation.operation_id)
        return TenantPlan(
            tenant_id=operation.tenant_id,
            change=change,
            altered=altered,
            refusal=refusal,
            ordered=next(others, None),
        )

    def _await_outcome(self, newer: TenantOrder) -> None:
        """Raise Retryable while a newer order may yet turn out to be impossible."""
        pending = self.journal.find(newer.tenant_id, newer.command_id)
        if pending is not None and not pending.is_finished and pending.acted_at is None:
            raise Retryable(f"the newer order {newer.command_id} goes first", after=NEWER_FIRST)

    def _may_yield(self, operation: Operation, change: TenantChange) -> bool:
        """Whether the order can still give way; a long change that has begun runs to its end."""
        if isinstance(change, LongChange):
            return not self.stories[action(change)].has_begun(operation)
        if leaves_gap(change):
            return operation.attempted_at is None  # it alone knows what it may have deleted
        return operation.acted_at is None

    def _not_attempted(self, command: TenantCommand) -> None:
        """Note that nothing came of the attempt: Exchange refused, or it was taken back."""
        latest = self.journal.find(command.tenant_id, command.command_id)
        if latest is not None and latest.attempted_at is not None and latest.acted_at is None:
            self.journal.save(replace(latest, attempted_at=None))

    def _acted(self, operation: Operation, command: TenantCommand) -> Operation:
        change = command.change
        if isinstance(change, ShortChange):
            return self._carried_out(operation, change, command)
        story = self.stories[action(change)]
        if operation.attempted_at is None:
            story.first(operation)
            operation = self.guard.admit(operation, command)
            operation = self.journal.save(replace(operation, attempted_at=self.clock()))
        altered = story.go_on(operation)
        return self._save(replace(operation, acted_at=self.clock(), altered=altered), altered.says)

    def _carried_out(
        self, operation: Operation, change: ShortChange, command: TenantCommand
    ) -> Operation:
        altered = operation.altered
        if altered is None:
            altered = self._planned(operation, change)
            operation = self._save(replace(operation, altered=altered), altered.says)
        operation = self.guard.admit(operation, command)
        if operation.attempted_at is None:
            self.changing.require_as_planned(change, altered.before)
            if leaves_gap(change):
                self.orders.keep(begun(operation, self.clock()))
        # Written down first: whoever is overruled after this has to look what became of it.
        operation = self.journal.save(replace(operation, attempted_at=self.clock()))
        after = self.changing.make(change, altered.before)
        done = replace(operation, acted_at=self.clock(), altered=replace(altered, after=after))
        return self._save(done, "carried out, and read back")

    def _planned(self, operation: Operation, change: ShortChange) -> Altered:
        """Return what the change would do; Retryable while its target may lie in pieces."""
        altered = self.changing.plan(change)
        if leaves_gap(change):  # asked afterwards: what has begun since then was not to be seen
            known = self.orders.known(operation.tenant_id, UNDER_WAY)
            require_settled(operation, known, journal=self.journal, now=self.clock())
        return altered

    def _restored(self, operation: Operation, order: TenantOrder) -> Operation:
        """
        Make the newest order's change again, if it is not ours.

        Two workers may change one target at once, and ours may have written last: whoever
        acts last also looks last.
        """
        newest = self.orders.newest(order.tenant_id, order.target)
        if newest is None or newest.command_id in {order.command_id, operation.repairs}:
            return operation
        newer = self.journal.find(newest.tenant_id, newest.command_id)
        if newer is None or operation.altered is None:
            return operation
        if not isinstance(newer.change, ShortChange) or leaves_gap(newer.change):
            return operation  # of these only one is under way at a time
        if not self.guard.lets_make_again(newer):
            return operation  # its own message finds that out
        try:
            after = self.changing.make(
                newer.change, newer.altered.before if newer.altered else None
            )
        except Rejected:
            return operation  # what cannot be done was not undone by us
        altered = replace(operation.altered, after=after)
        repaired = replace(operation, repairs=newest.command_id, altered=altered)
        return self._save(repaired, f"the newer {newest.command_id} stands")

    def _save(self, operation: Operation, note: str) -> Operation:
        return self.journal.save(operation.stepped(State.PLANNED, note, self.clock()))

    def _close(self, operation: Operation, note: str) -> None:
        if operation.had_stopped:
            self.events.operation_settled(operation)
        self.journal.save(operation.stepped(State.DONE, note, self.clock()))


def _opened(command: TenantCommand, journal: Journal, clock: Clock, asked_as: str) -> Operation:
    """Store the operation, or find it; Conflict if its id stands for something else."""
    asked = opened_by_tenant_command(command, clock(), asked_as)
    operation = journal.open(asked)
    if not operation.asks_the_same_as(asked):
        raise Conflict(
            f"command_id {operation.operation_id} already stands for another order: send a new "
            "one under a new command_id"
        )
    return operation


def _change(operation: Operation) -> TenantChange:
    if operation.change is None:
        raise TypeError("an order on a device is none of these")
    return operation.change


def _order(command: TenantCommand, operation: Operation) -> TenantOrder:
    return TenantOrder(
        command_id=command.command_id,
        tenant_id=command.tenant_id,
        target=target(command.change),
        given_at=operation.opened_at,
    )
