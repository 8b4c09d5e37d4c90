"""What can be ordered for a phone that is lost, or a person who leaves."""

from enum import StrEnum
from typing import Annotated

import msgspec

from shared.devices.change import Change
from shared.devices.model import Action, DeviceId, MailboxName
from shared.errors import Rejected

UserName = Annotated[str, msgspec.Meta(max_length=320)]  # "": whose mailbox it is
SerialNumber = Annotated[str, msgspec.Meta(max_length=40, pattern="^[0-9A-Fa-f]*$")]
Issuer = Annotated[str, msgspec.Meta(max_length=64, pattern="^([0-9a-f]{64})?$")]
Hours = Annotated[float, msgspec.Meta(gt=0, le=72)]


class Wipe(StrEnum):
    """What is erased, client-aware."""

    ACCOUNT = "account"
    DEVICE = "device"
    NOTHING = "nothing"


class OffboardDevice(Change, frozen=True, kw_only=True, tag="offboard_device"):
    """Shut a lost phone out: blocked, wiped, its sessions ended, its partnership removed."""

    mailbox: MailboxName
    device_id: DeviceId
    user: UserName = ""  # UPN or object id
    wipe: Wipe = Wipe.ACCOUNT
    even_if_personal: bool = False
    acknowledgement_hours: Hours = 24.0
    # Of the certificate on the phone: whether the CRL lists it is checked.
    serial_number: SerialNumber = ""
    issuer: Issuer = ""  # SHA-256 of the authority's certificate; needed where several could be
    disable_sign_in: bool = False


class OffboardUser(Change, frozen=True, kw_only=True, tag="offboard_user"):
    """The same for every device of a mailbox."""

    mailbox: MailboxName
    user: UserName = ""
    wipe: Wipe = Wipe.ACCOUNT
    even_if_personal: bool = False
    acknowledgement_hours: Hours = 24.0
    serial_number: SerialNumber = ""
    issuer: Issuer = ""
    disable_sign_in: bool = False


Offboarding = OffboardDevice | OffboardUser
WIPES_ORDERED = {Wipe.ACCOUNT: Action.WIPE_ACCOUNT, Wipe.DEVICE: Action.WIPE_DEVICE}


def target(change: Offboarding) -> str:
    """Return what the order is about: of two about the same, the newer stands."""
    if isinstance(change, OffboardDevice):
        return f"offboarding of {change.device_id.lower()} of {change.mailbox.lower()}"
    return f"offboarding of {change.mailbox.lower()}"


def check(change: Offboarding) -> None:
    """Raise Rejected if parts of the order contradict each other."""
    if change.even_if_personal and change.wipe is Wipe.NOTHING:
        raise Rejected("even_if_personal is about a wipe, and none is ordered: leave it out")
    if change.issuer and not change.serial_number:
        raise Rejected("issuer says whose serial_number it is: give that too")
