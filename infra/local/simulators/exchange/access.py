"""May this device sync: the order in which Exchange asks, first match wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.simulators.exchange.devices import Device
    from infra.local.simulators.exchange.organization import AccessRule, Organization

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
    """Why it is; what an evaluation here never says may still be set by hand."""

    UNKNOWN = "Unknown"
    GLOBAL = "Global"
    INDIVIDUAL = "Individual"
    DEVICE_RULE = "DeviceRule"
    UPGRADE = "Upgrade"
    POLICY = "Policy"
    USER_AGENTS_CHANGES = "UserAgentsChanges"
    RECENT_COMMANDS = "RecentCommands"
    WATSONS = "Watsons"
    OUT_OF_BUDGETS = "OutOfBudgets"
    SYNC_COMMANDS = "SyncCommands"
    ENABLE_NOTIFICATION_EMAIL = "EnableNotificationEmail"
    COMMAND_FREQUENCY = "CommandFrequency"
    EXTERNALLY_MANAGED = "ExternallyManaged"
    EXTERNAL_COMPLIANCE = "ExternalCompliance"
    EXTERNAL_ENROLLMENT = "ExternalEnrollment"


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
_POLICY_MET = {"AppliedInFull", "ExternallyManaged"}
# Until the next contact. The others are evaluated anew by whoever reads.
_STANDS = {Reason.INDIVIDUAL, Reason.POLICY, Reason.UPGRADE}
_STATES = {
    AccessLevel.ALLOW: AccessState.ALLOWED,
    AccessLevel.BLOCK: AccessState.BLOCKED,
    AccessLevel.QUARANTINE: AccessState.QUARANTINED,
}
_DEFAULTS = {level: Access(state, Reason.GLOBAL) for level, state in _STATES.items()}


def shown(device: Device, organization: Organization | None = None) -> Access:
    """
    Return what Get-MobileDevice shows: evaluated at reading, unless the reason stands.

    *organization* is the one its reader sees; None is the true one.
    """
    seen = organization or device.mailbox.organization
    if device.access.reason in _STANDS or not seen.recompute_on_read:
        return device.access
    return decide(device, seen)


def decide(device: Device, organization: Organization | None = None) -> Access:
    """Evaluate outside management, policy, personal lists, rules and default, in this order."""
    seen, mailbox = organization or device.mailbox.organization, device.mailbox
    if device.external_access:
        return device.external_access
    if not _meets_policy(device, seen):
        return Access(AccessState.BLOCKED, Reason.POLICY)
    if mailbox.lists(device.device_id, mailbox.blocked_ids):
        return BLOCKED_BY_NAME
    if mailbox.lists(device.device_id, mailbox.allowed_ids):
        return ALLOWED_BY_NAME
    return _by_rules(device, seen) or _by_default(device, seen)


def _by_rules(device: Device, organization: Organization) -> Access | None:
    if _rules_are_skipped(device):
        skips_all = organization.conditional_access_skips_default
        return _DEFAULTS[AccessLevel.ALLOW] if skips_all else None
    if not organization.rules:
        return None
    if _being_discovered(device, organization):
        return Access(AccessState.DEVICE_DISCOVERY, Reason.DEVICE_RULE)
    rule = _matching_rule(device, organization)
    return Access(_STATES[rule.level], Reason.DEVICE_RULE, rule.name) if rule else None


def _by_default(device: Device, organization: Organization) -> Access:
    level = organization.default_access_level
    if level is AccessLevel.QUARANTINE and _being_discovered(device, organization):
        return Access(AccessState.DEVICE_DISCOVERY, Reason.GLOBAL)
    return _DEFAULTS[level]


def _meets_policy(device: Device, organization: Organization) -> bool:
    if device.policy_status in _POLICY_MET:
        return True
    policy = organization.policy(device.mailbox.policy_id)
    return policy.settings["AllowNonProvisionableDevices"] is True


def _rules_are_skipped(device: Device) -> bool:
    """Conditional access makes Outlook mobile pass the rules."""
    return device.mailbox.conditional_access and device.device_type == "Outlook"


def _being_discovered(device: Device, organization: Organization) -> bool:
    if device.information_arrived:
        return False
    return organization.clock() - device.first_sync < DISCOVERY_WINDOW


def _matching_rule(device: Device, organization: Organization) -> AccessRule | None:
    known = {
        Characteristic.USER_AGENT: device.user_agent,
        Characteristic.DEVICE_OS: device.told(device.os),
        Characteristic.DEVICE_MODEL: device.told(device.model),
        Characteristic.DEVICE_TYPE: device.device_type,
        Characteristic.XMSWL_HEADER: device.xmswl_header,
    }
    for characteristic in Characteristic:
        query = known[characteristic]
        rule = organization.rules.get(f"{query} ({characteristic})".casefold())
        if rule is not None and rule.query == query:  # exactly: case matters
            return rule
    return None
