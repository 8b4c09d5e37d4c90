"""An MDM reports a device's posture: bring the device in line with it."""

from dataclasses import dataclass, replace
from itertools import takewhile

from shared.devices import decide
from shared.devices.model import Concern, Posture, Signal, Trust, Word
from shared.devices.operation import Operation, opened_by_signal
from shared.errors import Conflict
from shared.flows import words
from shared.flows.ports import Orders, Postures
from shared.flows.steps import Steps


def handle(signal: Signal, *, postures: Postures, orders: Orders, steps: Steps) -> None:
    """Bring one device in line with what its MDM says about it."""
    asked = opened_by_signal(signal, steps.clock())
    operation = steps.journal.open(asked)
    if not operation.asks_the_same_as(asked):
        raise Conflict(f"signal_id {signal.signal_id} already stands for something else")
    if operation.is_finished:
        return
    # A report from the future would outrank all that are to come.
    dated = replace(signal, occurred_at=min(signal.occurred_at, operation.opened_at))
    story = _Story(signal=dated, postures=postures, orders=orders, steps=steps)
    with steps.waiting(operation):
        story.tell(operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    signal: Signal
    postures: Postures
    orders: Orders
    steps: Steps

    def tell(self, operation: Operation) -> None:
        if decide.says_nothing(self.signal.posture, self.signal.trust):
            self.steps.close(operation, "nothing done: this sender may only tighten access")
            return
        newer = self._newer_than(self.postures.keep(self.signal))
        if newer is not None and not self.steps.has_acted(operation):
            self.steps.await_outcome(newer)
            self.steps.stand_back(operation, newer, self._newest)
            return
        if operation.decision is None:
            operation = self.steps.plan(operation, words.decision(self.signal, self.steps.exchange))
        operation = self.steps.admitted(operation, self.signal)
        self.steps.finish(operation, self._newest)

    def _newest(self) -> Word | None:
        return self._newer_than(self.postures.newest(self.signal))

    def _newer_than(self, newest: Signal) -> Word | None:
        """Return the word that overrules ours: a newer report, or an order given since."""
        standing = self._in_force(newest)
        may_wipe = self.signal.posture is Posture.LOST and self.signal.trust is Trust.FULL
        order = self.orders.newest(
            self.signal.tenant_id,
            self.signal.mailbox,
            device_id=self.signal.device_id,
            concern=Concern.WIPE if may_wipe else Concern.ACCESS,
        )
        if order is not None and order.given_at > standing.occurred_at and self._counts(order):
            return order
        return standing if standing.signal_id != self.signal.signal_id else None

    def _in_force(self, newest: Signal) -> Signal:
        """Return the newest report that counts; ours, if none of those since does."""
        if self._counts(newest):
            return newest
        signal = self.signal
        known = self.postures.known(signal.tenant_id, signal.mailbox, device_id=signal.device_id)
        since = takewhile(lambda each: each.signal_id != signal.signal_id, known)
        return next(filter(self._counts, since), signal)

    def _counts(self, word: Word) -> bool:
        """Whether a word is ours, or does not wait for an approver."""
        return word.word_id == self.signal.signal_id or self.steps.in_force(word) is not None
