"""Writing a layer: block by block, so that whoever goes on after a death writes the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from shared.devices.packed_keys import Keyed
from shared.records.inventory.layers import (
    ANSWER,
    BLOCK,
    NUMBER_BYTES,
    VALUE,
    Layer,
    Layers,
    block_row,
    section_writes,
    transactions,
)
from shared.records.inventory.packed import MARK, MOST_ROWS, Line, blocks, joined
from shared.records.tables import Entity, Table, Verb, Write, after_all

LAYER = "layer-"  # the row that notes that there is one, before any of it is written
TOGETHER = 3 * MOST_ROWS  # one transaction, packed; more would only take more memory
ROWS_OF_A_SECTION = 2000
MOST_DIGITS = 2
KEYS_AT_ONCE = ANSWER // (MARK * MOST_ROWS * 4 // 3)

Sources = Iterable[tuple[int, Sequence[Line]]]  # numbered, and the same whoever reads them


class Draft:
    """
    A layer that no picture has yet; what is in it depends on its sources alone.

    The last block of those that were gathered from some sources notes the last of these: up
    to there the layer is written.
    """

    def __init__(self, table: Table, tenant_id: str, name: str) -> None:
        self._table = table
        self._tenant_id = tenant_id
        self._name = name
        self._partition = Layers(table, tenant_id).partition(name)

    def begin(self, after: int) -> None:
        """Note that there is such a layer, and the picture it is to follow."""
        keys = {"PartitionKey": self._tenant_id, "RowKey": LAYER + self._name}
        self._table.insert({**keys, "after": after})

    def write(self, sources: Callable[[int], Sources], pause: Callable[[], None]) -> None:
        """Write the rows of all sources from the first unwritten on; `pause` may raise."""
        written, number = self._written()
        for source, rows in _gathered(sources(written + 1)):
            writes = list(self._block_writes(rows, source, number))
            for batch in transactions(writes):
                self._table.transact(batch)
            number += len(writes)
            pause()

    def seal(self) -> tuple[Layer, Keyed]:
        """Write which key is where, and return the layer, complete."""
        keyed, blocks_there = Keyed(VALUE), self._written()[1]
        for number, block in enumerate(self._blocks("keys0", blocks_there, KEYS_AT_ONCE)):
            keyed.load(_marked(joined("keys", block), number.to_bytes(NUMBER_BYTES, "big")))
        count = len(keyed)
        layer = Layer(name=self._name, blocks=blocks_there, rows=count, digits=_digits(count))
        for batch in transactions(section_writes(self._partition, keyed, layer.digits)):
            self._table.transact(batch)
        return layer, keyed

    def _written(self) -> tuple[int, int]:
        """Return the last source that is written, -1 for none, and how many blocks that took."""
        source, number = -1, 0
        for block in self._blocks("through", None, 1000):
            if block.get("through") is not None:
                source = int(str(block["through"]))
                number = int(str(block["RowKey"]).removeprefix(BLOCK)) + 1
        return source, number

    def _blocks(self, column: str, count: int | None, per_answer: int) -> Iterator[Entity]:
        end = after_all(BLOCK) if count is None else block_row(count)
        return self._table.scan(
            self._partition, BLOCK, end, select=(column,), per_answer=per_answer
        )

    def _block_writes(self, rows: Sequence[Line], source: int, first: int) -> Iterator[Write]:
        packed = list(blocks(rows))
        for number, block in enumerate(packed, first):
            keys = {"PartitionKey": self._partition, "RowKey": block_row(number)}
            is_last = number == first + len(packed) - 1
            through = {"through": source} if is_last else {}
            yield Write(verb=Verb.PUT, entity={**keys, **block.columns(), **through})


def _gathered(sources: Sources) -> Iterator[tuple[int, list[Line]]]:
    """Yield the rows of as many sources as fill a transaction, with the last one's number."""
    gathered: list[Line] = []
    source = 0
    for source, rows in sources:
        gathered += rows
        if len(gathered) >= TOGETHER:
            yield source, gathered
            gathered = []
    if gathered:
        yield source, gathered


def _marked(keys: bytes, number: bytes) -> bytes:
    return b"".join(keys[at : at + MARK] + number for at in range(0, len(keys), MARK))


def _digits(rows: int) -> int:
    """Return how many digits make sections of a size that one key may be looked up in."""
    digits = 0
    while digits < MOST_DIGITS and rows > ROWS_OF_A_SECTION * 16**digits:
        digits += 1
    return digits
