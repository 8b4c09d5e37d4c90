"""
What labelled cases of matching are written with.

The truth of a case is known to whoever wrote it, not to the rules: the numbers of the
candidates that really are the device, counted from 1.
"""

from dataclasses import dataclass, replace

from shared.devices.match import Confidence
from shared.devices.subject import Partnership, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a sender says, what Exchange shows, the truth, and how far the rules should go."""

    name: str
    subject: Subject
    candidates: tuple[Partnership, ...]
    truth: frozenset[str]  # guids
    expected: Confidence


@dataclass(frozen=True, slots=True)
class Owner:
    """A mailbox's owner; the first address is the mailbox's."""

    upn: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A model with its system, as an MDM says it and as Exchange shows it."""

    said_model: str = ""
    said_os: str = ""
    model: str = ""
    os: str = ""
    agent: str = ""
    type: str = ""
    client: str = "EAS"


NOBODY = Owner("")
ANNA = Owner("anna@contoso.example", ("a.berg@contoso.example",))
BEN = Owner("ben@contoso.example")
CARA = Owner("cara.lind@contoso.example", ("cara.holm@contoso.example",))  # married since
DESK = Owner("desk@contoso.example")  # a shared mailbox

BARE = Kind()
IPHONE = Kind(
    "iPhone14,2", "iOS 17.5.1", "iPhone14C2", "iOS 17.5.1 21F90", "Apple-iPhone14C2/2106.90"
)
IPHONE_15 = Kind(
    "iPhone15,4", "iOS 17.5.1", "iPhone15C4", "iOS 17.5.1 21F90", "Apple-iPhone15C4/2106.90"
)
SOLD_AS = replace(IPHONE, said_model="iPhone 13 Pro")  # a console that shows names for sale
OLD_IPHONE = Kind("iPhone5,3", "iOS 10.2", "iPhone5C3", "iOS 10.2 14C92", "Apple-iPhone5C3/1403.92")
IPAD = Kind("iPad13,1", "iPadOS 17.5.1", "iPad13C1", "iOS 17.5.1 21F90", "Apple-iPad13C1/2106.90")
SAMSUNG = Kind(
    "SM-G991B", "Android 14", "SM-G991B", "Android 14", "SAMSUNG-SM-G991B/101.14", "SAMSUNGSMG991B"
)
OLD_SAMSUNG = Kind(
    "SGH-I317M", "Android 4.4", "SGH-I317M", "Android", "SAMSUNG-SGH-I317M/100.40102"
)
PIXEL = Kind("Pixel 7", "Android 14", "Pixel 7", "Android 14", "Android/14-EAS-2.0", "Android")
OUTLOOK = Kind(
    model="Outlook for iOS and Android", os="iOS 17.5.1", type="Outlook", client="Outlook"
)

# No two of these belong to one device.
ID1, ID2, ID3 = (
    "7QK2M0D9V3H1R5N8B4T6C0J2F1",
    "E1UHP5J3QK8D2S7A0LBV9C4N6G",
    "0V5RT2K9H7D1M3QBC8JAE6N4PL",
)
HEX1, HEX2 = "3B1F9C0D5E7A4B2C8D6E0F1A2B3C4D5E", "C40A77E1D92F4E35A1B6780F4D2E9C13"
SERIAL1, SERIAL2, NEW_SERIAL = "F2LXQ1ZZG5MV", "C39LT0VWFRC6", "G6TZQ4N0KP"
IMEI1, IMEI2, IMEI3 = "359092068173453", "356741105382716", "861203045190277"
SEC1, SEC2 = "SEC17CCA30AC2190", "SEC11ACD18A4D78F"  # of the first and the second
ANDROIDC1, ANDROIDC2 = "androidc1221532425", "androidc413456271"
UDID1 = "00008110-000E44540A2A801E"
OUTLOOK1, OUTLOOK2 = "9F2D4B7A61C84E0FB3A5D7C2E8190F46", "15C7E2A98B3F4D60A1E4F7B2C9D80536"


def says(  # noqa: PLR0913  one argument for each thing a sender may say
    owner: Owner,
    eas: str = "",
    kind: Kind = BARE,
    *,
    serial: str = "",
    imei: str = "",
    udid: str = "",
    mail: str = "",
    mdm_id: str = "",
    os: str = "",
) -> Subject:
    """Return what a sender says of a device."""
    return Subject(
        upn=owner.upn,
        mail=mail,
        eas_device_id=eas,
        serial=serial,
        imei=imei,
        udid=udid,
        mdm_id=mdm_id,
        model=kind.said_model,
        os=os or kind.said_os,
    )


def at(owner: Owner, device_id: str, kind: Kind = BARE, *, imei: str = "") -> Partnership:
    """Return a partnership in the owner's mailbox."""
    return Partnership(
        mailbox=owner.upn,
        addresses=frozenset({owner.upn, *owner.others}),
        device_id=device_id,
        guid="",
        device_type=kind.type,
        model=kind.model,
        os=kind.os,
        imei=imei,
        user_agent=kind.agent,
        client_type=kind.client,
    )


def outlook(owner: Owner, device_id: str = OUTLOOK1, *, imei: str = "") -> Partnership:
    """Return the partnership that all of the owner's Outlook installations share."""
    return at(owner, device_id, OUTLOOK, imei=imei)


def certain(name: str, truth: str, subject: Subject, *candidates: Partnership) -> Case:
    """Return a case that the rules should settle by themselves."""
    return _case(name, truth, subject, candidates, Confidence.CERTAIN)


def probable(name: str, truth: str, subject: Subject, *candidates: Partnership) -> Case:
    """Return a case that goes to a person, with the partnerships to look at."""
    return _case(name, truth, subject, candidates, Confidence.PROBABLE)


def nothing(name: str, truth: str, subject: Subject, *candidates: Partnership) -> Case:
    """Return a case in which the rules should find nothing; the truth may be another."""
    return _case(name, truth, subject, candidates, Confidence.NONE)


def _case(
    name: str,
    truth: str,
    subject: Subject,
    candidates: tuple[Partnership, ...],
    expected: Confidence,
) -> Case:
    numbered = (replace(one, guid=str(number)) for number, one in enumerate(candidates, start=1))
    return Case(
        name=name,
        subject=subject,
        candidates=tuple(numbered),
        truth=frozenset(truth.split()),
        expected=expected,
    )
