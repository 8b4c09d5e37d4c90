"""What the decision on an order rests on: what is read for it, and nothing that merely follows."""

from dataclasses import dataclass

from shared.devices import wipe
from shared.devices.model import (
    AccessPolicy,
    Device,
    Order,
    Ownership,
    Posture,
    Signal,
    WipeState,
)
from shared.devices.plan_hash import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Everything that was read to decide on one order; None: it was not asked for."""

    order: Order
    device: Device | None
    policy: AccessPolicy | None
    wipes: WipeState | None
    ownership: Ownership
    reported: Signal | None  # the newest report about the device
    ordered: Order | None  # the newest other order of the same concern


def facts(grounds: Grounds) -> Facts:
    """Return them by what they are."""
    return {
        "the order": _order(grounds.order),
        "the device": grounds.device and _kind(grounds.device),
        "its place on the mailbox's lists": grounds.device and _lists(grounds.device),
        "the rules or the default access level": grounds.policy and _policy(grounds.policy),
        "how far its wipes have come": grounds.wipes and _wipes(grounds.wipes),
        "whose it is": grounds.ownership,
        "what was reported of it": _posture(grounds.reported),
        "what was ordered for it": grounds.ordered and grounds.ordered.command_id,
    }


def _order(order: Order) -> tuple[object, ...]:
    """Return what is ordered; who orders it, and why, decides nothing."""
    who = (order.tenant_id, order.mailbox.lower(), order.device_id.lower())
    return (*who, order.action, order.even_if_personal)


def _kind(device: Device) -> tuple[str, ...]:
    """Return which device it is and of what kind; its access follows, and is shown late."""
    which = (device.mailbox, device.device_id, device.guid)
    client = (device.client_type, device.client_version, device.user_agent)
    return (*which, device.device_type, device.model, device.os, *client)


def _lists(device: Device) -> tuple[bool, bool]:
    return device.on_allowed_list, device.on_blocked_list


def _policy(policy: AccessPolicy) -> tuple[object, ...]:
    """Return default and rules, those on one value in the order in which they count."""
    return policy.default, sorted(policy.rules, key=lambda rule: (rule.characteristic, rule.query))


def _wipes(state: WipeState) -> tuple[object, ...]:
    """Return the cycles; of the last sync only whether it came after a wipe was confirmed."""
    under_way = [wipe.is_under_way(state, only_account=kind) for kind in (True, False)]
    return state.device, state.account, state.is_supported, under_way


def _posture(signal: Signal | None) -> tuple[Posture, str] | None:
    return (signal.posture, signal.trust) if signal else None
