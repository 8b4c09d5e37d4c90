"""Somebody takes back what an operation did, by an ordinary order of its own."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.devices import decide, undo
from shared.devices.model import Action, Command, Word
from shared.devices.operation import (
    Operation,
    Possible,
    is_wipe,
    opened_by_command,
    opened_by_tenant_command,
)
from shared.devices.tenant_change import TenantChange, TenantCommand, target
from shared.devices.undo import cannot
from shared.devices.undo_change import is_same
from shared.errors import Conflict, NotFound
from shared.flows.command_plan import Planning

Accept = Callable[[Command | TenantCommand, str], Operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """
    Finds what takes one tenant's operations back, and orders it.

    An undo rests on things being as the operation left them, and is held to that by the
    plan that it carries: whatever is said or done before its turn, it then gives up.
    """

    planning: Planning
    accept: Accept  # an order, in the name of whoever asks for it

    def standing(self, operation: Operation) -> Possible:
        """Say whether it can be undone as far as our records tell; Exchange is not asked."""
        if operation.undone_by:
            return Possible(possible=False, because=f"{operation.undone_by} undoes it")
        try:
            wanted = undo.inverse(operation)
            self._require_newest(operation)
        except Conflict as conflict:
            return Possible(possible=False, because=str(conflict))
        return Possible(possible=True, because=_says(wanted, operation))

    def undo(
        self, operation: Operation, *, requested_by: str, reason: str, asked_as: str
    ) -> Operation:
        """Order the undo, and return its operation; asked for again, it is the same one."""
        journal = self.planning.journal
        undoing = journal.find(operation.tenant_id, _id(operation))
        if undoing is None:
            command = self._command(operation, requested_by, reason)
            undoing = journal.open(
                replace(self._opened(command, asked_as), undoes=operation.operation_id)
            )
        if undoing.undoes != operation.operation_id:
            # Ids of undos can be foretold: somebody has ordered something else under this one.
            raise cannot(f"its id stands for another order, {undoing.operation_id}")
        if operation.undone_by != undoing.operation_id:
            noted = replace(operation, undone_by=undoing.operation_id)
            note = f"undo ordered by {undoing.asked_by}: {undoing.operation_id}"
            journal.save(noted.stepped(operation.state, note, self.planning.clock()))
        if undoing.is_finished:
            return undoing
        return self.accept(_again(undoing, _reason(operation, reason)), undoing.asked_as)

    def _command(
        self, operation: Operation, requested_by: str, reason: str
    ) -> Command | TenantCommand:
        """Return the order, bound to how things stand; Conflict says what has come in between."""
        wanted = undo.inverse(operation)
        self._require_newest(operation)
        self._require_untouched(operation)
        command = _ordered(operation, wanted, requested_by, reason=_reason(operation, reason))
        plan = self.planning.plan(command)
        if plan.cannot:
            raise cannot(plan.cannot)
        if all(would.action is None for would in plan.would):
            raise cannot("it stands as before already")
        return replace(command, plan_hash=plan.plan_hash)

    def _opened(self, command: Command | TenantCommand, asked_as: str) -> Operation:
        if isinstance(command, TenantCommand):
            return opened_by_tenant_command(command, self.planning.clock(), asked_as)
        return opened_by_command(command, self.planning.clock(), asked_as)

    def _require_newest(self, operation: Operation) -> None:
        """Raise Conflict, naming it, if something newer was said about the same."""
        if operation.change is not None:
            known = self.planning.tenant.orders.known(operation.tenant_id, target(operation.change))
            if known and known[0].command_id != operation.operation_id:
                raise cannot(f"{known[0].command_id} was ordered about it since")
            return
        about = (operation.tenant_id, operation.mailbox)
        orders = self.planning.orders.known(*about, device_id=operation.device_id)
        reports = self.planning.postures.known(*about, device_id=operation.device_id)
        words: list[Word] = [*orders, *reports]
        for word in words:
            if undo.is_newer(word, operation):
                raise cannot(f"{word.says} since ({word.word_id})")

    def _require_untouched(self, operation: Operation) -> None:
        """Raise Conflict if somebody else has changed in Exchange what the operation did."""
        if operation.change is not None:
            found = self.planning.tenant.look(operation)
            after = operation.altered.after if operation.altered else None
            if found.altered is None:
                raise cannot(str(found.refusal))
            if not is_same(found.altered.before, after):
                raise cannot(f"{target(operation.change)} was changed since by somebody else")
            return
        decision = operation.decision
        if decision is None or is_wipe(decision):
            return  # how far a wipe has come, the order to cancel it looks up
        try:
            device = self.planning.exchange.find(operation.mailbox, operation.device_id)
        except NotFound as gone:
            raise cannot(str(gone)) from gone
        if not decide.is_reached(decision, device):
            raise cannot("somebody else has changed the mailbox's lists since")


def _ordered(
    operation: Operation, wanted: Action | TenantChange, requested_by: str, *, reason: str
) -> Command | TenantCommand:
    if isinstance(wanted, Action):
        return Command(
            command_id=_id(operation),
            tenant_id=operation.tenant_id,
            action=wanted,
            mailbox=operation.mailbox,
            device_id=operation.device_id,
            reason=reason,
            requested_by=requested_by,
        )
    return TenantCommand(
        command_id=_id(operation),
        tenant_id=operation.tenant_id,
        change=wanted,
        reason=reason,
        requested_by=requested_by,
    )


def _again(undoing: Operation, reason: str) -> Command | TenantCommand:
    """Return the order as it was opened."""
    command = _ordered(
        undoing, undoing.change or Action(undoing.asked), undoing.asked_by, reason=reason
    )
    return replace(command, command_id=undoing.operation_id, plan_hash=undoing.plan_hash)


def _says(wanted: Action | TenantChange, operation: Operation) -> str:
    if isinstance(wanted, Action):
        return f"{wanted} takes it back"
    return f"an order for {target(wanted)} takes it back: {operation.asked} is undone"


def _id(operation: Operation) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"undo|{operation.operation_id}"))


def _reason(operation: Operation, reason: str) -> str:
    return f"undo of {operation.operation_id}{f': {reason}' if reason else ''}"
