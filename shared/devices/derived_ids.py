"""
DeviceIDs that mail apps make of a device's other identifiers, and those identifiers themselves.

Each way is known from a public source, named where it is taken. Current iOS, Gmail and
Outlook make up ids that follow from nothing, so a device without a hit is nothing unusual.
"""

import hashlib
import re
from dataclasses import dataclass

from shared.devices.subject import Subject

SHORTEST_ID = 8  # characters; shorter DeviceIDs say "none" or "test" rather than name a device
LEAST_DIFFERENT = 4  # of them
APPLE_SERIAL = re.compile(r"(?=.*[0-9])(?!.*(.)\1{4})[a-z0-9]{10,12}")
UDID = re.compile(r"[0-9a-f]{24}(?:[0-9a-f]{8}|[0-9a-f]{16})?")
IMEI_LENGTHS = frozenset({14, 15, 16})  # bare, with check digit, with software version
SEPARATORS = re.compile(r"[\s\-./]+")
# Beyond what the patterns refuse: what firmware, emulators and clones show in place of a serial.
PLACEHOLDERS = ("1234567", "0123456", "abcdef", "unknown", "serial", "emulator", "simulator")
# Said for a missing value, or shared by many: the second is an Android ID that a fault in
# Android 2.2 gave to whole model lines.
SHARED_IDS = ("null", "9774d56d682e549c", "unknown", "undefined", "0000000000")
EXAMPLE_IMEIS = frozenset({"49015420323751", "35693803564380", "12345678901234"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedId:
    """A DeviceID that one of the device's mail apps may use."""

    device_id: str  # as `plain` returns it
    made_of: str  # in words


def derived_ids(subject: Subject) -> tuple[DerivedId, ...]:
    """Return the DeviceIDs that follow from what the sender said of the device."""
    return (*_of_serial(subject.serial), *_of_imei(subject.imei), *_of_udid(subject.udid))


def plain(device_id: str) -> str:
    """Return a DeviceID as Exchange compares it: without case; empty if it names no device."""
    kept = device_id.strip().casefold()
    if len(kept) < SHORTEST_ID or len(set(kept)) < LEAST_DIFFERENT:
        return ""
    return "" if any(shared in kept for shared in SHARED_IDS) else kept


def imei(text: str) -> str:
    """
    Return the 14 digits of an IMEI that tell devices apart; empty if *text* is none.

    Check digit and software version are left off: senders give 14, 15 or 16 digits. A
    check digit may be sent as 0 (3GPP TS 23.003), but not be wrong. Numbers for tests
    begin with 00 (GSMA TS.06); a serial of one repeated digit is a clone's or an emulator's.
    """
    digits = SEPARATORS.sub("", text)
    if len(digits) not in IMEI_LENGTHS or not (digits.isascii() and digits.isdecimal()):
        return ""
    kept = digits[:14]
    if len(digits) == 15 and digits[14] not in {"0", _check_digit(kept)}:  # noqa: PLR2004  see IMEI_LENGTHS
        return ""
    is_made_up = kept.startswith("00") or len(set(kept[8:])) == 1 or kept in EXAMPLE_IMEIS
    return "" if is_made_up else kept


def _of_serial(text: str) -> tuple[DerivedId, ...]:
    """Return what the mail app of iOS used before it made ids up (nachocove/NachoClientX)."""
    serial = text.strip().casefold()
    if not APPLE_SERIAL.fullmatch(serial) or any(part in serial for part in PLACEHOLDERS):
        return ()
    return (DerivedId(device_id=f"appl{serial}", made_of="the serial number"),)


def _of_imei(text: str) -> tuple[DerivedId, ...]:
    """
    Return what the mail apps of Samsung and Android used while they could read the IMEI.

    Samsung's is seen in a request that SOGo's SOGoActiveSyncDispatcher.m records with id
    and IMEI: SEC1 and the first 12 digits of its SHA-1. Android's is from AOSP's
    emailcommon/Device.java and Utility.getSmallHash: 31 bits of the SHA-1.
    """
    kept = imei(text)
    if not kept:
        return ()
    hashed = hashlib.sha1((kept + _check_digit(kept)).encode(), usedforsecurity=False)
    return (
        DerivedId(device_id=f"sec1{hashed.hexdigest()[:12]}", made_of="the IMEI"),
        DerivedId(device_id=f"androidc{_small(hashed.digest())}", made_of="the IMEI"),
    )


def _of_udid(text: str) -> tuple[DerivedId, ...]:
    """
    Return what an MDM may configure: Gmail takes any id it is given as exchange_device_id.

    So says Google's guide to Gmail's managed configurations. No mail app is known to use
    the UDID by itself.
    """
    udid = text.strip().casefold()
    bare = udid.replace("-", "")
    if not UDID.fullmatch(bare):
        return ()
    return tuple(
        DerivedId(device_id=spelt, made_of="the UDID") for spelt in dict.fromkeys((udid, bare))
    )


def _small(sha1: bytes) -> int:
    """Return AOSP's small hash: 31 bits, from where the last half byte points to."""
    start = sha1[-1] & 0x0F
    return int.from_bytes(sha1[start : start + 4], "big") & 0x7FFFFFFF


def _check_digit(digits: str) -> str:
    """Return the Luhn digit for the 14 digits of an IMEI."""
    doubled = (2 * int(digit) for digit in digits[1::2])
    total = sum(int(digit) for digit in digits[::2]) + sum(sum(divmod(d, 10)) for d in doubled)
    return str(-total % 10)
