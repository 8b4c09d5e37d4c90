"""Many mailboxes with many devices, as like a real company's as a seed can make them."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from infra.local.simulators.exchange import access
from infra.local.simulators.exchange.devices import ClientType, Device
from infra.local.simulators.exchange.directory import Directory
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import Organization

_GIVEN = "Adele Alex Diego Grady Henrietta Isaiah Joni Lee Lidia Megan Miriam Nestor Patti Pradeep"
_FAMILY = "Archie Cash Fernandez Gu Graham Holloway Langer Mueller Rossi Siciliani Vance Wilber"
_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Kind:
    """One model of device or one app, and how common it is."""

    share: int
    device_type: str
    model: str
    os: str
    user_agent: str
    version: str
    client: ClientType = ClientType.EAS


_OUTLOOK = "Outlook for iOS and Android"
_KINDS = (
    Kind(22, "iPhone", "iPhone15C2", "iOS 18.6 22G86", "Apple-iPhone15C2/2207.86", "16.1"),
    Kind(12, "iPhone", "iPhone13C2", "iOS 17.7 21H16", "Apple-iPhone13C2/2108.16", "16.1"),
    Kind(4, "iPhone", "iPhone10C1", "iOS 15.8 19H370", "Apple-iPhone10C1/1908.370", "16.0"),
    Kind(6, "iPad", "iPad13C8", "iPadOS 18.6 22G86", "Apple-iPad13C8/2207.86", "16.1"),
    Kind(9, "SamsungDevice", "SM-S921B", "Android 15", "Samsung-SM-S921B/101.15", "16.1"),
    Kind(5, "SamsungDevice", "SM-A546B", "Android 14", "Samsung-SM-A546B/101.14", "16.0"),
    Kind(4, "Android", "Pixel 8", "Android 15", "Android-Mail/2025.06.01", "16.1"),
    Kind(2, "Android", "moto g52", "Android 12", "Android-Mail/2022.01.09", "14.1"),
    Kind(1, "WP8", "Lumia 950", "Windows 10.0.15254", "MSFT-WP/10.0.15254", "14.1"),
    Kind(18, "Outlook", _OUTLOOK, "iOS 18.6", "Outlook-iOS/2.0", "161", ClientType.OUTLOOK),
    Kind(14, "Outlook", _OUTLOOK, "Android 15", "Outlook-Android/2.0", "161", ClientType.OUTLOOK),
    Kind(2, "Outlook", _OUTLOOK, "iOS 14.8", "Outlook-iOS/2.0", "1.0", ClientType.REST),
    Kind(1, "MOWA", "iPhone", "iOS 12.5", "OWA-iPhone/1.0", "1.0", ClientType.MOWA),
)
_SHARES = [kind.share for kind in _KINDS]
# Shares of all devices: on the allowed list, up to here on the blocked one, without a name of
# their own, in daily use; days since the last contact of those in use and of the others.
_ALLOWED, _BLOCKED, _NAMELESS, _IN_USE = 0.02, 0.03, 0.3, 0.9
_IDLE_DAYS = {True: 0.2, False: 120.0}


class Population:
    """People and devices drawn from a seed; only the dates follow the clock."""

    def __init__(self, organization: Organization, *, seed: int, domain: str) -> None:
        self._organization = organization
        self._domain = domain
        self._random = Random(seed)  # noqa: S311 - the same people each time is the point
        self._now = organization.clock()
        self._given, self._family = _GIVEN.split(), _FAMILY.split()

    def settle(self, directory: Directory, mailboxes: int, devices: int) -> None:
        """Add so many mailboxes, and spread so many devices over them."""
        owned = Counter(self._random.choices(range(mailboxes), k=devices)) if mailboxes else {}
        with _no_collection():
            for number in range(mailboxes):
                mailbox = self._mailbox(number)
                directory.add_mailbox(mailbox)
                for _ in range(owned.get(number, 0)):
                    directory.add_device(self._device(mailbox))

    def _mailbox(self, number: int) -> Mailbox:
        name = f"{self._random.choice(self._given)} {self._random.choice(self._family)} {number}"
        return Mailbox(
            organization=self._organization,
            address=f"user{number:06}@{self._domain}",
            display_name=name,
            created=self._now,
            guid=self._guid(),
            external_id=self._guid(),
        )

    def _device(self, mailbox: Mailbox) -> Device:
        [kind] = self._random.choices(_KINDS, _SHARES)
        device_id = self._device_id(kind)
        chance = self._random.random()
        if chance < _ALLOWED:
            mailbox.allowed_ids.append(device_id)
        elif chance < _BLOCKED:
            mailbox.blocked_ids.append(device_id)
        idle = self._random.expovariate(1 / _IDLE_DAYS[self._random.random() < _IN_USE])
        seen = self._now - timedelta(days=idle)
        device = Device(
            mailbox=mailbox,
            device_id=device_id,
            guid=self._guid(),
            first_sync=seen - timedelta(days=self._random.uniform(1, 900)),
            device_type=kind.device_type,
            model=kind.model,
            os=kind.os,
            user_agent=kind.user_agent,
            client_type=kind.client,
            client_version=kind.version,
            friendly_name=kind.model if chance > _NAMELESS else "",
            last_attempt=seen,
        )
        device.access = access.decide(device)
        if device.access.state is access.AccessState.ALLOWED:
            device.last_success = seen
        return device

    def _device_id(self, kind: Kind) -> str:
        if kind.client is not ClientType.EAS:
            return f"{self._random.getrandbits(128):032x}"
        if kind.device_type in {"iPhone", "iPad"}:
            return "Appl" + "".join(self._random.choices(_DIGITS, k=12))
        return f"android{self._random.getrandbits(52):013x}"

    def _guid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for garbage once, at the end: all of it stays, and looking takes most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
            gc.collect()  # now, not in the middle of somebody's first page
