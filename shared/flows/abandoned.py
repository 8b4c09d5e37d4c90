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
    given_up = operation.stepped(State.ABANDONED, why, clock())
    events.operation_abandoned(given_up)
    return journal.save(given_up)


def _own_id(asked: Operation) -> str:
    told_apart = f"{asked.operation_id}|{asked.asked}|{asked.mailbox}|{asked.device_id}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart))
