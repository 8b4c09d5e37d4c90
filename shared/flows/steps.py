"""The steps every operation on a device goes through: plan, act, record, emit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import wipe
from shared.devices.model import Action, Decision, Device, Word
from shared.devices.operation import Operation, State, is_wipe
from shared.errors import Contended, Misconfigured, NotFound, Rejected, Retryable
from shared.flows import words
from shared.flows.ports import Clock, Events, Exchange, Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """
    Takes one operation to its end, from wherever an earlier attempt left it.

    `settle` is how long after an attempt whose outcome is unknown a look back still
    proves nothing, because reads may lag behind writes.
    """

    exchange: Exchange
    journal: Journal
    events: Events
    clock: Clock
    settle: timedelta

    def plan(self, operation: Operation, decision: Decision) -> Operation:
        """Write the decision down before anything is done: a redelivery resumes it."""
        note = f"{decision.action or 'nothing to do'}: {decision.reason}"
        return self._save(replace(operation, decision=decision), note)

    def finish(self, operation: Operation, newest: Callable[[], Word | None]) -> None:
        """
        Carry out what was decided, tell it, and yield to a newer word.

        Two workers may act on one device at once, and ours may have written last. Whoever
        acts last also looks last, so the newest word stands; what restores it is this
        operation's own to record and tell, as a second leg.
        """
        operation = self._carried_out(operation)
        while (newer := newest()) is not None and newer.word_id != operation.repairs:
            repair = self._repair(newer)
            if repair is None:
                break
            operation = self._carried_out(self._second_leg(operation, newer, repair))
        self.close(operation, "done")

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
            repair = self._repair(newer)
            if repair is not None:
                self.finish(self._second_leg(operation, newer, repair), newest)
                return
        self.close(operation, f"nothing done: {newer.says} since")

    def close(self, operation: Operation, note: str) -> Operation:
        """Record that nothing is left to do."""
        return self.journal.save(operation.stepped(State.DONE, note, self.clock()))

    @contextmanager
    def waiting(self, operation: Operation) -> Iterator[None]:
        """Record what the operation waits for, when something stands in its way."""
        try:
            yield
        except Contended:
            raise  # the other worker's record is not to be overwritten
        except (Retryable, Misconfigured) as failure:
            latest = self.journal.find(operation.tenant_id, operation.operation_id) or operation
            if not latest.is_finished:
                self.journal.save(latest.stepped(State.WAITING, str(failure), self.clock()))
            raise

    def has_acted(self, operation: Operation) -> bool:
        """Whether the decision was carried out; Retryable while that cannot be known."""
        return operation.acted_at is not None or self._has_wiped(operation)

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
        if is_wipe(decision):
            return self._wipe_once(operation, decision)
        self.exchange.apply(decision)
        acted = replace(operation, acted_at=self.clock(), after=self._after(decision))
        return self._save(acted, f"{decision.action} carried out")

    def _second_leg(self, operation: Operation, newer: Word, repair: Decision) -> Operation:
        fresh = replace(
            operation, repairs=newer.word_id, attempted_at=None, acted_at=None, after=None
        )
        return self.plan(fresh, repair)

    def _repair(self, newer: Word) -> Decision | None:
        """Choose what restores a newer word; nothing, if it stands or cannot be had."""
        try:
            decision = words.decision(newer, self.exchange)
        except Rejected:
            return None  # what cannot be done was not undone by us
        # A wipe is not undone by what we wrote, and not ours to repeat.
        return None if decision.action is None or is_wipe(decision) else decision

    def _wipe_once(self, operation: Operation, decision: Decision) -> Operation:
        """Request the wipe unless an earlier attempt did: a second request restarts the cycle."""
        if not self._has_wiped(operation):
            operation = self.journal.save(replace(operation, attempted_at=self.clock()))
            self.exchange.wipe(decision)
        # Written down before anything else can fail: from here on it is known to be requested.
        return self._save(replace(operation, acted_at=self.clock()), "wipe requested")

    def _has_wiped(self, operation: Operation) -> bool:
        decision = operation.decision
        if operation.attempted_at is None or decision is None or decision.wipe_before is None:
            return False
        now = self.exchange.wipe_state(decision.device)
        if wipe.has_landed(decision.wipe_before, now, only_account=decision.account_only):
            return True
        rest = operation.attempted_at + self.settle - self.clock()
        if rest > timedelta():
            raise Retryable("it is not known yet whether the wipe was requested", after=rest)
        return False

    def _save(self, operation: Operation, note: str) -> Operation:
        return self.journal.save(operation.stepped(State.PLANNED, note, self.clock()))

    def _after(self, decision: Decision) -> Device | None:
        if decision.action is Action.REMOVE:
            return None
        try:
            return self.exchange.find(decision.device.mailbox, decision.device.device_id)
        except NotFound:
            return None  # somebody removed it since; what we did is done
