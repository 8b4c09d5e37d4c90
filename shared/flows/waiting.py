"""What an operation waits for, in its record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from shared.devices.operation import Operation, State, is_wipe
from shared.errors import Contended, Misconfigured, Retryable
from shared.flows.ports import Clock, Journal


@contextmanager
def waiting(operation: Operation, journal: Journal, clock: Clock) -> Iterator[None]:
    """Record what the operation waits for, when something stands in its way."""
    try:
        yield
    except Contended:
        raise  # the other worker's record is not to be overwritten
    except (Retryable, Misconfigured) as failure:
        latest = journal.find(operation.tenant_id, operation.operation_id) or operation
        if not latest.is_finished:
            _note(latest, str(failure), journal, clock)
        raise


def _note(operation: Operation, why: str, journal: Journal, clock: Clock) -> None:
    """Write the line down, unless nothing else is new: a wait may last for days."""
    noted = _failed(operation).stepped(State.WAITING, why, clock())
    last, line = operation.history[-1], noted.history[-1]
    if (last.state, last.note) != (line.state, line.note) or _failed(operation) != operation:
        journal.save(noted)


def _failed(operation: Operation) -> Operation:
    """Return an operation whose attempt is known to have failed; a wipe's never quite is."""
    if operation.decision is None or is_wipe(operation.decision):
        return operation
    return replace(operation, attempted_at=None)
