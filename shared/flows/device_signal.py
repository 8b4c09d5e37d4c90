"""An MDM reports a device's posture: bring the device in line with it."""

from dataclasses import dataclass

from shared.devices import decide
from shared.devices.model import Decision, Posture, Signal
from shared.devices.operation import Operation, is_wipe, opened_by_signal
from shared.errors import Contended, Retryable
from shared.flows.ports import Postures
from shared.flows.steps import Steps


def handle(signal: Signal, *, postures: Postures, steps: Steps) -> None:
    """Bring one device in line with what its MDM says about it."""
    operation = steps.journal.open(opened_by_signal(signal, steps.clock()))
    if operation.is_finished:
        return
    story = _Story(signal=signal, postures=postures, steps=steps)
    try:
        story.tell(operation)
    except Contended:
        raise
    except Retryable as failure:
        latest = steps.journal.find(operation.tenant_id, operation.operation_id)
        steps.wait(latest or operation, failure)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    signal: Signal
    postures: Postures
    steps: Steps

    def tell(self, operation: Operation) -> None:
        if decide.says_nothing(self.signal.posture, self.signal.trust):
            self.steps.close(operation, "nothing done: this sender may only tighten access")
            return
        newest = self.postures.keep(self.signal)
        if newest.signal_id != self.signal.signal_id and not self._has_acted(operation):
            self._stand_back(operation, newest)
            return
        if operation.decision is None:
            operation = self.steps.plan(operation, self._decide(self.signal))
        operation = self.steps.act(operation)
        self.steps.tell(self._yield_to_newer(operation))

    def _stand_back(self, operation: Operation, newest: Signal) -> None:
        """Leave the device to a newer report, after undoing what an attempt may have done."""
        if operation.decision is not None and operation.decision.action is not None:
            # An attempt cut short may have written to the lists after the newer report did.
            repair = self._decide(newest)
            if repair.action is not None and not is_wipe(repair):
                self.steps.tell(self.steps.act(self.steps.plan(operation, repair)))
                return
        self.steps.close(operation, f"nothing done: a newer report says {newest.posture}")

    def _has_acted(self, operation: Operation) -> bool:
        return operation.acted_at is not None or self.steps.has_wiped(operation)

    def _decide(self, signal: Signal) -> Decision:
        exchange = self.steps.exchange
        device = exchange.find(signal.mailbox, signal.device_id)
        wipe_state = exchange.wipe_state(device) if signal.posture is Posture.LOST else None
        return decide.for_posture(
            signal.posture, signal.trust, device=device, wipe_state=wipe_state
        )

    def _yield_to_newer(self, operation: Operation) -> Operation:
        """
        Restore what a newer report asked for, if one was handled while we acted.

        Two workers may handle two reports about one device at once, and ours may have
        written last. Whoever acts last also looks last, so the newest report stands.
        """
        standing = self.signal
        while (newest := self.postures.newest(standing)).signal_id != standing.signal_id:
            standing = newest
            decision = self._decide(newest)
            # A wipe is not undone by what we wrote, and not ours to repeat.
            if decision.action is not None and not is_wipe(decision):
                self.steps.exchange.apply(decision)
        if standing.signal_id == self.signal.signal_id:
            return operation
        return self.steps.overtaken(operation, f"a newer report says {standing.posture}")
