"""What an MDM knows of a phone: one plausible phone, with values of our own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A phone and its owner; every field is text, as an MDM shows it."""

    owner_name: str
    upn: str
    mail: str
    eas_device_id: str  # 26 letters and digits on iOS: the id that Exchange knows
    serial: str
    udid: str  # Apple's; an Android phone has none, and an empty text here
    imei: str  # 15 digits, the last one a Luhn check digit
    wifi_mac: str  # six pairs of lower-case hex digits with colons between
    model: str  # the hardware id
    model_name: str
    os_name: str
    os_version: str
    platform: str  # "iOS" or "Android"
    mdm_id: str  # the number an MDM gave it
    friendly_name: str
    ownership: str  # "corporate" or "personal"


ADELES = Phone(
    owner_name="Adele Vance",
    upn="adele@contoso.com",
    mail="adele@contoso.com",
    eas_device_id="K7Q2M9TB4H1V83NDR5C0GJ6LXA",
    serial="F2LX40ADELE7",
    udid="00008110-000A55E01E2B401E",
    imei="356728114509322",
    wifi_mac="a4:83:e7:5c:10:9f",
    model="iPhone14,2",
    model_name="iPhone 13 Pro",
    os_name="iOS",
    os_version="17.5.1",
    platform="iOS",
    mdm_id="4711",
    friendly_name="Adele's iPhone",
    ownership="corporate",
)
