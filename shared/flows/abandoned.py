"""An operation that cannot be carried out: recorded, announced, done; nothing dies silently."""

import uuid
from dataclasses import replace

from shared.devices.operation import Operation, State
from shared.flows.ports import Clock, Events, Journal


def give_up(
    asked: Operation, why: str, *, journal: Journal, events: Events, clock: Clock
) -> Operation:
    """Close the operation as abandoned; announce it before it counts as closed."""
    operation = journal.open(asked)
    if not operation.asks_the_same_as(asked):
        # Its id was taken by another order, which must not be given up in its place.
        operation = journal.open(replace(asked, operation_id=_own_id(asked)))
    if operation.is_finished:
        return operation
    # Saved first: a worker that is still on it wins, and the reason outlives a lost event.
    operation = journal.save(operation.stepped(operation.state, _reason(operation, why), clock()))
    if operation.acted_at is not None:
        # Only the telling failed: what was done to the device is not to be kept secret.
        events.device_changed(operation)
        return journal.save(operation.stepped(State.DONE, "done, and told late", clock()))
    events.operation_abandoned(operation)
    return journal.save(operation.stepped(State.ABANDONED, _reason(operation, why), clock()))


def _reason(operation: Operation, why: str) -> str:
    if operation.attempted_at is not None and operation.acted_at is None:
        return f"whether the wipe was requested is not known, look at the device; {why}"
    return why


def _own_id(asked: Operation) -> str:
    told_apart = f"{asked.operation_id}|{asked.asked}|{asked.mailbox}|{asked.device_id}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart))
