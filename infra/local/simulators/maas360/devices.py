"""The devices of the customer: each is a set of texts under the names they have on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Fact = str | int | bool | datetime
Device = Mapping[str, str]

ID = "maas360DeviceID"

# Names and order as in recorded answers: this much of a device is answered by its id.
CORE = (
    ID, "deviceName", "customAssetNumber", "ownership", "deviceOwner", "username", "emailAddress",
    "platformName", "sourceID", "deviceType", "manufacturer", "model", "osName", "osServicePack",
    "imeiEsn", "installedDate", "lastReported", "installedDateInEpochms", "lastReportedInEpochms",
    "deviceStatus", "maas360ManagedStatus", "udid", "wifiMacAddress", "mailboxDeviceId",
    "mailboxLastReported", "mailboxLastReportedInEpochms", "mailboxManaged", "isSupervisedDevice",
    "testDevice", "unifiedTravelerDeviceId",
)  # fmt: skip
# And this comes on top of it in a search; the place of the last four is a guess.
FOUND = (
    *CORE,
    "phoneNumber", "osVersion", "enrollmentMode", "userDomain", "firstRegisteredInEpochms",
    "lastRegisteredInEpochms", "lastMdmRegisteredInEpochms", "policyComplianceState",
    "appComplianceState", "ruleComplianceState", "selectiveWipeStatus", "jailbreakStatus",
    "encryptionStatus", "passcodeCompliance", "mdmMailboxDeviceId", "mdmPolicy", "modelId",
    "platformSerialNumber", "itunesStoreAccountEnabled",
)  # fmt: skip

_EPOCH = datetime.fromtimestamp(0, tz=UTC)
_EPOCHS = {
    "installedDate": "installedDateInEpochms",
    "lastReported": "lastReportedInEpochms",
    "mailboxLastReported": "mailboxLastReportedInEpochms",
}


@dataclass(slots=True)
class Devices:
    """Every device there is, by its id."""

    _known: dict[str, dict[str, str]] = field(default_factory=dict)
    _added: int = 0

    def add(self, facts: Mapping[str, Fact], now: datetime) -> str:
        """Enrol a device: an iPhone that reported *now*, but for what *facts* say."""
        self._added += 1
        new = _iphone(self._added) | texts(_enrolled(now)) | texts(facts)
        if new[ID] in self._known:
            raise ValueError(f"there is a device {new[ID]} already")
        self._known[new[ID]] = new
        return new[ID]

    def change(self, device_id: str, facts: Mapping[str, Fact]) -> None:
        """Change what is known of a device."""
        if ID in facts:
            raise ValueError("a device keeps its id")
        self._known[device_id].update(texts(facts))

    def remove(self, device_id: str) -> None:
        """Forget a device altogether, as when an administrator hides it."""
        del self._known[device_id]

    def find(self, device_id: str) -> Device | None:
        """Return everything known of a device; ids are compared as they are."""
        return self._known.get(device_id)

    def all(self) -> list[Device]:
        """Return every device, in the order they came."""
        return list(self._known.values())


def milliseconds(instant: datetime) -> str:
    """Return an instant as the ...InEpochms attributes give it."""
    return str((instant - _EPOCH) // timedelta(milliseconds=1))


def texts(facts: Mapping[str, Fact]) -> dict[str, str]:
    """
    Return facts as the wire has them; a date stands in both its forms.

    Dates are in UTC, to the second, and do not say so: recorded ones agree with their
    epoch milliseconds.
    """
    written: dict[str, str] = {}
    for name, value in facts.items():
        if name not in FOUND:
            raise TypeError(f"MaaS360 has no device attribute {name}")
        written |= _text(name, value)
    return written


def _text(name: str, value: Fact) -> dict[str, str]:
    if isinstance(value, bool):
        return {name: str(value).lower()}
    if not isinstance(value, datetime):
        return {name: str(value)}
    if name not in _EPOCHS:
        return {name: milliseconds(value)}
    text = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return {name: text, _EPOCHS[name]: milliseconds(value)}


def _enrolled(now: datetime) -> dict[str, Fact]:
    registered = ("firstRegisteredInEpochms", "lastRegisteredInEpochms")
    dates = ("installedDate", "lastReported", *registered, "lastMdmRegisteredInEpochms")
    return dict.fromkeys(dates, now)


def _iphone(number: int) -> dict[str, str]:
    """Return a phone like no other, in order, with no account of mail on it."""
    serial = f"F2LX{number:08d}"
    return dict.fromkeys(FOUND, "") | {
        ID: f"Appl{serial}",
        "deviceName": f"Phone {number}",
        "ownership": "Corporate Owned",
        "username": f"user{number}",
        "emailAddress": f"user{number}@contoso.com",
        "userDomain": "contoso.com",
        "platformName": "iOS",
        "sourceID": "1",
        "deviceType": "Smartphone",
        "manufacturer": "Apple",
        "model": "iPhone 13 Pro",
        "modelId": "iPhone14,2",
        "osName": "iOS 17.5.1",
        "osVersion": "17.5.1",
        "imeiEsn": f"35651107{number:07d}",
        "deviceStatus": "Active",
        "maas360ManagedStatus": "Enrolled",
        "enrollmentMode": "ENROLLMENT",
        "udid": f"00008110-{number:016X}",
        "platformSerialNumber": serial,
        "wifiMacAddress": ":".join(f"{number:012x}"[at : at + 2] for at in range(0, 12, 2)),
        "isSupervisedDevice": "false",
        "testDevice": "false",
        "unifiedTravelerDeviceId": f"Appl{serial}",
        "policyComplianceState": "In Compliance",
        "appComplianceState": "In Compliance",
        "ruleComplianceState": "In Compliance",
        "passcodeCompliance": "Compliant",
        "encryptionStatus": "Encryption Complete",
        "jailbreakStatus": "No",
        "selectiveWipeStatus": "N/a",
    }
