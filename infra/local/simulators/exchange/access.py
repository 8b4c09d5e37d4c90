"""May this device sync: the order in which Exchange asks, first match wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.simulators.exchange.devices import Device
    from infra.local.simulators.exchange.organization import AccessRule

DISCOVERY_WINDOW = timedelta(minutes=14)


class AccessLevel(StrEnum):
    """What a rule or the default says."""

    ALLOW = "Allow"
    BLOCK = "Block"
    QUARANTINE = "Quarantine"


class AccessState(StrEnum):
    """What a device is."""

    UNKNOWN = "Unknown"
    ALLOWED = "Allowed"
    BLOCKED = "Blocked"
    QUARANTINED = "Quarantined"
    DEVICE_DISCOVERY = "DeviceDiscovery"


class Reason(StrEnum):
    """Why it is; Exchange knows more, these are the ones that occur here."""

    UNKNOWN = "Unknown"
    GLOBAL = "Global"
    INDIVIDUAL = "Individual"
    DEVICE_RULE = "DeviceRule"
    UPGRADE = "Upgrade"
    POLICY = "Policy"


class Characteristic(StrEnum):
    """What a rule looks at, in the order in which rules are asked; the last place is a guess."""

    USER_AGENT = "UserAgent"
    DEVICE_OS = "DeviceOS"
    DEVICE_MODEL = "DeviceModel"
    DEVICE_TYPE = "DeviceType"
    XMSWL_HEADER = "XMSWLHeader"


@dataclass(frozen=True, slots=True)
class Access:
    """An evaluated state."""

    state: AccessState
    reason: Reason
    rule: str | None = None


NOT_EVALUATED = Access(AccessState.UNKNOWN, Reason.UNKNOWN)
BLOCKED_BY_NAME = Access(AccessState.BLOCKED, Reason.INDIVIDUAL)
ALLOWED_BY_NAME = Access(AccessState.ALLOWED, Reason.INDIVIDUAL)
_STANDS = {Reason.INDIVIDUAL, Reason.POLICY, Reason.UPGRADE}  # until the next contact
_STATES = {
    AccessLevel.ALLOW: AccessState.ALLOWED,
    AccessLevel.BLOCK: AccessState.BLOCKED,
    AccessLevel.QUARANTINE: AccessState.QUARANTINED,
}


def shown(device: Device) -> Access:
    """Return what Get-MobileDevice shows: evaluated at reading, unless the reason stands."""
    recomputed = device.mailbox.organization.recompute_on_read
    if device.access.reason in _STANDS or not recomputed:
        return device.access
    return decide(device)


def decide(device: Device) -> Access:
    """Evaluate policy, personal lists, rules and default, in this order."""
    if not _meets_policy(device):
        return Access(AccessState.BLOCKED, Reason.POLICY)
    if device.mailbox.lists(device.device_id, device.mailbox.blocked_ids):
        return BLOCKED_BY_NAME
    if device.mailbox.lists(device.device_id, device.mailbox.allowed_ids):
        return ALLOWED_BY_NAME
    return _by_rules(device) or _by_default(device)


def _by_rules(device: Device) -> Access | None:
    if _rules_are_skipped(device):
        return None
    if device.mailbox.organization.rules and _being_discovered(device):
        return Access(AccessState.DEVICE_DISCOVERY, Reason.DEVICE_RULE)
    rule = _matching_rule(device)
    return Access(_STATES[rule.level], Reason.DEVICE_RULE, rule.name) if rule else None


def _by_default(device: Device) -> Access:
    level = device.mailbox.organization.default_access_level
    if level is AccessLevel.QUARANTINE and _being_discovered(device):
        return Access(AccessState.DEVICE_DISCOVERY, Reason.GLOBAL)
    return Access(_STATES[level], Reason.GLOBAL)


def _meets_policy(device: Device) -> bool:
    policy = device.mailbox.policy
    return bool(policy.settings["AllowNonProvisionableDevices"]) or device.policy_status in {
        "AppliedInFull",
        "ExternallyManaged",
    }


def _rules_are_skipped(device: Device) -> bool:
    """Conditional access makes Outlook mobile pass the rules; the default still holds it."""
    return device.mailbox.conditional_access and device.device_type == "Outlook"


def _being_discovered(device: Device) -> bool:
    age = device.mailbox.organization.clock() - device.first_sync
    return not device.information_arrived and age < DISCOVERY_WINDOW


def _matching_rule(device: Device) -> AccessRule | None:
    known = {
        Characteristic.USER_AGENT: device.user_agent,
        Characteristic.DEVICE_OS: device.os if device.information_arrived else "",
        Characteristic.DEVICE_MODEL: device.model if device.information_arrived else "",
        Characteristic.DEVICE_TYPE: device.device_type,
        Characteristic.XMSWL_HEADER: device.xmswl_header,
    }
    rules = device.mailbox.organization.rules.values()
    for characteristic in Characteristic:
        for rule in rules:
            if (rule.characteristic, rule.query) == (characteristic, known[characteristic]):
                return rule
    return None
