"""A person or another system orders an action on a device."""

from shared.devices import decide
from shared.devices.model import Action, Command, Decision, Device
from shared.devices.operation import Operation, opened_by_command
from shared.errors import Conflict, Contended, Retryable
from shared.flows.ports import Clock, Exchange, Journal, Queue
from shared.flows.steps import Steps


def accept(command: Command, *, journal: Journal, queue: Queue, clock: Clock) -> Operation:
    """Store the order and queue it; the same order again is the same operation."""
    asked = opened_by_command(command, clock())
    operation = journal.open(asked)
    _same_order(operation, asked)
    if not operation.is_finished:
        queue.put_command(command)
    return operation


def handle(command: Command, *, steps: Steps) -> None:
    """Carry out one order."""
    asked = opened_by_command(command, steps.clock())
    operation = steps.journal.open(asked)
    _same_order(operation, asked)
    if operation.is_finished:
        return
    try:
        if operation.decision is None:
            operation = steps.plan(operation, _decide(command, steps.exchange))
        steps.tell(steps.act(operation))
    except Contended:
        raise
    except Retryable as failure:
        latest = steps.journal.find(operation.tenant_id, operation.operation_id)
        steps.wait(latest or operation, failure)
        raise


def _decide(command: Command, exchange: Exchange) -> Decision:
    device = exchange.find(command.mailbox, command.device_id)
    why = f"ordered by {command.requested_by}: {command.reason}"
    match command.action:
        case Action.ALLOW:
            return decide.allow(device, why)
        case Action.BLOCK:
            return decide.block(device, why)
        case Action.QUARANTINE:
            return decide.quarantine(device, exchange.access_policy(), why)
        case Action.CLEAR:
            return decide.clear(device, exchange.access_policy(), why)
        case Action.REMOVE:
            return Decision(action=Action.REMOVE, device=device, reason=why)
        case Action.WIPE_ACCOUNT | Action.WIPE_DEVICE | Action.CANCEL_WIPE:
            return _decide_wipe(command.action, device, exchange, why)


def _decide_wipe(action: Action, device: Device, exchange: Exchange, why: str) -> Decision:
    state = exchange.wipe_state(device)
    if action is Action.CANCEL_WIPE:
        return decide.cancel_wipe(device, state, why)
    return decide.erase(action, device=device, state=state, why=why)


def _same_order(operation: Operation, asked: Operation) -> None:
    """Refuse a command_id that already stands for something else."""
    if not operation.asks_the_same_as(asked):
        raise Conflict(
            f"command_id {operation.operation_id} already stands for {operation.asked} of "
            f"device {operation.device_id}: send a new order under a new command_id"
        )
