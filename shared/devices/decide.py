"""From what is asked and how things stand to the one action to take."""

from shared.devices import wipe
from shared.devices.access import level_without_exemption
from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    Action,
    Decision,
    Device,
    Ownership,
    Posture,
    Trust,
    WipeState,
)
from shared.errors import Rejected


def says_nothing(posture: Posture, trust: Trust) -> bool:
    """Whether a report is void: who may only tighten access cannot call anything compliant."""
    return posture is Posture.COMPLIANT and trust is Trust.TIGHTEN


def for_posture(
    posture: Posture, trust: Trust, *, device: Device, wipe_state: WipeState | None
) -> Decision:
    """Choose the one action that brings *device* in line with *posture*."""
    why = f"reported {posture}"
    match posture:
        case Posture.COMPLIANT if trust is Trust.TIGHTEN:
            return nothing(device, f"{why}, but this sender may only tighten access")
        case Posture.COMPLIANT:
            return allow(device, why)
        case Posture.NONCOMPLIANT | Posture.RETIRED:
            return block(device, why)
        case Posture.LOST if trust is Trust.TIGHTEN or wipe_state is None:
            return block(device, f"{why}; this sender may not wipe")
        case Posture.LOST:
            return _wipe_or_block(device, wipe_state, why)


def allow(device: Device, why: str) -> Decision:
    """Put the device on the allowed list, unless it is there and only there."""
    if device.on_allowed_list and not device.on_blocked_list:
        return nothing(device, f"{why}; already on the allowed list")
    return Decision(action=Action.ALLOW, device=device, reason=why)


def block(device: Device, why: str) -> Decision:
    """Put the device on the blocked list, unless it is there and only there."""
    if device.on_blocked_list and not device.on_allowed_list:
        return nothing(device, f"{why}; already on the blocked list")
    return Decision(action=Action.BLOCK, device=device, reason=why)


def quarantine(device: Device, policy: AccessPolicy, why: str) -> Decision:
    """
    Take the device off both lists, if that leaves it quarantined.

    Exchange has no personal quarantine list: only a rule or the default quarantines.
    """
    level, layer = level_without_exemption(device, policy)
    if level is not AccessLevel.QUARANTINE:
        raise Rejected(
            f"quarantine would not hold: off both lists, {layer} says {level}; add a "
            "quarantine rule, set the default to Quarantine, or order block"
        )
    if not (device.on_allowed_list or device.on_blocked_list):
        return nothing(device, f"{why}; {layer} already quarantines it")
    return Decision(action=Action.QUARANTINE, device=device, reason=f"{why}; held by {layer}")


def clear(device: Device, policy: AccessPolicy, why: str) -> Decision:
    """Take the device off both lists, so that rules and default decide."""
    level, layer = level_without_exemption(device, policy)
    if not (device.on_allowed_list or device.on_blocked_list):
        return nothing(device, f"{why}; on neither list already")
    return Decision(action=Action.CLEAR, device=device, reason=f"{why}; {layer} then says {level}")


def erase(
    action: Action,
    *,
    device: Device,
    state: WipeState,
    why: str,
    ownership: Ownership = Ownership.UNKNOWN,
    even_if_personal: bool = False,
) -> Decision:
    """Wipe, in the way the device's client understands; Rejected where none would do."""
    only_account = wipe.account_only(action, device)
    if not state.is_supported:
        raise Rejected("Exchange says the device does not support remote wipe: block it instead")
    if wipe.is_under_way(state, only_account=only_account):
        # Asking again would restart the cycle and lose what the device already confirmed.
        return nothing(device, f"{why}; such a wipe is already requested or done")
    if wipe.resets(action, device) and not even_if_personal:
        wipe.refuse_reset(device, ownership)
    return Decision(
        action=action, device=device, reason=why, account_only=only_account, wipe_before=state
    )


def cancel_wipe(device: Device, state: WipeState, why: str) -> Decision:
    """Call a wipe back; possible only until the device has been told."""
    kinds = {False: state.device, True: state.account}
    pending = {kind for kind, cycle in kinds.items() if cycle.is_pending}
    if not pending:
        confirmed = any(cycle.acknowledged_at for cycle in kinds.values())
        told = ": the device has confirmed the last one" if confirmed else ""
        return nothing(device, f"{why}; no wipe is pending{told}")
    late = {kind for kind in pending if not wipe.can_be_cancelled(state, only_account=kind)}
    if late == pending:
        raise Rejected("too late to cancel: the device has already been told to wipe")
    if late:
        kind = "account-only" if True in late else "whole-device"
        why = f"{why}; of two wipes, the device has already been told of the {kind} one"
    return Decision(action=Action.CANCEL_WIPE, device=device, reason=why, wipe_before=state)


def is_reached(decision: Decision, device: Device) -> bool:
    """Whether the device now stands where a change of its lists was to bring it."""
    lists = {
        Action.ALLOW: (True, False),
        Action.BLOCK: (False, True),
        Action.QUARANTINE: (False, False),
        Action.CLEAR: (False, False),
    }
    wanted = lists.get(decision.action) if decision.action else None
    return wanted == (device.on_allowed_list, device.on_blocked_list)


def nothing(device: Device, why: str) -> Decision:
    """Decide that nothing is to be done."""
    return Decision(action=None, device=device, reason=why)


def _wipe_or_block(device: Device, state: WipeState, why: str) -> Decision:
    # Even if blocked: a block stops new mail, the old mail is still on the phone.
    try:
        return erase(Action.WIPE_ACCOUNT, device=device, state=state, why=why)
    except Rejected as refusal:
        return block(device, f"{why}; not wiped: {refusal}")
