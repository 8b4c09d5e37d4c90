"""What was last said about every device of a tenant, in a few bytes each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from shared.devices.drift import Ordered, Reported
from shared.devices.inventory import KEY_BYTES
from shared.devices.model import CONCERNS, Action, Concern, Posture, Trust
from shared.devices.packed_keys import Keyed

POSTURES, TRUSTS, ACTIONS = tuple(Posture), tuple(Trust), tuple(Action)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
TIME_BYTES = 8


class LastWords:
    """Takes words in any order; of those of one kind the newest stands."""

    def __init__(self) -> None:
        self._reported = Keyed(TIME_BYTES + 2)
        self._ordered = {concern: Keyed(TIME_BYTES + 1) for concern in Concern}

    def report(self, name: bytes, reported: Reported) -> None:
        """Take in a report about the device of this name."""
        kind = [POSTURES.index(reported.posture), TRUSTS.index(reported.trust)]
        _put(self._reported, name, _time(reported.at) + bytes(kind))

    def order(self, name: bytes, ordered: Ordered) -> None:
        """Take in an order about the device of this name."""
        value = _time(ordered.at) + bytes([ACTIONS.index(ordered.action)])
        _put(self._ordered[CONCERNS[ordered.action]], name, value)

    def has(self, name: bytes) -> bool:
        """Whether anything was said about the device of this name."""
        known = (self._reported, *self._ordered.values())
        return any(each.get(name) is not None for each in known)

    def __bool__(self) -> bool:
        return any(map(len, (self._reported, *self._ordered.values())))

    def reported(self, name: bytes) -> Reported | None:
        """Return the newest report about a device, if there is one."""
        value = self._reported.get(name)
        if value is None:
            return None
        return Reported(
            posture=POSTURES[value[TIME_BYTES]],
            trust=TRUSTS[value[TIME_BYTES + 1]],
            at=_at(value),
        )

    def orders(self, name: bytes) -> tuple[Ordered, ...]:
        """Return the newest order of each concern."""
        return tuple(self._orders(name))

    def _orders(self, name: bytes) -> Iterator[Ordered]:
        for known in self._ordered.values():
            value = known.get(name)
            if value is not None:
                yield Ordered(action=ACTIONS[value[TIME_BYTES]], at=_at(value))


def name(mailbox: str, device_id: str) -> bytes:
    """Return the name of a device; letter case does not count."""
    told_apart = f"{mailbox}\0{device_id}".lower()
    return sha256(told_apart.encode()).digest()[:KEY_BYTES]


def _put(known: Keyed, name: bytes, value: bytes) -> None:
    before = known.get(name)
    if before is None or before < value:  # the time comes first
        known.put(name, value)


def _time(at: datetime) -> bytes:
    return max((at - EPOCH) // MICROSECOND, 0).to_bytes(TIME_BYTES, "big")


def _at(value: bytes) -> datetime:
    return EPOCH + int.from_bytes(value[:TIME_BYTES], "big") * MICROSECOND
