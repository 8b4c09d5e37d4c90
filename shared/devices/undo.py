"""What takes back what an operation did, from how things stood before it; or why nothing does."""

from datetime import datetime

from shared.devices import undo_change
from shared.devices.decide import says_nothing
from shared.devices.model import Action, Concern, Decision, Device, Posture, Signal, Word
from shared.devices.operation import Operation, State, is_wipe
from shared.devices.tenant_change import TenantChange
from shared.errors import Conflict

LISTS = {
    (True, False): Action.ALLOW,
    (False, True): Action.BLOCK,
    (False, False): Action.CLEAR,
}
FINAL = {
    Action.REMOVE: "the partnership is gone: the device must sync again by itself",
    Action.CANCEL_WIPE: "no undo erases anything: order the wipe again",
}


def inverse(operation: Operation) -> Action | TenantChange:
    """Return the order that takes the operation back; Conflict says why there is none."""
    if operation.acted_at is None:
        raise cannot(_not_done(operation))
    if operation.repairs:
        raise cannot(f"it gave way to {operation.repairs}, and did what that one asks for")
    if operation.change is not None:
        _require_end(operation)
        try:
            return undo_change.inverse(operation.change, operation.altered)
        except Conflict as conflict:
            raise cannot(str(conflict)) from conflict
    if operation.decision is None or operation.decision.action is None:
        raise cannot("nothing was done")
    return _of_device(operation, operation.decision, operation.decision.action)


def concern(operation: Operation) -> Concern:
    """Return what newer orders have to be about to stand in the undo's way."""
    is_about_wipe = operation.decision is not None and is_wipe(operation.decision)
    return Concern.WIPE if is_about_wipe else Concern.ACCESS


def is_newer(word: Word, operation: Operation) -> bool:
    """Whether a word was given after the operation's, and says something about the same."""
    if word.word_id in {operation.operation_id, operation.undone_by}:
        return False
    if not isinstance(word, Signal):
        return word.concern is concern(operation) and word.given_at > _asked_at(operation)
    if says_nothing(word.posture, word.trust) or word.occurred_at <= _asked_at(operation):
        return False
    return concern(operation) is Concern.ACCESS or word.posture is Posture.LOST


def cannot(because: str) -> Conflict:
    """Return the refusal."""
    return Conflict(f"cannot be undone, because {because}")


def _of_device(operation: Operation, decision: Decision, action: Action) -> Action:
    if action in FINAL:
        raise cannot(FINAL[action])
    if is_wipe(decision):
        if operation.acknowledged_at is not None:
            raise cannot("the phone has confirmed the wipe")
        return Action.CANCEL_WIPE
    _require_end(operation)
    return _restoring(decision.device)


def _restoring(before: Device) -> Action:
    wanted = LISTS.get((before.on_allowed_list, before.on_blocked_list))
    if wanted is None:
        raise cannot("the device was on both of the mailbox's lists, where no order puts one")
    return wanted


def _require_end(operation: Operation) -> None:
    if operation.state is not State.DONE:
        raise cannot("it is not finished yet")


def _asked_at(operation: Operation) -> datetime:
    return operation.opened_at


def _not_done(operation: Operation) -> str:
    if operation.signal_ids:
        return f"it was passed on: undo {', '.join(operation.signal_ids)}"
    match operation.state:
        case State.DONE:
            return "nothing was done"
        case State.ABANDONED:
            return "it was given up: nothing is known to have been done"
        case State.WAITING | State.PLANNED | State.HELD:
            return "it is not carried out yet: cancel it instead"
