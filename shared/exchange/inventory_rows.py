"""The rows that the inventory is made of, cut down to what it keeps."""

from datetime import datetime

import msgspec

from shared.devices.inventory import Mailbox, MobileDevice
from shared.devices.model import AccessState
from shared.errors import Misconfigured
from shared.exchange import rows

BELOW_HOLDER = ",CN=ExchangeActiveSyncDevices,"


class MailboxRow(msgspec.Struct, gc=False):
    """A row of Get-CASMailbox, which knows nothing of UPNs."""

    place: str = msgspec.field(name="DistinguishedName")
    guid: str = msgspec.field(name="Guid")
    name: str = msgspec.field(name="Name")
    address: str = msgspec.field(name="PrimarySmtpAddress")
    sync_enabled: bool | None = msgspec.field(name="ActiveSyncEnabled", default=None)
    policy: str | None = msgspec.field(name="ActiveSyncMailboxPolicy", default=None)
    policy_is_default: bool | None = msgspec.field(
        name="ActiveSyncMailboxPolicyIsDefaulted", default=None
    )
    allowed: list[str] | None = msgspec.field(name="ActiveSyncAllowedDeviceIDs", default=None)
    blocked: list[str] | None = msgspec.field(name="ActiveSyncBlockedDeviceIDs", default=None)

    def kept(self) -> Mailbox:
        """Return it in our words; lists are sorted, for Exchange may change their order."""
        return Mailbox(
            place=self.place.lower(),
            guid=self.guid,
            address=self.address,
            sync_enabled=self.sync_enabled is not False,
            policy=self.policy or "",
            policy_is_default=self.policy_is_default is not False,
            allowed=tuple(sorted(self.allowed)) if self.allowed else (),
            blocked=tuple(sorted(self.blocked)) if self.blocked else (),
        )


class DeviceRow(msgspec.Struct, gc=False):
    """A row of Get-MobileDevice."""

    place: str = msgspec.field(name="DistinguishedName")
    guid: str = msgspec.field(name="Guid")
    name: str = msgspec.field(name="DeviceId")  # what its slices go by
    access: AccessState | None = msgspec.field(name="DeviceAccessState", default=None)
    reason: str | None = msgspec.field(name="DeviceAccessStateReason", default=None)
    rule: str | None = msgspec.field(name="DeviceAccessControlRule", default=None)
    device_type: str | None = msgspec.field(name="DeviceType", default=None)
    model: str | None = msgspec.field(name="DeviceModel", default=None)
    os: str | None = msgspec.field(name="DeviceOS", default=None)
    user_agent: str | None = msgspec.field(name="DeviceUserAgent", default=None)
    client_type: str | None = msgspec.field(name="ClientType", default=None)
    client_version: str | None = msgspec.field(name="ClientVersion", default=None)
    imei: str | None = msgspec.field(name="DeviceImei", default=None)
    friendly_name: str | None = msgspec.field(name="FriendlyName", default=None)
    first_sync: datetime | None = msgspec.field(name="FirstSyncTime", default=None)

    def kept(self) -> MobileDevice:
        """Return it in our words; Misconfigured if it does not say in which mailbox it is."""
        # What stands before it is of the device's making, so the last folder is the one meant.
        _, folder, place = self.place.rpartition(BELOW_HOLDER)
        if not folder:
            raise Misconfigured(
                f"Exchange no longer says whose device {self.guid} is; update this app"
            )
        return MobileDevice(
            place=place.lower(),
            guid=self.guid,
            device_id=self.name,
            access=self.access or AccessState.UNKNOWN,
            access_reason=self.reason or "",
            rule=self.rule or "",
            device_type=self.device_type or "",
            model=self.model or "",
            os=self.os or "",
            user_agent=self.user_agent or "",
            client_type=self.client_type or "",
            client_version=self.client_version or "",
            imei=self.imei or "",
            name=self.friendly_name or "",
            first_sync_at=rows.utc(self.first_sync),
        )


def properties(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return what to ask Exchange for, so that rows have all that this shape reads."""
    return tuple(each.encode_name for each in msgspec.structs.fields(shape))
