"""Which device a sender speaks of, and which partnerships in Exchange that may be."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.model import Ownership, Posture, Signal, Trust


class About(StrEnum):
    """How much a report is about."""

    DEVICE = "device"
    OWNER = "owner"  # all that its owner has: a person who left, an account that was disabled


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Every identifier that a sender gave of a device and its owner; empty where it gave none."""

    upn: str = ""
    mail: str = ""
    directory_id: str = ""  # of the owner, in Entra ID
    eas_device_id: str = ""
    serial: str = ""
    udid: str = ""
    imei: str = ""
    mdm_id: str = ""  # the sender's own key for the device
    model: str = ""  # as the sender spells it: iPhone14,2 or iPhone 13 Pro
    os: str = ""  # name and version: iOS 17.5.1
    name: str = ""  # for a person to recognise


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """What Exchange knows of one device in one mailbox, as far as it helps to recognise it."""

    mailbox: str  # its primary address
    addresses: frozenset[str]  # UPN and every address of the mailbox, in lower case
    device_id: str
    guid: str
    device_type: str = ""
    model: str = ""
    os: str = ""
    imei: str = ""
    user_agent: str = ""
    client_type: str = ""
    name: str = ""
    first_sync_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the directory."""

    directory_id: str
    upn: str
    mail: str
    is_enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A partnership that a device was found, or said, to be."""

    mailbox: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a person said a device is; no link: none in Exchange."""

    links: tuple[Link, ...]
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which operation waits for a person, as far as was seen."""

    operation_id: str
    mark: str  # of the record that says so: it tells whether that has changed since


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A kind of event that nobody knows, how often it came, and when it last did."""

    kind: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One verified report about a device that is known by whatever its sender calls it."""

    report_id: str
    tenant_id: str
    sender: str
    trust: Trust
    posture: Posture
    subject: Subject
    occurred_at: datetime
    about: About = About.DEVICE
    ownership: Ownership = Ownership.UNKNOWN
    verified_by: str = ""  # the secret, and the version of it

    @property
    def mailbox(self) -> str:
        """The owner's address, if the sender gave one."""
        return self.subject.mail or self.subject.upn

    @property
    def device(self) -> str:
        """What the sender calls the device: its most telling identifier."""
        said = self.subject
        named = (said.eas_device_id, said.serial, said.udid, said.imei, said.mdm_id, said.name)
        return next(filter(None, named), "")

    def of(self, link: Link, signal_id: str = "") -> Signal:
        """Return what the report says about one partnership; by default under an id of its own."""
        told_apart = f"{self.report_id}|{link.mailbox}|{link.device_id}".lower()
        return Signal(
            signal_id=signal_id or str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart)),
            tenant_id=self.tenant_id,
            sender=self.sender,
            trust=self.trust,
            posture=self.posture,
            mailbox=link.mailbox,
            device_id=link.device_id,
            occurred_at=self.occurred_at,
            ownership=self.ownership,
            verified_by=self.verified_by,
        )
