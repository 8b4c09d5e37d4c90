"""The nouns: devices, what they are, what is said about them, what is ordered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

import msgspec

# Not `^[^...]+$`: that lets a line feed at the end through.
_NO_CONTROLS = r"^(?![\s\S]*[\x00-\x1f])"
MailboxName = Annotated[str, msgspec.Meta(min_length=1, max_length=320, pattern=_NO_CONTROLS)]
DeviceId = Annotated[str, msgspec.Meta(min_length=1, max_length=256, pattern=_NO_CONTROLS)]


class AccessState(StrEnum):
    """What a device is, in Exchange's spelling."""

    UNKNOWN = "Unknown"
    ALLOWED = "Allowed"
    BLOCKED = "Blocked"
    QUARANTINED = "Quarantined"
    DISCOVERY = "DeviceDiscovery"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        """Read a state that Exchange may add one day as unknown: a fact, not an order."""
        del value
        return cls("Unknown")


class AccessLevel(StrEnum):
    """What a rule or the organisation's default says."""

    ALLOW = "Allow"
    BLOCK = "Block"
    QUARANTINE = "Quarantine"


class Posture(StrEnum):
    """What an MDM says a device is."""

    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    RETIRED = "retired"
    LOST = "lost"


class Ownership(StrEnum):
    """Whose a device is, as an MDM reports it."""

    CORPORATE = "corporate"
    PERSONAL = "personal"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        """Read an MDM's other words as unknown: a fact, and the cautious one."""
        del value
        return cls("unknown")


class Trust(StrEnum):
    """How far a sender's word goes: everything, or only tightening access."""

    FULL = "full"
    TIGHTEN = "tighten"


class Action(StrEnum):
    """What can be done to one device."""

    ALLOW = "allow"
    BLOCK = "block"
    QUARANTINE = "quarantine"
    CLEAR = "clear"
    WIPE_ACCOUNT = "wipe_account"
    WIPE_DEVICE = "wipe_device"
    CANCEL_WIPE = "cancel_wipe"
    REMOVE = "remove"


class Concern(StrEnum):
    """What an order is about: of two about the same, the newer one stands."""

    ACCESS = "access"
    WIPE = "wipe"
    PARTNERSHIP = "partnership"


CONCERNS = {
    Action.ALLOW: Concern.ACCESS,
    Action.BLOCK: Concern.ACCESS,
    Action.QUARANTINE: Concern.ACCESS,
    Action.CLEAR: Concern.ACCESS,
    Action.WIPE_ACCOUNT: Concern.WIPE,
    Action.WIPE_DEVICE: Concern.WIPE,
    Action.CANCEL_WIPE: Concern.WIPE,
    Action.REMOVE: Concern.PARTNERSHIP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One partnership between a device and a mailbox."""

    mailbox: str
    device_id: str  # the EAS DeviceID: what allow and block lists hold
    guid: str  # Exchange's own key for the partnership: what a wipe is aimed at
    access: AccessState
    access_reason: str  # Exchange's word: Global, DeviceRule, Individual, ...
    on_allowed_list: bool
    on_blocked_list: bool
    device_type: str = ""
    model: str = ""
    os: str = ""
    user_agent: str = ""
    client_type: str = ""  # EAS, Outlook, REST, ...
    client_version: str = ""  # for EAS the protocol version, such as 16.1


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """The level for all devices with exactly this characteristic."""

    name: str
    characteristic: str
    query: str
    level: AccessLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """What holds for devices on neither personal list."""

    default: AccessLevel
    rules: tuple[AccessRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeCycle:
    """How far one kind of remote wipe has come."""

    requested_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None

    @property
    def is_pending(self) -> bool:
        """Whether a request stands that the device has not confirmed."""
        return self.requested_at is not None and self.acknowledged_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeState:
    """Both kinds of wipe of one device, and when it last synced."""

    device: WipeCycle
    account: WipeCycle
    is_supported: bool = True
    last_sync_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One verified posture report about one device."""

    signal_id: str
    tenant_id: str
    sender: str
    trust: Trust
    posture: Posture
    mailbox: str
    device_id: str
    occurred_at: datetime
    ownership: Ownership = Ownership.UNKNOWN  # unknown also where the report does not say
    verified_by: str = ""  # the secret, and the version of it

    @property
    def word_id(self) -> str:
        """Its name among all words about devices."""
        return self.signal_id

    @property
    def says(self) -> str:
        """What it is, in a few words."""
        return f"{self.posture} was reported by {self.sender}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An order from a person or another system."""

    command_id: str
    tenant_id: str
    action: Action
    mailbox: str
    device_id: str
    reason: str
    requested_by: str
    even_if_personal: bool = False  # wipe_device may reset a device that is not the company's
    plan_hash: str = ""  # of the plan that was looked at: nothing is done unless it still holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command, as far as later words about the same device are measured against it."""

    command_id: str
    tenant_id: str
    action: Action
    mailbox: str
    device_id: str
    given_at: datetime  # when it was first stored
    why: str
    even_if_personal: bool = False

    @property
    def word_id(self) -> str:
        """Its name among all words about devices."""
        return self.command_id

    @property
    def says(self) -> str:
        """What it is, in a few words."""
        return f"{self.action} was ordered ({self.command_id})"

    @property
    def concern(self) -> Concern:
        """What it is about."""
        return CONCERNS[self.action]


Word = Signal | Order  # what is said about a device; of two, the newer stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The one action chosen, or none, and why; `device` is how it stood before."""

    action: Action | None
    reason: str
    device: Device
    account_only: bool = False  # of a wipe: what Clear-MobileDevice is told
    wipe_before: WipeState | None = None  # tells our wipe request from an older one
