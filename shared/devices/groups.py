"""Each mailbox with its devices, out of rows that come in any order."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from shared.devices.inventory import Mailbox, MobileDevice, Row, key_of
from shared.devices.model import Device

BUCKETS = 64  # of 350,000 rows, one holds some 5,500: about 5 MB once it is unpacked
FAST = 1  # of zlib's levels of effort: less than half of the time, an eighth more room
LITTLE = 5  # of zlib's levels of memory: 140 KB for each bucket, rather than 260
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One partnership as a run saw it, and the mailbox that it is with."""

    device: MobileDevice
    mailbox: Mailbox

    @property
    def on_allowed_list(self) -> bool:
        """Whether the mailbox's list names the device; letter case does not count."""
        return _is_named(self.device.device_id, self.mailbox.allowed)

    @property
    def on_blocked_list(self) -> bool:
        """Whether the mailbox's list names the device; letter case does not count."""
        return _is_named(self.device.device_id, self.mailbox.blocked)

    @property
    def lists(self) -> tuple[bool, bool]:
        """Whether it is on the allowed list, and whether on the blocked one."""
        return self.on_allowed_list, self.on_blocked_list

    def as_device(self) -> Device:
        """Return it as all other decisions know a device."""
        device = self.device
        return Device(
            mailbox=name_of(self.mailbox),
            device_id=device.device_id,
            guid=device.guid,
            access=device.access,
            access_reason=device.access_reason,
            on_allowed_list=self.on_allowed_list,
            on_blocked_list=self.on_blocked_list,
            device_type=device.device_type,
            model=device.model,
            os=device.os,
            user_agent=device.user_agent,
            client_type=device.client_type,
            client_version=device.client_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One mailbox with all its devices."""

    mailbox: Mailbox  # only its place, where Exchange listed the devices but not the mailbox
    devices: tuple[MobileDevice, ...]

    @property
    def is_owner_known(self) -> bool:
        """Whether there is a row of the mailbox."""
        return is_known(self.mailbox)

    def seen(self) -> Iterator[Seen]:
        """Yield each of its partnerships."""
        return (Seen(device=device, mailbox=self.mailbox) for device in self.devices)


def grouped(rows: Iterable[Row]) -> Iterator[Group]:
    """
    Yield every mailbox with its devices, in the same order however the rows were ordered.

    Of rows with one key the last stands. The rows are kept packed meanwhile, for there
    may be more than memory has room for.
    """
    packers = [_Packer() for _ in range(BUCKETS)]
    for row in rows:
        packers[key_of(row.place)[0] % BUCKETS].add(row)
    # No packer is left once there are groups: each holds 140 KB.
    buckets = [packers.pop(0).packed() for _ in range(BUCKETS)]
    while buckets:
        yield from _groups(_unpacked(buckets.pop(0)))


def name_of(mailbox: Mailbox) -> str:
    """Return what people call the mailbox, as far as that is known."""
    return mailbox.address or mailbox.upn or mailbox.place


def is_known(mailbox: Mailbox) -> bool:
    """Whether Exchange has listed the mailbox itself, and so what is on its lists."""
    return mailbox.guid != ""


class _Packer:
    """Takes rows in, and hardly any room."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._compressor = zlib.compressobj(level=FAST, memLevel=LITTLE)
        self._packed = bytearray()

    def add(self, row: Row) -> None:
        encoded = self._encoder.encode(row)
        length = len(encoded).to_bytes(LENGTH_BYTES, "big")
        self._packed += self._compressor.compress(length + encoded)

    def packed(self) -> bytes:
        """Return all rows as `_unpacked` takes them; no more may come."""
        return bytes(self._packed + self._compressor.flush())


def _unpacked(packed: bytes) -> Iterator[Row]:
    decoder = msgspec.msgpack.Decoder(Mailbox | MobileDevice)
    rows = memoryview(zlib.decompress(packed))
    at = 0
    while at < len(rows):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(rows[at:start], "big")
        yield decoder.decode(rows[start:at])


def _groups(rows: Iterable[Row]) -> Iterator[Group]:
    mailboxes: dict[bytes, Mailbox] = {}
    devices: defaultdict[bytes, dict[bytes, MobileDevice]] = defaultdict(dict)
    for row in rows:
        owner = key_of(row.place)
        if isinstance(row, Mailbox):
            mailboxes[owner] = row
        else:
            devices[owner][row.key] = row
    for owner in sorted({*mailboxes, *devices}):
        owned = [device for _, device in sorted(devices[owner].items())]
        mailbox = mailboxes.get(owner) or Mailbox(place=owned[0].place, guid="", address="")
        yield Group(mailbox=mailbox, devices=tuple(owned))


def _is_named(device_id: str, names: tuple[str, ...]) -> bool:
    sought = device_id.casefold()
    return any(name.casefold() == sought for name in names)
