"""The steps every operation on a device goes through: plan, act, record, emit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import wipe
from shared.devices.decide import is_reached
from shared.devices.model import Action, Decision, Device, Signal, Word
from shared.devices.operation import Operation, State, is_wipe
from shared.errors import Contended, NotFound, Rejected, Retryable
from shared.flows import words
from shared.flows.acknowledgement import Acknowledgement, calls_back
from shared.flows.guard_ports import Message
from shared.flows.guarding import Guard
from shared.flows.ports import Clock, Events, Exchange, Journal
from shared.flows.waiting import waiting

NEWER_FIRST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """
    Takes one operation to its end, from wherever an earlier attempt left it.

    `settle` is how long after an attempt whose outcome is unknown a look back still
    proves nothing, because reads may lag behind writes; `patience` is how long a device
    may take to confirm its wipe.
    """

    exchange: Exchange
    journal: Journal
    events: Events
    clock: Clock
    settle: timedelta
    patience: timedelta
    guard: Guard

    def plan(self, operation: Operation, decision: Decision) -> Operation:
        """Write the decision down before anything is done: a redelivery resumes it."""
        note = f"{decision.action or 'nothing to do'}: {decision.reason}"
        return self._save(replace(operation, decision=decision), note)

    def admitted(self, operation: Operation, message: Message) -> Operation:
        """Return the planned operation if nobody has to be asked first; HeldBack once it waits."""
        return self.guard.admit(operation, message)

    def let_through(self, *actions: Action) -> "Steps":
        """Return the steps of a sweep that was let through as a whole."""
        return replace(self, guard=replace(self.guard, counted=frozenset(actions)))

    def in_force(self, word: Word | None) -> Word | None:
        """Return the word, unless it waits for an approver, or nobody has approved it."""
        return word if word is not None and self.guard.is_in_force(word) else None

    def finish(self, operation: Operation, newest: Callable[[], Word | None]) -> None:
        """
        Carry out what was decided, tell it, yield to a newer word, and see a wipe confirmed.

        Two workers may act on one device at once, and ours may have written last. Whoever
        acts last also looks last, so the newest word stands; what restores it is this
        operation's own to record and tell, as a second leg.
        """
        if operation.awaited_since is not None:
            self._acknowledgement.look(operation, newest)
            return
        if operation.decision is None or operation.decision.action is None:
            self.close(operation, "done")
            return
        operation = self._carried_out(operation)
        while (newer := newest()) is not None and newer.word_id != operation.repairs:
            repair = self._repair(operation.decision, newer)
            if repair is None:
                break
            operation = self._second_leg(operation, newer, repair)
            try:
                operation = self._carried_out(operation)
            except Rejected as refusal:
                # What was asked of this operation is done and told all the same.
                self.close(operation, f"done; {newer.says} since, but: {refusal}")
                return
        self._end(operation)

    def stand_back(
        self, operation: Operation, newer: Word, newest: Callable[[], Word | None]
    ) -> None:
        """
        Leave the device to a newer word, after undoing what an attempt may have done.

        An attempt cut short may have written to the lists after the newer word was
        carried out.
        """
        if operation.repairs == newer.word_id:
            self.finish(operation, newest)
            return
        if operation.decision is not None and operation.decision.action is not None:
            repair = self._repair(operation.decision, newer)
            if repair is not None:
                self.finish(self._second_leg(operation, newer, repair), newest)
                return
        self.close(operation, f"nothing done: {newer.says} since")

    def await_outcome(self, newer: Word) -> None:
        """Raise Retryable while a newer order may yet turn out to be impossible."""
        if isinstance(newer, Signal):
            return
        pending = self.journal.find(newer.tenant_id, newer.command_id)
        if pending is not None and not pending.is_finished and pending.acted_at is None:
            raise Retryable(f"{newer.says} since: it goes first", after=NEWER_FIRST)

    def close(self, operation: Operation, note: str) -> Operation:
        """Record that nothing is left to do."""
        closed = operation.stepped(State.DONE, note, self.clock())
        if closed.had_stopped:
            self.events.operation_settled(closed)
        return self.journal.save(closed)

    @contextmanager
    def waiting(self, operation: Operation) -> Iterator[None]:
        """Record what the operation waits for, when something stands in its way."""
        with waiting(operation, self.journal, self.clock):
            yield

    def has_acted(self, operation: Operation) -> bool:
        """Whether the decision was carried out; Retryable while that cannot be known."""
        return operation.acted_at is not None or self._has_landed(operation)

    def _carried_out(self, operation: Operation) -> Operation:
        """Do what was decided, record how the device then stands, and announce it."""
        decision = operation.decision
        if decision is None or decision.action is None:
            return operation
        if operation.acted_at is None:
            operation = self._act(operation, decision)
        if operation.after is None and decision.action is not Action.REMOVE:
            operation = self._save(replace(operation, after=self._after(decision)), "looked back")
        self.events.device_changed(operation)
        return operation

    def _act(self, operation: Operation, decision: Decision) -> Operation:
        """
        Do what was decided, unless an earlier attempt did.

        The attempt is written down first: another worker on the same operation then stays
        off, and whoever comes after a death looks back before doing anything again. A
        second wipe request would restart the wipe.
        """
        if not self._has_landed(operation):
            operation = self.journal.save(replace(operation, attempted_at=self.clock()))
            if is_wipe(decision):
                self.exchange.wipe(decision)
            else:
                self.exchange.apply(decision)
        # Written down before anything else can fail: from here on it is known to be done.
        return self._save(replace(operation, acted_at=self.clock()), f"{decision.action} done")

    def _end(self, operation: Operation) -> None:
        decision, acted_at = operation.decision, operation.acted_at
        if decision is not None and is_wipe(decision) and acted_at is not None:
            self._acknowledgement.begin(operation, acted_at)
        self.close(operation, "done")

    @property
    def _acknowledgement(self) -> Acknowledgement:
        return Acknowledgement(
            exchange=self.exchange,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
            settle=self.settle,
            patience=self.patience,
        )

    def _second_leg(self, operation: Operation, newer: Word, repair: Decision) -> Operation:
        fresh = replace(
            operation, repairs=newer.word_id, attempted_at=None, acted_at=None, after=None
        )
        return self.plan(fresh, repair)

    def _repair(self, ours: Decision | None, newer: Word) -> Decision | None:
        """Choose what restores a newer word after ours; nothing, if it stands or cannot be had."""
        if ours is not None and is_wipe(ours) and not calls_back(newer):
            return None  # a wipe writes to no list: it can only have come after its cancellation
        try:
            decision = words.choice(newer, self.exchange)
        except Rejected:
            return None  # what cannot be done was not undone by us
        # A wipe is not undone by what we wrote, and not ours to repeat.
        if decision.action is None or is_wipe(decision):
            return None
        return decision if self.guard.lets_repair(newer, decision) else None

    def _has_landed(self, operation: Operation) -> bool:
        """Whether an earlier attempt is seen to have succeeded; Retryable while it may yet be."""
        if operation.attempted_at is None or operation.decision is None:
            return False
        if self._is_in_place(operation.decision):
            return True
        rest = operation.attempted_at + self.settle - self.clock()
        if rest > timedelta():
            raise Contended("it is not known yet what became of the last attempt", after=rest)
        return False

    def _is_in_place(self, decision: Decision) -> bool:
        """Whether Exchange shows what was decided."""
        if is_wipe(decision):
            before, only_account = decision.wipe_before, decision.account_only
            now = self.exchange.wipe_state(decision.device)
            return before is not None and wipe.has_landed(before, now, only_account=only_account)
        try:
            device = self.exchange.find(decision.device.mailbox, decision.device.device_id)
        except NotFound:
            return decision.action is Action.REMOVE
        return is_reached(decision, device)

    def _save(self, operation: Operation, note: str) -> Operation:
        return self.journal.save(operation.stepped(State.PLANNED, note, self.clock()))

    def _after(self, decision: Decision) -> Device | None:
        if decision.action is Action.REMOVE:
            return None
        try:
            return self.exchange.find(decision.device.mailbox, decision.device.device_id)
        except NotFound:
            return None  # somebody removed it since; what we did is done
