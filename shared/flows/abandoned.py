"""An operation that cannot be carried out: recorded, announced, done; nothing dies silently."""

import uuid
from dataclasses import replace

from shared.devices.offboard_order import Offboarding
from shared.devices.operation import Operation, State, is_wipe
from shared.devices.tenant_change import ToldElsewhere, target
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
        _tell(operation, events)
        if operation.decision is not None and is_wipe(operation.decision):
            return _wiped(operation, why, journal=journal, events=events, clock=clock)
        return journal.save(operation.stepped(State.DONE, f"done, and told late: {why}", clock()))
    events.operation_abandoned(operation)
    return journal.save(operation.stepped(State.ABANDONED, _reason(operation, why), clock()))


def _tell(operation: Operation, events: Events) -> None:
    if operation.change is None:
        events.device_changed(operation)
    elif isinstance(operation.change, Offboarding):
        events.offboarded(operation)
    elif isinstance(operation.change, ToldElsewhere) or operation.altered is None:
        return
    elif operation.altered.before != operation.altered.after:
        events.policy_changed(operation)


def _wiped(
    operation: Operation, why: str, *, journal: Journal, events: Events, clock: Clock
) -> Operation:
    """Close a wipe that was requested, and tell what is known of its device."""
    if operation.acknowledged_at is not None:
        events.wipe_acknowledged(operation)
        note = "done: the device confirmed the wipe, and told late"
        return journal.save(operation.stepped(State.DONE, note, clock()))
    note = f"done, but the device was not seen to confirm the wipe: {why}"
    closed = operation.stepped(State.DONE, note, clock())
    events.wipe_unconfirmed(closed)
    return journal.save(closed)


def _reason(operation: Operation, why: str) -> str:
    if operation.attempted_at is None or operation.acted_at is not None:
        return why
    if operation.change is not None:
        return f"it may have been carried out, look at {target(operation.change)}; {why}"
    if operation.decision is not None:
        return f"whether the wipe was requested is not known, look at the device; {why}"
    return why


def _own_id(asked: Operation) -> str:
    told_apart = "|".join(map(str, (asked.operation_id, *asked.question)))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart))
