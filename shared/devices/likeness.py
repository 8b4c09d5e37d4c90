"""How a device looks, as an MDM and as Exchange spell it, and whether two can be one device."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.devices.derived_ids import imei
from shared.devices.subject import Partnership, Subject

# Exchange shows iPhone14,2 as iPhone14C2, and the user agent as Apple-iPhone14C2/1902.103.
APPLE_CODE = re.compile(r"(iphone|ipad|ipod)(\d+)[,c](\d+)(?![a-z0-9])")
# SM-G991B, also as samsungSMG991B or SAMSUNG-SM-G991B/101.13; /DS is the same with two SIMs.
SAMSUNG_CODE = re.compile(
    r"(?:\b|samsung)(sm|gt|sgh|sch|sph)[-_ ]?([a-z]\d{2,4}[a-z]?\d?)(?![a-z0-9])"
)
NAMES_FOR_SALE = ("iphone", "ipad", "ipod", "galaxy")  # one name, many models: never compared
MAKERS = ("samsung", "google", "huawei", "xiaomi", "motorola", "oneplus", "zebra", "sony")
PLATFORMS = {
    "ios": re.compile(r"\bi(?:pad)?os\b|iphone|\bipad|\bipod"),
    "android": re.compile(r"android"),
    "windows": re.compile(r"windows|\bwp8"),
}
VERSION = re.compile(r"(?<![\w.])\d+(?:\.\d+)*(?![\w.])")  # not the 21 of build 21F90


class Likeness(StrEnum):
    """Whether two devices look like one; undecidable where one side does not say enough."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a device looks like; empty where that is not known."""

    code: str = ""  # a maker's model number that reads the same wherever it is shown
    model: str = ""  # any other model, which only equality says something about
    platforms: frozenset[str] = frozenset()
    version: tuple[int, ...] = ()  # of the operating system
    imei: str = ""


def of_subject(subject: Subject) -> Looks:
    """Return what the sender says the device looks like."""
    return _looks((subject.model,), os=subject.os, imei_text=subject.imei)


def of_partnership(partnership: Partnership) -> Looks:
    """Return what Exchange says the device looks like."""
    shown = (partnership.model, partnership.user_agent, partnership.device_type)
    return _looks(shown, os=partnership.os, imei_text=partnership.imei)


def contradiction(one: Looks, other: Looks) -> str:
    """Return what shows that they are two devices, in words; empty if nothing does."""
    if one.imei and other.imei and one.imei != other.imei:
        return "the IMEIs differ"
    if one.code and other.code and one.code != other.code:
        return f"the models differ ({one.code} and {other.code})"
    if one.platforms and other.platforms and one.platforms != other.platforms:
        return f"the platforms differ ({_listed(one.platforms)} and {_listed(other.platforms)})"
    return ""


def likeness(one: Looks, other: Looks) -> Likeness:
    """Compare model and version; another version is undecidable, as lists go out of date."""
    if contradiction(one, other):
        return Likeness.DIFFERENT
    is_same_model = (one.code and one.code == other.code) or (
        one.model and one.model == other.model
    )
    if is_same_model and one.version and one.version == other.version:
        return Likeness.SAME
    return Likeness.UNDECIDABLE


def _looks(models: tuple[str, ...], *, os: str, imei_text: str) -> Looks:
    found = (_platform(text) for text in (*models, os))
    return Looks(
        code=next(filter(None, map(_code, models)), ""),
        model=_model(models[0]),
        platforms=frozenset(filter(None, found)),
        version=_version(os),
        imei=imei(imei_text),
    )


def _code(text: str) -> str:
    lowered = text.strip().casefold()
    if apple := APPLE_CODE.search(lowered):
        family, generation, variant = apple.groups()
        return f"{family}{int(generation)},{int(variant)}"
    if samsung := SAMSUNG_CODE.search(lowered):
        return "-".join(samsung.groups())
    return ""


def _model(text: str) -> str:
    """Return a model without its maker; empty for names for sale, and where no digit is in it."""
    kept = "".join(filter(str.isalnum, text.casefold()))
    for maker in MAKERS:
        kept = kept.removeprefix(maker)
    is_telling = any(map(str.isdecimal, kept)) and not kept.startswith(NAMES_FOR_SALE)
    return kept if is_telling else ""


def _platform(text: str) -> str:
    """Return the one platform that *text* names; "Outlook for iOS and Android" names none."""
    lowered = text.casefold()
    named = [platform for platform, pattern in PLATFORMS.items() if pattern.search(lowered)]
    return named[0] if len(named) == 1 else ""


def _version(text: str) -> tuple[int, ...]:
    """Return the version numbers without zeros at the end: 14 and 14.0.0 are one version."""
    found = VERSION.search(text)
    parts = [int(part) for part in found.group().split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _listed(platforms: frozenset[str]) -> str:
    return " and ".join(sorted(platforms))
