"""What bears on one device's access, read from Exchange for an explanation."""

from datetime import datetime

import msgspec

from shared.devices.access import Case, ConditionalAccess, MailboxFacts
from shared.devices.model import AccessPolicy
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.transport import Row, Transport

BELOW_MAILBOX = "\\ExchangeActiveSyncDevices\\"
ENFORCED = frozenset({"AppliedInFull", "ExternallyManaged"})


class _ClientAccess(msgspec.Struct):
    """The part of a row of Get-CASMailbox that lets clients in; absent means on."""

    active_sync: bool | None = msgspec.field(name="ActiveSyncEnabled", default=None)
    outlook: bool | None = msgspec.field(name="OutlookMobileEnabled", default=None)
    owa: bool | None = msgspec.field(name="OWAforDevicesEnabled", default=None)
    universal: bool | None = msgspec.field(name="UniversalOutlookEnabled", default=None)
    policy: str = msgspec.field(name="ActiveSyncMailboxPolicy", default="")
    address: str = msgspec.field(name="PrimarySmtpAddress", default="")


class _Standing(msgspec.Struct, rename="pascal"):
    """The part of a row of Get-MobileDevice that says whose device it is, and why it is so."""

    identity: str
    device_access_control_rule: str = ""
    first_sync_time: datetime | None = None


class _Enforcement(msgspec.Struct, rename="pascal"):
    """The part of a row of Get-MobileDeviceStatistics that concerns the mailbox policy."""

    device_policy_application_status: str = ""


class _MailboxPolicy(msgspec.Struct, rename="pascal"):
    """The part of a row of Get-MobileDeviceMailboxPolicy that can keep a device out."""

    allow_non_provisionable_devices: bool | None = None


class AccessFacts:
    """One tenant's devices, as far as their access is to be explained."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def case(
        self,
        guid: str,
        *,
        policy: AccessPolicy,
        conditional_access: ConditionalAccess,
        now: datetime,
    ) -> Case:
        """Return what bears on the partnership's access; NotFound if there is no such one."""
        device = self._one("Get-MobileDevice", guid)
        standing = rows.read(device, _Standing)
        # The mailbox is named here by whatever its directory object is called.
        name = standing.identity.partition(BELOW_MAILBOX)[0]
        mailbox = self._one("Get-CASMailbox", name)
        access = rows.read(mailbox, _ClientAccess)
        status = self._policy_status(guid)
        return Case(
            device=rows.device(
                access.address or name,
                rows.read(device, rows.MobileDevice),
                rows.read(mailbox, rows.CasMailbox),
            ),
            mailbox=self._mailbox(access, status),
            policy=policy,
            conditional_access=conditional_access,
            now=now,
            shown_rule=standing.device_access_control_rule,
            policy_status=status,
            first_sync_at=rows.utc(standing.first_sync_time),
        )

    def _mailbox(self, read: _ClientAccess, status: str) -> MailboxFacts:
        switches = {
            "ActiveSyncEnabled": read.active_sync,
            "OutlookMobileEnabled": read.outlook,
            "OWAforDevicesEnabled": read.owa,
            "UniversalOutlookEnabled": read.universal,
        }
        return MailboxFacts(
            switched_off=frozenset(name for name, is_on in switches.items() if is_on is False),
            policy=read.policy,
            # What the policy admits matters only to a device that does not enforce it.
            admits_unmanaged=None if status in ENFORCED else self._admits_unmanaged(read.policy),
        )

    def _policy_status(self, guid: str) -> str:
        """Return Exchange's word; empty if the mailbox cannot be opened, which is a finding too."""
        try:
            row = self._one("Get-MobileDeviceStatistics", guid)
        except (Rejected, Retryable):
            return ""
        return rows.read(row, _Enforcement).device_policy_application_status

    def _admits_unmanaged(self, policy: str) -> bool | None:
        if not policy:
            return None
        try:
            row = self._one("Get-MobileDeviceMailboxPolicy", policy)
        except NotFound:
            return None
        return rows.read(row, _MailboxPolicy).allow_non_provisionable_devices

    def _one(self, cmdlet: str, identity: str) -> Row:
        """Return the only row; an empty identity would be answered with every object there is."""
        if not identity.strip():
            raise Rejected("a mailbox or device must be named")
        found = self._transport.invoke(cmdlet, {"Identity": identity}).rows
        if len(found) != 1:
            raise NotFound(f"Exchange knows {len(found)} objects named {identity} ({cmdlet})")
        return found[0]
