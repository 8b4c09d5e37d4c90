"""An MDM reports a device's posture: bring the device in line with it."""

from dataclasses import dataclass

from shared.devices import decide
from shared.devices.model import Decision, Posture, Signal
from shared.devices.operation import Operation, opened_by_signal
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
        newest = self.postures.keep(self.signal)
        if operation.acted_at is None and newest.signal_id != self.signal.signal_id:
            note = f"nothing done: a newer report says {newest.posture}"
            self.steps.close(operation, note)
            return
        if operation.decision is None:
            operation = self.steps.plan(operation, self._decide(self.signal))
        operation = self.steps.act(operation)
        self._yield_to_newer()
        self.steps.tell(operation)

    def _decide(self, signal: Signal) -> Decision:
        exchange = self.steps.exchange
        device = exchange.find(signal.mailbox, signal.device_id)
        wipe_state = exchange.wipe_state(device) if signal.posture is Posture.LOST else None
        return decide.for_posture(
            signal.posture, signal.trust, device=device, wipe_state=wipe_state
        )

    def _yield_to_newer(self) -> None:
        """
        Restore what a newer report asked for, if one was handled while we acted.

        Two workers may handle two reports about one device at once, and ours may have
        written last. Whoever acts last also looks last, so the newest report stands.
        """
        standing = self.signal
        while (newest := self.postures.newest(standing)).signal_id != standing.signal_id:
            standing = newest
            if newest.posture is not Posture.LOST:  # a wipe is not undone by what we wrote
                decision = self._decide(newest)
                if decision.action is not None:
                    self.steps.exchange.apply(decision)
