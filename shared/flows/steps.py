"""The steps every operation on a device goes through: plan, act, record, emit."""

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import wipe
from shared.devices.model import Action, Decision, Device
from shared.devices.operation import Operation, State, is_wipe
from shared.errors import NotFound, Retryable
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
        planned = replace(operation, decision=decision)
        return self.journal.save(planned.stepped(State.PLANNED, note, self.clock()))

    def act(self, operation: Operation) -> Operation:
        """Do what was decided, and record how the device then stands."""
        decision = operation.decision
        if decision is None or decision.action is None or operation.acted_at is not None:
            return operation
        if is_wipe(decision):
            operation = self._wipe_once(operation, decision)
        else:
            self.exchange.apply(decision)
        acted = replace(operation, acted_at=self.clock(), after=self._after(decision))
        note = f"{decision.action} carried out"
        return self.journal.save(acted.stepped(State.PLANNED, note, self.clock()))

    def tell(self, operation: Operation) -> Operation:
        """Announce what was done, and close the operation."""
        if operation.acted_at is not None:
            self.events.device_changed(operation)
        return self.close(operation, "done")

    def close(self, operation: Operation, note: str) -> Operation:
        """Record that nothing is left to do."""
        return self.journal.save(operation.stepped(State.DONE, note, self.clock()))

    def wait(self, operation: Operation, failure: Retryable) -> Operation:
        """Record what the operation waits for."""
        return self.journal.save(operation.stepped(State.WAITING, str(failure), self.clock()))

    def overtaken(self, operation: Operation, why: str) -> Operation:
        """Record how the device stands after something newer was put in our action's place."""
        if operation.decision is None:
            return operation
        now = replace(operation, after=self._after(operation.decision))
        return self.journal.save(now.stepped(State.PLANNED, f"overtaken: {why}", self.clock()))

    def has_wiped(self, operation: Operation) -> bool:
        """Whether an earlier attempt's wipe request stands; Retryable while that is unknown."""
        if operation.attempted_at is None or operation.decision is None:
            return False
        if self._has_landed(operation.decision):
            return True
        rest = operation.attempted_at + self.settle - self.clock()
        if rest > timedelta():
            raise Retryable("it is not known yet whether the wipe was requested", after=rest)
        return False

    def _wipe_once(self, operation: Operation, decision: Decision) -> Operation:
        """Request the wipe unless an earlier attempt did: a second request restarts the cycle."""
        if self.has_wiped(operation):
            return operation
        operation = self.journal.save(replace(operation, attempted_at=self.clock()))
        self.exchange.wipe(decision)
        return operation

    def _has_landed(self, decision: Decision) -> bool:
        before = decision.wipe_before
        if before is None:
            return False
        now = self.exchange.wipe_state(decision.device)
        return wipe.has_landed(before, now, only_account=decision.account_only)

    def _after(self, decision: Decision) -> Device | None:
        if decision.action is Action.REMOVE:
            return None
        try:
            return self.exchange.find(decision.device.mailbox, decision.device.device_id)
        except NotFound:
            return None  # somebody removed it since; what we did is done
