"""By which names a device is known over many reports."""

from dataclasses import astuple

from shared.devices.derived_ids import PLACEHOLDERS, imei, plain
from shared.devices.subject import About, Report

LEAST = 6  # characters; anything shorter says "none" in one way or another
LEAST_DIFFERENT = 3  # characters: 00000000 is no serial number


def names(report: Report) -> tuple[str, ...]:
    """
    Return the names that tell the report's device from all others, the most telling first.

    Names that a sender made up hold for that sender only. Where it gave none, its owner
    and all else that it said stand for the device.
    """
    said = report.subject
    if report.about is About.OWNER:
        return (f"owner:{said.directory_id or said.upn or said.mail}",)
    given = {
        f"mdm:{report.sender}": said.mdm_id,
        "eas": plain(said.eas_device_id),
        "serial": said.serial if is_telling(said.serial) else "",
        "udid": said.udid if is_telling(said.udid) else "",
        "imei": imei(said.imei),
    }
    found = tuple(f"{kind}:{name}" for kind, name in given.items() if name)
    return found or (f"said:{'|'.join(astuple(said))}",)


def is_telling(name: str) -> bool:
    """Whether a name can tell devices apart: some say 0, unknown, or Default string of many."""
    spelt = name.strip().lower()
    kept = [character for character in spelt if character.isalnum()]
    is_filler = " " in spelt or any(filler in spelt for filler in PLACEHOLDERS)
    return len(kept) >= LEAST and len(set(kept)) >= LEAST_DIFFERENT and not is_filler
