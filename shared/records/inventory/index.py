"""What tells every row of a picture from a changed one, and where the row is: in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from shared.devices.inventory import FINGERPRINT_BYTES, KEY_BYTES
from shared.devices.packed_keys import Keyed, Keys
from shared.records.inventory.current import Current
from shared.records.inventory.layers import Layers
from shared.records.inventory.packed import GONE

HASHES = 1 << 8 * KEY_BYTES  # a sum of hashes starts again from 0 here


@dataclass(frozen=True, slots=True)
class Index:
    """A generation's keys, and an overlay's, which come first."""

    generation: Keyed
    overlay: Keyed

    def get(self, key: bytes) -> bytes | None:
        """Return the fingerprint of the row with this key, if there is one."""
        value = self.overlay.get(key) or self.generation.get(key)
        return None if value is None else _fingerprint(value)

    def missing(self, seen: Keys) -> Iterator[bytes]:
        """Yield the keys that were not seen."""
        return (key for key in self if key not in seen)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each key with its fingerprint."""
        for key, value in self.generation.items():
            if key not in self.overlay:
                yield key, value[:FINGERPRINT_BYTES]
        for key, value in self.overlay.items():
            if (known := _fingerprint(value)) is not None:
                yield key, known

    def content_hash(self) -> str:
        """Return a hash of all keys and fingerprints, in whatever order they stand."""
        total = 0
        for key, fingerprint in self.items():
            total += int.from_bytes(blake2b(key + fingerprint, digest_size=KEY_BYTES).digest())
        return f"{total % HASHES:0{2 * KEY_BYTES}x}"

    def __contains__(self, key: bytes) -> bool:
        return self.get(key) is not None

    def __iter__(self) -> Iterator[bytes]:
        return (key for key, _ in self.items())

    def __len__(self) -> int:
        return sum(1 for _ in self.items())


def load(layers: Layers, current: Current | None) -> Index:
    """Return the index of a picture; of none, an empty one."""
    generation = current.generation if current else None
    overlay = current.overlay if current else None
    return Index(layers.keyed(generation), layers.keyed(overlay))


def _fingerprint(value: bytes) -> bytes | None:
    known = value[:FINGERPRINT_BYTES]
    return None if known == GONE else known
