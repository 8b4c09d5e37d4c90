"""When very many devices last synced, in hardly more memory than their bytes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from shared.devices.inventory import KEY_BYTES, key_of
from shared.devices.model import WipeCycle, WipeState
from shared.devices.packed_keys import Keyed
from shared.errors import Failure

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENT_BYTES = 8
WIDTH = KEY_BYTES + 1 + MOMENT_BYTES
NEVER = -(2**63)
NO_WIPE, PENDING = b"\0", b"\1"


class PackedStatistics:
    """Of each device, what bears on whether it is stale."""

    def __init__(self) -> None:
        self._keyed = Keyed(WIDTH - KEY_BYTES)

    def load(self, packed: bytes) -> None:
        """Take in what `pack` has made."""
        for at in range(0, len(packed), WIDTH):
            key, value = packed[at : at + KEY_BYTES], packed[at + KEY_BYTES : at + WIDTH]
            self._keyed.put(key, value)

    def note(self, guid: str, synced_at: datetime) -> None:
        """Note a sync of a device of which nothing else is known."""
        key = key_of(guid)
        if key not in self._keyed:
            self._keyed.put(key, NO_WIPE + _moment(synced_at))

    def get(self, guid: str) -> WipeState | None:
        """Return its last sync, and whether a wipe is pending, not when it was requested."""
        value = self._keyed.get(key_of(guid))
        if value is None:
            return None
        is_pending, moment = value[:1] == PENDING, int.from_bytes(value[1:], "big", signed=True)
        return WipeState(
            device=WipeCycle(requested_at=EPOCH if is_pending else None),
            account=WipeCycle(),
            last_sync_at=None if moment == NEVER else EPOCH + moment * MICROSECOND,
        )


def pack(answers: Iterable[tuple[str, WipeState | Failure]]) -> bytes:
    """Return what is known of these devices; nothing of one that Exchange did not tell of."""
    return b"".join(
        key_of(guid) + _value(answer) for guid, answer in answers if not isinstance(answer, Failure)
    )


def _value(state: WipeState) -> bytes:
    is_pending = state.device.is_pending or state.account.is_pending
    return (PENDING if is_pending else NO_WIPE) + _moment(state.last_sync_at)


def _moment(at: datetime | None) -> bytes:
    moment = NEVER if at is None else (at - EPOCH) // MICROSECOND
    return moment.to_bytes(MOMENT_BYTES, "big", signed=True)
