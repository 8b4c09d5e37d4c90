"""
The journal, of which the audit knows everything first.

A step is recorded before it is stored, and stored before anything acts on it; so there is no
act without a record. What a death between the two leaves behind is a record of a step that
was not stored: whoever goes on decides anew, and records that, too. If it comes to the same,
it is the same record, and stands there once (or twice, which a verification calls a repeat).
The same holds for a step that another worker has overtaken: the record says what this worker
was about to do, and the next one of the operation says what was done. The audit may say more
than happened, never less.

An order that is new is stored first, so that the same order again is not a second one; it is
recorded before whoever gave it hears that it is accepted, and again for as long as nothing
else has happened to it.
"""

from typing import Protocol

from shared.devices.operation import Operation


class Journal(Protocol):
    """Every operation, from what was asked to what came of it."""

    def open(self, operation: Operation) -> Operation:
        """Store a new operation, or return the one already stored under its id."""
        ...

    def save(self, operation: Operation) -> Operation:
        """Store a step; Contended if another worker has moved the operation meanwhile."""
        ...

    def find(self, tenant_id: str, operation_id: str) -> Operation | None:
        """Return the operation, if there is one."""
        ...


class Auditing(Protocol):
    """Records what happens to operations."""

    def opened(self, operation: Operation) -> None:
        """Record that an order was given."""
        ...

    def step(self, operation: Operation) -> None:
        """Record the step that the operation is about to be stored with."""
        ...


class AuditedJournal:
    """A journal whose decisions are in the audit; a Failure of the audit's stops the step."""

    def __init__(self, journal: Journal, auditing: Auditing) -> None:
        self._journal = journal
        self._auditing = auditing

    def open(self, operation: Operation) -> Operation:
        """Store a new operation, or return the one already stored under its id."""
        stored = self._journal.open(operation)
        if len(stored.history) == 1:
            self._auditing.opened(stored)
        return stored

    def save(self, operation: Operation) -> Operation:
        """Store a step; Contended if another worker has moved the operation meanwhile."""
        self._auditing.step(operation)
        return self._journal.save(operation)

    def find(self, tenant_id: str, operation_id: str) -> Operation | None:
        """Return the operation, if there is one."""
        return self._journal.find(tenant_id, operation_id)
