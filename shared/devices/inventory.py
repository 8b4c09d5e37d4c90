"""What Exchange says of every mailbox with devices, and of every device, at one time."""

from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec

from shared.devices.model import AccessState

KEY_BYTES = 16
FINGERPRINT_BYTES = 8


class Mailbox(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="m"):
    """One mailbox that devices sync with, as far as access depends on it."""

    place: str  # its distinguished name, in lower case: its devices are below it
    guid: str
    address: str
    upn: str = ""
    sync_enabled: bool = True  # EAS as a protocol
    policy: str = ""
    policy_is_default: bool = True
    allowed: tuple[str, ...] = ()  # DeviceIDs on its personal lists, as Exchange spells them
    blocked: tuple[str, ...] = ()

    @property
    def key(self) -> bytes:
        """Its key among all mailboxes and devices."""
        return key_of(self.place)


class MobileDevice(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="d"):
    """One partnership."""

    place: str  # the mailbox's
    guid: str
    device_id: str
    access: AccessState = AccessState.UNKNOWN
    access_reason: str = ""
    rule: str = ""  # that decides, if one does
    device_type: str = ""
    model: str = ""
    os: str = ""
    user_agent: str = ""
    client_type: str = ""
    client_version: str = ""
    imei: str = ""
    name: str = ""
    first_sync_at: datetime | None = None

    @property
    def key(self) -> bytes:
        """Its key among all mailboxes and devices."""
        return key_of(self.guid)


Row = Mailbox | MobileDevice


def key_of(name: str) -> bytes:
    """Return the key of what has this name; letter case does not count."""
    return blake2b(name.casefold().encode(errors="replace"), digest_size=KEY_BYTES).digest()


def fingerprint(row: Row) -> bytes:
    """Return what tells a row from the same one after a change."""
    return blake2b(msgspec.msgpack.encode(row), digest_size=FINGERPRINT_BYTES).digest()


class Scope(StrEnum):
    """How much of a tenant a run looks at."""

    FULL = "full"
    CHANGES = "changes"  # only what Exchange can tell to be new or changed


class Part(StrEnum):
    """The parts of a run, in their order; mailboxes first: a new device then is on no list."""

    MAILBOXES = "mailboxes"
    DEVICES = "devices"
    SETTLING = "settling"  # what is gone, what has drifted, what to tell
    DONE = "done"
