"""Partnerships as a run of the inventory sees them: each says only what a test is about."""

import msgspec

from shared.devices.groups import Group, Seen
from shared.devices.inventory import Mailbox, MobileDevice
from shared.devices.model import AccessState
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, NOW

PLACE = "cn=adele,ou=contoso"
SPELT = DEVICE_ID.lower()  # on the lists; Exchange compares without case


def a_row(**changes: object) -> MobileDevice:
    """Return an iPhone that speaks EAS 16.1."""
    row = MobileDevice(
        place=PLACE,
        guid=GUID,
        device_id=DEVICE_ID,
        access=AccessState.QUARANTINED,
        access_reason="Global",
        device_type="iPhone",
        model="iPhone15C2",
        os="iOS 19.2",
        client_type="EAS",
        client_version="16.1",
        first_sync_at=NOW,
    )
    return msgspec.structs.replace(row, **changes)


def a_mailbox(**changes: object) -> Mailbox:
    """Return a mailbox with nothing on its lists."""
    mailbox = Mailbox(place=PLACE, guid="adele-guid", address=MAILBOX, upn=MAILBOX)
    return msgspec.structs.replace(mailbox, **changes)


def a_group(*devices: MobileDevice, **changes: object) -> Group:
    """Return a mailbox with these devices."""
    return Group(mailbox=a_mailbox(**changes), devices=devices)


def seen(lists: tuple[bool, bool] = (False, False), **changes: object) -> Seen:
    """Return a partnership that is on the allowed list, and on the blocked one, or not."""
    allowed, blocked = ((SPELT,) if is_on else () for is_on in lists)
    return Seen(device=a_row(**changes), mailbox=a_mailbox(allowed=allowed, blocked=blocked))
