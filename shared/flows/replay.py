"""Somebody has an operation that was given up tried again; it stays the operation that it is."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from shared.devices.guard import Hold, HoldReason
from shared.devices.kept_word import KeptWord, Which
from shared.devices.operation import (
    REPLAYED,
    UNREADABLE,
    Operation,
    Possible,
    State,
    is_wipe,
)
from shared.devices.tenant_change import LongChange
from shared.errors import Conflict, Rejected
from shared.flows.guard_ports import HeldWords
from shared.flows.ports import Clock, Events, Journal

AT_MOST = 100  # operations in one call
ONCE_MORE = "a wipe that may have been requested before it was given up is to be tried again"


class KeptWords(Protocol):
    """The words of operations that were given up."""

    def keep(self, word: KeptWord) -> None:
        """Keep a word, unless it is kept already."""
        ...

    def find(self, tenant_id: str, operation_id: str) -> KeptWord | None:
        """Return the word, if there is one."""
        ...

    def each(self, tenant_id: str) -> Iterator[KeptWord]:
        """Yield all of a tenant's, without their text."""
        ...

    def drop(self, word: KeptWord) -> None:
        """Forget a word: it is on its queue again."""
        ...


class WordQueue(Protocol):
    """Where words wait for a worker."""

    def put_on(self, queue: str, body: bytes, after: timedelta | None) -> None:
        """Put a message on a queue."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a call for several."""

    replayed: list[str] = field(default_factory=list)  # operations, the one given up first first
    refused: dict[str, str] = field(default_factory=dict)  # why not, by operation
    left: int = 0  # more that the call meant: it can be repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """
    Reopens one tenant's operations that were given up, and puts their words back.

    Reopened first, put back second, forgotten last: whoever comes after a death finds the
    word still kept, and puts it back once more. A worker does nothing twice for that: the
    operation remembers what was attempted, and is looked after before anything is done.
    """

    words: KeptWords
    queue: WordQueue
    journal: Journal
    clock: Clock
    held: HeldWords | None  # of what waits for approval; None: nobody has to be asked
    events: Events

    def standing(self, operation: Operation) -> Possible:
        """Say whether it can be tried again."""
        try:
            self._require_word(operation)
        except Conflict as conflict:
            return Possible(possible=False, because=str(conflict))
        return Possible(possible=True, because="its message was kept")

    def replay(self, operation: Operation, *, requested_by: str, reason: str) -> Operation:
        """Try it again; asked for twice in a row, once. Conflict says why it cannot be."""
        if operation.state is not State.ABANDONED:
            return self._once(operation)
        word = self._require_word(operation)
        note = f"{REPLAYED} {requested_by}{f': {reason}' if reason else ''}"
        return self._put(self._reopened(operation, note), word)

    def replay_each(
        self, tenant_id: str, which: Which, *, at_most: int, requested_by: str, reason: str
    ) -> Replayed:
        """Try several again, those first that were given up first."""
        meant = [word for word in self.words.each(tenant_id) if which.has(word)]
        chosen = heapq.nsmallest(at_most, meant, key=lambda word: word.given_up_at)
        done = Replayed(left=len(meant) - len(chosen))
        for word in chosen:
            operation = self.journal.find(tenant_id, word.operation_id)
            if operation is None:
                continue
            try:
                self.replay(operation, requested_by=requested_by, reason=reason)
            except Rejected as refusal:
                done.refused[word.operation_id] = str(refusal)
            else:
                done.replayed.append(word.operation_id)
        return done

    def _require_word(self, operation: Operation) -> KeptWord:
        """Return the word to try again; Conflict says why there is none."""
        if operation.refusal is not None:
            raise _cannot(f"{operation.refusal.name} has refused it: order it anew")
        if operation.history[0].note == UNREADABLE:
            raise _cannot("its message could not be read")
        if isinstance(operation.change, LongChange):
            raise _cannot("its steps have ended: order it anew, under a new id")
        word = self.words.find(operation.tenant_id, operation.operation_id)
        if word is None:
            raise _cannot("its message was not kept: send it again")
        return word

    def _once(self, operation: Operation) -> Operation:
        """Return an operation that was replayed already, its word on the queue."""
        if not operation.replays:
            raise Conflict(
                f"operation {operation.operation_id} is {operation.state}: only what was given "
                "up can be replayed"
            )
        word = self.words.find(operation.tenant_id, operation.operation_id)
        if word is not None and operation.is_finished:
            self.words.drop(word)
        elif word is not None:
            return self._put(operation, word)
        return operation

    def _reopened(self, operation: Operation, note: str) -> Operation:
        """Let it wait again: planned anew, unless something may have been done already."""
        if operation.attempted_at is None:
            hold = operation.hold if operation.approval else None
            # Without `repairs` too: what restores a newer word has passed the brake, this has not.
            operation = replace(operation, decision=None, altered=None, hold=hold, repairs="")
        elif may_have_wiped(operation):
            operation = replace(operation, approval=None)  # what was approved was one attempt
        return self.journal.save(operation.stepped(State.WAITING, note, self.clock()))

    def _put(self, operation: Operation, word: KeptWord) -> Operation:
        if self.held and may_have_wiped(operation) and operation.approval is None:
            operation = self._held_back(operation, word, self.held)
        else:
            self.queue.put_on(word.queue, word.body, None)
        self.words.drop(word)
        return operation

    def _held_back(self, operation: Operation, word: KeptWord, held: HeldWords) -> Operation:
        """Let another attempt at a wipe wait for somebody to approve it."""
        if not operation.is_held_back:
            now = self.clock()
            hold = Hold(reason=HoldReason.APPROVAL, says=ONCE_MORE, since=now)
            operation = replace(operation, hold=hold).stepped(State.HELD, ONCE_MORE, now)
            held.put(operation, word.queue, word.body)
            operation = self.journal.save(operation)
        self.events.operation_held(operation)
        return operation


def may_have_wiped(operation: Operation) -> bool:
    """Whether a wipe may have been requested before the operation was given up."""
    is_of_wipe = operation.decision is not None and is_wipe(operation.decision)
    return is_of_wipe and operation.attempted_at is not None and operation.acted_at is None


def _cannot(because: str) -> Conflict:
    return Conflict(f"cannot be replayed, because {because}")
