"""The current picture row by row, from any row on: for callers who take it in parts."""

from collections.abc import Callable, Iterator

import msgspec

from shared.devices.inventory import Row
from shared.devices.position import Position
from shared.errors import Conflict
from shared.records.inventory import current
from shared.records.inventory.layers import Layer, Layers
from shared.records.inventory.packed import GONE, Line
from shared.records.tables import Table

RENEWED = "the inventory was made anew since this listing began: begin it again, without `after`"

Placed = tuple[Position, Row]


def rows_after(table: Table, tenant_id: str, after: Position | None) -> Iterator[Placed]:
    """
    Yield the rows behind a position, each with its own; few of them are in memory.

    A row that changes meanwhile may come twice, and none is left out. Conflict once all has
    been put together anew, which takes changes in many rows.
    """
    now = current.find(table, tenant_id)
    if now is None or now.generation is None:
        return
    layers = Layers(table, tenant_id)
    at = after or Position(now.generation.name)
    if at.picture != now.generation.name:
        raise Conflict(RENEWED)
    if not at.changes:
        over = layers.keyed(now.overlay)
        yield from _rows(layers, now.generation, at, lambda line: line.key not in over)
    if now.overlay is not None:
        if at.changes != now.overlay.name:
            at = Position(at.picture, now.overlay.name)
        yield from _rows(layers, now.overlay, at, lambda line: line.fingerprint != GONE)


def _rows(
    layers: Layers, layer: Layer, after: Position, is_there: Callable[[Line], bool]
) -> Iterator[Placed]:
    for number, block in layers.stream(layer, after.block):
        passed = after.rows if number == after.block else 0
        for count, line in enumerate(block, 1):
            if count > passed and is_there(line):
                yield msgspec.structs.replace(after, block=number, rows=count), line.row
