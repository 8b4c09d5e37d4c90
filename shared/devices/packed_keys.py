"""Very many keys, with or without a value each, in hardly more memory than their bytes."""

from collections.abc import Iterator

from shared.devices.inventory import KEY_BYTES

DIGITS = 3  # hexadecimal digits of a key that choose its bucket
BUCKETS = 16**DIGITS


class Keyed:
    """
    Keys, each with a value of the same size: short runs of bytes, chosen by how a key begins.

    Keys are hashes, so the runs are about equally long, and `find` goes through one in C.
    """

    def __init__(self, value_bytes: int) -> None:
        self._width = KEY_BYTES + value_bytes
        self._buckets = [bytearray() for _ in range(BUCKETS)]

    def get(self, key: bytes) -> bytes | None:
        """Return a key's value, if the key is there."""
        bucket, at = self._find(key)
        return bytes(bucket[at + KEY_BYTES : at + self._width]) if at >= 0 else None

    def put(self, key: bytes, value: bytes) -> None:
        """Give a key this value, whether it is there or not."""
        bucket, at = self._find(key)
        if at >= 0:
            bucket[at + KEY_BYTES : at + self._width] = value
        else:
            bucket += key + value

    def discard(self, key: bytes) -> None:
        """Take a key away, if it is there."""
        bucket, at = self._find(key)
        if at >= 0:
            del bucket[at : at + self._width]

    def load(self, packed: bytes) -> None:
        """Take in key and value after key and value, none of them there yet."""
        for at in range(0, len(packed), self._width):
            self._buckets[packed[at] << 4 | packed[at + 1] >> 4] += packed[at : at + self._width]

    def sections(self, digits: int) -> Iterator[bytes]:
        """Yield everything as `load` takes it, a section for each way keys begin."""
        together = 16 ** (DIGITS - digits)
        for first in range(0, BUCKETS, together):
            yield b"".join(self._buckets[first : first + together])

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each key with its value."""
        for bucket in self._buckets:
            packed = bytes(bucket)
            for at in range(0, len(packed), self._width):
                yield packed[at : at + KEY_BYTES], packed[at + KEY_BYTES : at + self._width]

    def __contains__(self, key: bytes) -> bool:
        return self._find(key)[1] >= 0

    def __iter__(self) -> Iterator[bytes]:
        return (key for key, _ in self.items())

    def __len__(self) -> int:
        return sum(map(len, self._buckets)) // self._width

    def _find(self, key: bytes) -> tuple[bytearray, int]:
        bucket = self._buckets[key[0] << 4 | key[1] >> 4]
        return bucket, _find(bucket, key, self._width)


class Keys:
    """A set of keys."""

    def __init__(self, packed: bytes = b"") -> None:
        self._keyed = Keyed(0)
        self.add_all(packed)

    def add(self, key: bytes) -> None:
        """Add a key, whether it is there or not."""
        self._keyed.put(key, b"")

    def add_all(self, packed: bytes) -> None:
        """Add each of these keys, which stand one after the other."""
        for at in range(0, len(packed), KEY_BYTES):
            self.add(packed[at : at + KEY_BYTES])

    def __contains__(self, key: bytes) -> bool:
        return key in self._keyed

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._keyed)

    def __len__(self) -> int:
        return len(self._keyed)


def value_in(packed: bytes, key: bytes, value_bytes: int) -> bytes | None:
    """Return a key's value, if it is there, where key and value follow key and value."""
    width = KEY_BYTES + value_bytes
    at = _find(packed, key, width)
    return packed[at + KEY_BYTES : at + width] if at >= 0 else None


def _find(packed: bytes | bytearray, key: bytes, width: int) -> int:
    at = packed.find(key)
    while at >= 0 and at % width:  # it began within another key
        at = packed.find(key, at + 1)
    return at
