"""What a report or an order asks for, as a decision on how its device stands now."""

from shared.devices import decide
from shared.devices.model import Action, Decision, Device, Order, Ownership, Posture, Signal, Word
from shared.flows.ports import ExchangeFacts, Postures


def decision(
    word: Word, exchange: ExchangeFacts, ownership: Ownership = Ownership.UNKNOWN
) -> Decision:
    """Choose what carries the word out; Misconfigured where the app may not, else as choice."""
    chosen = choice(word, exchange, ownership)
    if chosen.action is not None:
        exchange.require(chosen.action)
    return chosen


def choice(
    word: Word, exchange: ExchangeFacts, ownership: Ownership = Ownership.UNKNOWN
) -> Decision:
    """Choose what carries the word out; Rejected where nothing can, or nothing should."""
    device = exchange.find(word.mailbox, word.device_id)
    if isinstance(word, Signal):
        return _of_report(word, device, exchange)
    return _of_order(word, device, exchange=exchange, ownership=ownership)


def ownership(order: Order, postures: Postures) -> Ownership:
    """Return whose the device is, as far as the order depends on it."""
    if order.action is not Action.WIPE_DEVICE:
        return Ownership.UNKNOWN
    return postures.ownership(order.tenant_id, order.mailbox, device_id=order.device_id)


def _of_report(signal: Signal, device: Device, exchange: ExchangeFacts) -> Decision:
    wipe_state = exchange.wipe_state(device) if signal.posture is Posture.LOST else None
    return decide.for_posture(signal.posture, signal.trust, device=device, wipe_state=wipe_state)


def _of_order(
    order: Order, device: Device, *, exchange: ExchangeFacts, ownership: Ownership
) -> Decision:
    match order.action:
        case Action.ALLOW:
            chosen = decide.allow(device, order.why)
        case Action.BLOCK:
            chosen = decide.block(device, order.why)
        case Action.QUARANTINE:
            chosen = decide.quarantine(device, exchange.access_policy(), order.why)
        case Action.CLEAR:
            chosen = decide.clear(device, exchange.access_policy(), order.why)
        case Action.REMOVE:
            chosen = Decision(action=Action.REMOVE, device=device, reason=order.why)
        case Action.CANCEL_WIPE:
            chosen = decide.cancel_wipe(device, exchange.wipe_state(device), order.why)
        case Action.WIPE_ACCOUNT | Action.WIPE_DEVICE:
            chosen = decide.erase(
                order.action,
                device=device,
                state=exchange.wipe_state(device),
                why=f"{order.why}; even if personal" if order.even_if_personal else order.why,
                ownership=ownership,
                even_if_personal=order.even_if_personal,
            )
    return chosen
