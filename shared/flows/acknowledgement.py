"""A wipe was requested: its device is to confirm that, and is not waited for for ever."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from shared.devices import wipe
from shared.devices.model import Action, Device, Order, WipeState, Word
from shared.devices.operation import Operation, State
from shared.errors import NotFound, Unfinished
from shared.flows.ports import Clock, Events, Exchange, Journal

WAITS = "waiting for the device to confirm the wipe"
GONE = "done, but not confirmed: Exchange no longer has this device, so no word of it will come"
WITHDRAWN = (
    "done, but not confirmed: somebody withdrew the wipe in Exchange before the device was told"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """
    Looks from time to time what became of a wipe, and never requests another.

    `settle` is how long after the request Exchange may not show it yet; `patience` is how
    long after the request the device may take.
    """

    exchange: Exchange
    journal: Journal
    events: Events
    clock: Clock
    settle: timedelta
    patience: timedelta

    def begin(self, operation: Operation, requested_at: datetime) -> NoReturn:
        """Note that nothing but the device's word is left; the first look comes soon."""
        now = self.clock()
        awaited = replace(operation, awaited_since=now)
        self.journal.save(awaited.stepped(State.WAITING, WAITS, now))
        self._look_again(requested_at)

    def look(self, operation: Operation, newest: Callable[[], Word | None]) -> None:
        """Close the operation if its end is seen or overdue; Unfinished while neither is."""
        decision, requested_at = operation.decision, operation.acted_at
        if decision is None or requested_at is None:
            raise ValueError("only a wipe that was requested can be confirmed")
        if operation.acknowledged_at is not None:
            self._confirmed(operation, operation.acknowledged_at)
            return
        state, age = self._state(decision.device), self.clock() - requested_at
        confirmed_at = wipe.confirmed_at(decision, state) if state else None
        if confirmed_at is not None:
            self._confirmed(self._noted(operation, confirmed_at), confirmed_at)
        elif age >= self.settle and state is None:
            self._unconfirmed(operation, GONE)
        elif age >= self.settle and state and wipe.is_withdrawn(decision, state):
            self._withdrawn(operation, newest())
        elif age >= self.patience:
            self._unconfirmed(operation, _overdue(age))
        else:
            self._look_again(requested_at)

    def _state(self, device: Device) -> WipeState | None:
        try:
            return self.exchange.wipe_state(device)
        except NotFound:
            return None

    def _noted(self, operation: Operation, acknowledged_at: datetime) -> Operation:
        """Keep the device's word before telling it: another wipe would make Exchange forget it."""
        noted = replace(operation, acknowledged_at=acknowledged_at)
        note = "the device confirmed the wipe"
        return self.journal.save(noted.stepped(operation.state, note, self.clock()))

    def _confirmed(self, operation: Operation, at: datetime) -> None:
        self.events.wipe_acknowledged(operation)
        self._close(operation, f"done: the device confirmed the wipe at {at:%Y-%m-%d %H:%M:%S} UTC")

    def _withdrawn(self, operation: Operation, newer: Word | None) -> None:
        if newer is not None and calls_back(newer):
            # That order announces what it did.
            self._close(operation, f"done, but the wipe was called back: {newer.says} since")
            return
        self._unconfirmed(operation, WITHDRAWN)

    def _unconfirmed(self, operation: Operation, why: str) -> None:
        closed = operation.stepped(State.DONE, why, self.clock())
        self.events.wipe_unconfirmed(closed)
        self._settle(operation)
        self.journal.save(closed)

    def _close(self, operation: Operation, note: str) -> None:
        self._settle(operation)
        self.journal.save(operation.stepped(State.DONE, note, self.clock()))

    def _settle(self, operation: Operation) -> None:
        if operation.had_stopped:
            self.events.operation_settled(operation)

    def _look_again(self, requested_at: datetime) -> NoReturn:
        raise Unfinished(WAITS, after=wipe.next_look(requested_at, self.clock(), self.settle))


def calls_back(word: Word) -> bool:
    """Whether the word is an order to cancel a wipe."""
    return isinstance(word, Order) and word.action is Action.CANCEL_WIPE


def _overdue(age: timedelta) -> str:
    hours = age // timedelta(hours=1)
    return (
        f"done, but not confirmed: requested {hours} hours ago, and the device has not confirmed "
        "it; it may be off, or Exchange may never be told"
    )
