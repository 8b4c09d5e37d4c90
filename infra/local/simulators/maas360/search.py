"""
Which devices a search finds, and in which order.

Names from IBM's own client and others. Guesses: only active devices unless deviceStatus says
otherwise; parameters nobody knows are ignored; comparing takes no notice of case; and
`...AfterInEpochms` leaves out a device that reported at that very instant.
"""

from collections.abc import Callable, Mapping

from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.devices import FOUND, ID, Device

_BY_BEGINNING = {
    "partialDeviceName": "deviceName",
    "partialUsername": "username",
    "partialPhoneNumber": "phoneNumber",
}
_BY_VALUE = {
    "email": "emailAddress",
    "imeiMeid": "imeiEsn",
    "maas360DeviceId": ID,
    "maas360ManagedStatus": "maas360ManagedStatus",
    "mailBoxManaged": "mailboxManaged",
    "mailboxDeviceId": "mailboxDeviceId",
    "mdmMailboxDeviceId": "mdmMailboxDeviceId",
    "platformName": "platformName",
    "udid": "udid",
    "userDomain": "userDomain",
    "wifiMacAddress": "wifiMacAddress",
}
_BY_COMPLIANCE = {
    "appCompliance": "appComplianceState",
    "plcCompliance": "policyComplianceState",
    "pswdCompliance": "passcodeCompliance",
    "ruleCompliance": "ruleComplianceState",
}
_GOOD = ("", "In Compliance", "Compliant")
_WIPES = {"NOTAPPLIED": ("N/a", "Not Applied"), "PENDING": ("Pending",), "COMPLETE": ("Complete",)}
_INSTANTS = {"lastReported": "lastReportedInEpochms", "installedDate": "installedDateInEpochms"}

Condition = Callable[[Device], bool]


def search(call: Call, devices: list[Device]) -> list[Mapping[str, str]]:
    """Return what is shown of the devices that are meant, the last to report first."""
    conditions = [*_texts(call), *_states(call), _after(call)]
    found = [device for device in devices if all(meets(device) for meets in conditions)]
    found.sort(key=lambda device: device[ID])
    attribute = _INSTANTS[call.choice("sortAttribute", "lastReported", "installedDate")]
    is_falling = call.choice("sortOrder", "dsc", "asc") == "dsc"
    found.sort(key=lambda device: _instant(device, attribute), reverse=is_falling)
    return [{name: device[name] for name in FOUND} for device in found]


def _texts(call: Call) -> list[Condition]:
    is_partial = call.choice("match", "0", "1") == "0"
    begun = _BY_BEGINNING if is_partial else {}
    equal = _BY_VALUE if is_partial else _BY_VALUE | _BY_BEGINNING
    beginnings = [
        _begins(attribute, call.asked(name))
        for name, attribute in begun.items()
        if call.asked(name)
    ]
    values = [
        _equals(attribute, call.asked(name))
        for name, attribute in equal.items()
        if call.asked(name)
    ]
    return [*beginnings, *values]


def _states(call: Call) -> list[Condition]:
    conditions = [_equals("deviceStatus", call.choice("deviceStatus", "Active", "Inactive"))]
    for name, attribute in _BY_COMPLIANCE.items():
        if call.choice(name, "ALL", "OOC") == "OOC":
            conditions.append(_is_none_of(attribute, _GOOD))
    if call.asked("selectiveWipe"):
        wipe = call.choice("selectiveWipe", *_WIPES)
        conditions.append(lambda device: device["selectiveWipeStatus"] in _WIPES[wipe])
    return conditions


def _after(call: Call) -> Condition:
    instant = call.number("lastReportedAfterInEpochms", -1)
    return lambda device: _instant(device, "lastReportedInEpochms") > instant


def _instant(device: Device, attribute: str) -> int:
    return int(device[attribute] or 0)


def _begins(attribute: str, text: str) -> Condition:
    return lambda device: device[attribute].casefold().startswith(text.casefold())


def _equals(attribute: str, text: str) -> Condition:
    return lambda device: device[attribute].casefold() == text.casefold()


def _is_none_of(attribute: str, texts: tuple[str, ...]) -> Condition:
    return lambda device: device[attribute] not in texts
