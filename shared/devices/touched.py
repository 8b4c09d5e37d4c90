"""The mailboxes that a run's changes touch, in slices that fit memory with all their devices."""

from collections.abc import Iterable

from shared.devices.inventory import Row, key_of
from shared.devices.inventory_run import Change
from shared.devices.packed_keys import Keys

TOGETHER = 500  # mailboxes in one slice
DRAWN = 4  # bytes of a key that choose its slice


class Touched:
    """Built in one pass; the same changes make the same slices."""

    def __init__(self, changes: Iterable[Change], together: int = TOGETHER) -> None:
        self._places = Keys()
        for change in changes:
            for row in (change.before, change.after):
                if row is not None:
                    self._places.add(key_of(row.place))
        self.slices = -(-len(self._places) // together)

    def has(self, row: Row, number: int) -> bool:
        """Whether the row is of a mailbox in this slice."""
        key = key_of(row.place)
        return key in self._places and self._slice(key) == number

    def _slice(self, key: bytes) -> int:
        return int.from_bytes(key[:DRAWN]) * self.slices >> 8 * DRAWN
