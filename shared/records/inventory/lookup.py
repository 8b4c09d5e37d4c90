"""Rows of a picture by their keys: each block that has one of them is read once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.devices.inventory import FINGERPRINT_BYTES
from shared.records.inventory.current import Current
from shared.records.inventory.index import Index
from shared.records.inventory.layers import Layer, Layers
from shared.records.inventory.packed import GONE, Line


@dataclass(frozen=True, slots=True)
class Lookup:
    """A picture, its index at hand."""

    layers: Layers
    current: Current | None
    index: Index

    def lines(self, keys: Iterable[bytes]) -> dict[bytes, Line]:
        """Return the rows with these keys, as far as there are any."""
        wanted: dict[tuple[Layer, int], set[bytes]] = defaultdict(set)
        for key in keys:
            for place in self._places(key):
                wanted[place].add(key)
        return {
            line.key: line
            for (layer, number), inside in wanted.items()
            for line in self.layers.block(layer, number)
            if line.key in inside
        }

    def _places(self, key: bytes) -> Iterator[tuple[Layer, int]]:
        """Yield the layer and the block where a row is, or nothing."""
        if self.current is None:
            return
        keyed = (self.index.overlay, self.index.generation)
        layers = (self.current.overlay, self.current.generation)
        for known, layer in zip(keyed, layers, strict=True):
            value = known.get(key)
            if value is None or layer is None:
                continue
            if value[:FINGERPRINT_BYTES] != GONE:
                yield layer, number_in(value)
            return


def find(layers: Layers, current: Current | None, key: bytes) -> Line | None:
    """Return one row, without an index: in two requests of a layer that has it."""
    for layer in reversed(current.layers if current else []):
        value = layers.value(layer, key)
        if value is None:
            continue
        if value[:FINGERPRINT_BYTES] == GONE:
            return None
        block = layers.block(layer, number_in(value))
        return next(line for line in block if line.key == key)
    return None


def number_in(value: bytes) -> int:
    """Return the number of the block that a key's row is in."""
    return int.from_bytes(value[FINGERPRINT_BYTES:])
