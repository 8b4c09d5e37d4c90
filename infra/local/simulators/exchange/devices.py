"""Mobile device partnerships: what they are, and whether they sync."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Required, TypedDict
from uuid import UUID, uuid4

from infra.local.simulators.exchange.access import NOT_EVALUATED, Access, AccessState, shown
from infra.local.simulators.exchange.wipes import WipeCycle

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.simulators.exchange.mailboxes import Mailbox


class ClientType(StrEnum):
    """The protocol family a partnership speaks."""

    EAS = "EAS"
    MOWA = "MOWA"
    REST = "REST"
    OUTLOOK = "Outlook"
    UNIVERSAL_OUTLOOK = "UniversalOutlook"


# The setting of a mailbox that lets each of them in.
SWITCHES: dict[str, str] = {
    ClientType.EAS: "ActiveSyncEnabled",
    ClientType.MOWA: "OWAforDevicesEnabled",
    ClientType.REST: "OutlookMobileEnabled",
    ClientType.OUTLOOK: "OutlookMobileEnabled",
    ClientType.UNIVERSAL_OUTLOOK: "UniversalOutlookEnabled",
}
_PREFIXES: dict[str, str] = {  # a native EAS object has none
    ClientType.EAS: "",
    ClientType.MOWA: "MOWA§",
    ClientType.REST: "REST§",
    ClientType.OUTLOOK: "Hx§",
    ClientType.UNIVERSAL_OUTLOOK: "UniversalOutlook§",
}


class DeviceDetails(TypedDict, total=False):
    """What a test may say of a device."""

    device_id: Required[str]
    device_type: str
    model: str
    os: str
    os_language: str
    user_agent: str
    client_type: str
    client_version: str
    friendly_name: str
    imei: str
    mobile_operator: str
    phone_number: str
    xmswl_header: str
    policy_status: str  # a DevicePolicyApplicationStatus
    information_arrived: bool  # False: connected, but has not described itself yet
    has_sync_state: bool  # False: listed in the directory, unknown in the mailbox
    remote_wipe_supported: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Device:
    """One partnership between a device and a mailbox."""

    mailbox: Mailbox
    device_id: str
    first_sync: datetime
    guid: UUID = field(default_factory=uuid4)
    device_type: str = "iPhone"
    model: str = "iPhone15C2"
    os: str = "iOS 18.6 22G86"
    os_language: str = "en"
    user_agent: str = "Apple-iPhone15C2/2207.86"
    client_type: str = ClientType.EAS
    client_version: str = "16.1"
    friendly_name: str = ""
    imei: str = ""
    mobile_operator: str = ""
    phone_number: str = ""
    xmswl_header: str = ""
    policy_status: str = "AppliedInFull"
    information_arrived: bool = True
    has_sync_state: bool = True
    remote_wipe_supported: bool = True
    access: Access = NOT_EVALUATED  # as stored; `access_state` is as shown
    external_access: Access | None = None  # what a management outside Exchange says; it wins
    wipe: WipeCycle = field(default_factory=WipeCycle)
    account_wipe: WipeCycle = field(default_factory=WipeCycle)
    last_attempt: datetime | None = None
    last_success: datetime | None = None

    def snapshot(self, mailbox: Mailbox) -> Device:
        """Return a copy in a copy of its mailbox."""
        return replace(
            self, mailbox=mailbox, wipe=replace(self.wipe), account_wipe=replace(self.account_wipe)
        )

    @property
    def name(self) -> str:
        """The name of the directory object."""
        prefix = _PREFIXES[self.client_type]
        return f"{prefix}{self.device_type}§{self.device_id}"

    @property
    def identity(self) -> str:
        """Exchange's key for the partnership; it contains U+00A7."""
        return f"{self.mailbox.name}\\ExchangeActiveSyncDevices\\{self.name}"

    @property
    def distinguished_name(self) -> str:
        """Exchange's other key."""
        return f"CN={self.name},CN=ExchangeActiveSyncDevices,{self.mailbox.distinguished_name}"

    @property
    def access_state(self) -> AccessState:
        """What Get-MobileDevice shows now."""
        return shown(self).state

    def told(self, value: str) -> str:
        """Return a part of the device's description of itself; empty while it has given none."""
        return value if self.information_arrived else ""

    @property
    def speaks_account_wipe(self) -> bool:
        """The element exists since EAS 16.1 and in no other protocol."""
        if self.client_type != ClientType.EAS:
            return False
        return tuple(int(part) for part in self.client_version.split(".")) >= (16, 1)

    @property
    def status(self) -> str:
        """The wipe status, as the statistics show it; a full wipe hides an account-only one."""
        if self.wipe.acknowledged_at:
            return "DeviceWipeSucceeded"
        if self.wipe.requested_at or self.wipe.sent_at:
            return "DeviceWipePending" if self.remote_wipe_supported else "DeviceBlocked"
        if self.account_wipe.acknowledged_at:
            return "AccountOnlyDeviceWipeSucceeded"
        if self.account_wipe.requested_at or self.account_wipe.sent_at:
            return "AccountOnlyDeviceWipePending"
        return "DeviceOk"
