"""What a run leaves: the picture before it, without what is gone, and with what has changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from shared.devices.inventory_run import Run
from shared.devices.packed_keys import Keyed, Keys
from shared.records.inventory import index as indexes
from shared.records.inventory import staged
from shared.records.inventory.current import Current
from shared.records.inventory.index import Index
from shared.records.inventory.layers import Layer, Layers
from shared.records.inventory.packed import GONE, MOST_ROWS, Line, tombstone
from shared.records.tables import Table

SHARE = 5  # an overlay has at most one row for so many of its generation

Keeps = Callable[[Line], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """All that goes into the layer that a run leaves; the same whenever it is made."""

    table: Table
    run: Run
    current: Current | None
    index: Index
    changed: Keyed  # with the page that has the row
    gone: Keys
    is_whole: bool  # it makes a generation, and not an overlay on the one there is

    @property
    def is_empty(self) -> bool:
        """Whether the picture stays as it is."""
        return self.current is not None and not len(self.changed) and not len(self.gone)

    @property
    def name(self) -> str:
        """The layer's name, another one if something else is gone than was thought before."""
        total = sum(int.from_bytes(key) for key in self.gone)
        text = f"{self.is_whole} {len(self.gone)} {total}"
        return f"{self.run.run_id}-{blake2b(text.encode(), digest_size=4).hexdigest()}"

    def sources(self, first: int) -> Iterator[tuple[int, Sequence[Line]]]:
        """Yield all rows in numbered parts, from one part on."""
        number = 0
        for layer, keeps in self._layers():
            yield from self._kept(layer, keeps, first, number)
            number += layer.blocks
        number -= 1  # pages are numbered from 1
        pages = staged.pages(self.table, self.run, self.changed, max(1, first - number))
        yield from ((number + page, rows) for page, rows in pages)
        if not self.is_whole:
            yield from self._tombstones(first, number + self.run.counts.pages + 1)

    def _layers(self) -> Iterator[tuple[Layer, Keeps]]:
        """Yield the layers that it takes rows from, and which of them."""
        if self.current and self.current.generation and self.is_whole:
            yield self.current.generation, lambda line: line.key not in self.index.overlay
        if self.current and self.current.overlay:
            yield (
                self.current.overlay,
                lambda line: not (self.is_whole and line.fingerprint == GONE),
            )

    def _kept(
        self, layer: Layer, keeps: Keeps, first: int, offset: int
    ) -> Iterator[tuple[int, Sequence[Line]]]:
        blocks = Layers(self.table, self.run.tenant_id).stream(layer, max(0, first - offset))
        for number, block in blocks:
            lines = [line for line in block if keeps(line) and self._stands(line)]
            yield offset + number, lines

    def _stands(self, line: Line) -> bool:
        return line.key not in self.changed and line.key not in self.gone

    def _tombstones(self, first: int, offset: int) -> Iterator[tuple[int, Sequence[Line]]]:
        keys = iter(self.gone)
        number = offset
        while part := [tombstone(key) for key in islice(keys, MOST_ROWS)]:
            if number >= first:
                yield number, part
            number += 1


def merge(table: Table, run: Run, current: Current | None, gone: Iterable[bytes]) -> Merge:
    """Return what a run leaves; only a row that was there, and has not changed, can be gone."""
    index = indexes.load(Layers(table, run.tenant_id), current)
    changed = staged.changed(table, run)
    really = Keys()
    for key in gone:
        if key in index and key not in changed:
            really.add(key)
    return Merge(
        table=table,
        run=run,
        current=current,
        index=index,
        changed=changed,
        gone=really,
        is_whole=_is_whole(current, index, changed, really),
    )


def _is_whole(current: Current | None, index: Index, changed: Keyed, gone: Keys) -> bool:
    generation = current.generation if current else None
    if generation is None:
        return True
    kept = sum(1 for key in index.overlay if key not in changed and key not in gone)
    return (kept + len(changed) + len(gone)) * SHARE > generation.rows
