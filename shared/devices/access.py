"""What a device's access rests on, and which access rules match a device."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, AccessState, Device
from shared.devices.wipe import is_outlook

# Exchange looks at rules by characteristic, in this order; the first match wins (reported for
# Exchange Server 2013, not confirmed for Exchange Online).
RULE_ORDER = ("UserAgent", "DeviceOS", "DeviceModel", "DeviceType")


class ConditionalAccess(StrEnum):
    """Whether a policy applies to the user under which Outlook mobile passes the rules."""

    APPLIES = "applies"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Layer(StrEnum):
    """Who can decide about a device's access, in order."""

    AUTHENTICATION = "authentication"
    CLIENT_SWITCH = "client_switch"
    EXTERNAL = "external_management"
    MAILBOX_POLICY = "mailbox_policy"
    BLOCKED_LIST = "blocked_list"
    AUTOMATIC_BLOCK = "automatic_block"
    ALLOWED_LIST = "allowed_list"
    GRACE = "grace_period"
    RULE = "device_access_rule"
    DEFAULT = "default_access_level"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFacts:
    """What a device's access rests on at the mailbox."""

    switched_off: frozenset[str] = frozenset()  # such as ActiveSyncEnabled
    policy: str = ""  # the mobile device mailbox policy's name
    admits_unmanaged: bool | None = None  # its AllowNonProvisionableDevices; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything known that bears on one device's access."""

    device: Device
    mailbox: MailboxFacts
    policy: AccessPolicy
    conditional_access: ConditionalAccess
    now: datetime
    shown_rule: str = ""  # the rule that Exchange names
    policy_status: str = ""  # Exchange's word: AppliedInFull, NotApplied, ...; empty: not known
    first_sync_at: datetime | None = None

    @property
    def skips_rules(self) -> bool:
        """Whether Conditional Access takes the place of the rules."""
        applies = self.conditional_access is ConditionalAccess.APPLIES
        return applies and is_outlook(self.device)

    @property
    def lacks_information(self) -> bool:
        """Whether the device has not told yet what it is; Exchange may see that better."""
        is_awaited = self.device.access is AccessState.DISCOVERY
        return is_awaited or not (self.device.model or self.device.os)

    def is_within(self, span: timedelta) -> bool:
        """Whether the device first synced less than *span* ago."""
        return self.first_sync_at is not None and self.now - self.first_sync_at < span


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a layer decides, in the words in which Exchange would show it."""

    layer: Layer
    state: AccessState
    reason: str
    rule: str = ""
    says: str = ""


def value_of(device: Device, characteristic: str) -> str:
    """Return what a rule on *characteristic* compares; empty if it cannot be seen."""
    shown = {
        "UserAgent": device.user_agent,
        "DeviceOS": device.os,
        "DeviceModel": device.model,
        "DeviceType": device.device_type,
    }
    return shown.get(characteristic, "")


def matching(device: Device, rules: tuple[AccessRule, ...]) -> list[AccessRule]:
    """Return the rules that match, the deciding one first; they compare exactly."""
    return [
        rule
        for characteristic in RULE_ORDER
        for rule in rules
        if rule.characteristic == characteristic
        and rule.query == value_of(device, characteristic) != ""
    ]


def is_unseen(rule: AccessRule) -> bool:
    """Whether the rule looks at something that Exchange does not show, such as XMSWLHeader."""
    return rule.characteristic not in RULE_ORDER


def level_without_exemption(device: Device, policy: AccessPolicy) -> tuple[AccessLevel, str]:
    """Return the level that rules and default give *device*, and the layer that gives it."""
    for rule in matching(device, policy.rules):
        return rule.level, f"device access rule {rule.name}"
    return policy.default, "the organisation's default access level"
