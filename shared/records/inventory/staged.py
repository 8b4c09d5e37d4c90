"""What a run has read: a row for each page, and the rows of it that changed, until it ends."""

from collections.abc import Iterator
from itertools import groupby

from shared.devices.inventory import KEY_BYTES
from shared.devices.inventory_run import Page, Run
from shared.devices.packed_keys import Keyed, Keys
from shared.records.inventory.packed import Line, blocks, chunks, joined, line, lines
from shared.records.tables import Entity, Table, Verb, Write, after_all

PAGE, ROWS = "page-", "rows-"
NUMBER_BYTES = 4
SEEN, CHANGED = "seen", "changed"
PAGES_AT_ONCE = 50
BLOCKS_AT_ONCE = 8
MOST_PROPERTIES = 15  # more do not fit an entity


def writes(run: Run, number: int, page: Page) -> Iterator[Write]:
    """Yield what records a page; repeating it replaces all of it."""
    rows = list({row.key: line(row) for row in page.changed}.values())
    keys = b"".join(each.key for each in rows)
    yield _put(run, _row(PAGE, run, number), {**chunks(SEEN, page.seen), **chunks(CHANGED, keys)})
    for part, block in enumerate(blocks(rows)):
        yield _put(run, f"{_row(ROWS, run, number)}-{part:02}", block.columns())


def seen(table: Table, run: Run) -> Keys:
    """Return the keys of all pages' rows."""
    keys = Keys()
    for page in _pages(table, run, SEEN):
        keys.add_all(joined(SEEN, page))
    return keys


def changed(table: Table, run: Run) -> Keyed:
    """
    Return the keys that have changed, each with the page that has the row.

    A row may be on several pages, as a listing that was cut short starts over: the last one
    stands, and if that says that nothing has changed, nothing has.
    """
    found = Keyed(NUMBER_BYTES)
    for page in _pages(table, run, SEEN, CHANGED):
        for key in _keys(joined(SEEN, page)):
            found.discard(key)
        number = _number(page).to_bytes(NUMBER_BYTES, "big")
        for key in _keys(joined(CHANGED, page)):
            found.put(key, number)
    return found


def pages(table: Table, run: Run, which: Keyed, first: int = 1) -> Iterator[tuple[int, list[Line]]]:
    """Yield, page after page, the rows that have changed, each once, where it says *which*."""
    start, end = _row(ROWS, run, first), after_all(f"{ROWS}{run.run_id}-")
    found = table.scan(run.tenant_id, start, end, per_answer=BLOCKS_AT_ONCE)
    for number, parts in groupby(found, _number):
        wanted = number.to_bytes(NUMBER_BYTES, "big")
        rows = (each for part in parts for each in lines(part))
        yield number, [each for each in rows if which.get(each.key) == wanted]


def _pages(table: Table, run: Run, *columns: str) -> Iterator[Entity]:
    prefix = f"{PAGE}{run.run_id}-"
    select = [f"{name}{number}" for name in columns for number in range(MOST_PROPERTIES)]
    return table.scan(
        run.tenant_id, prefix, after_all(prefix), select=select, per_answer=PAGES_AT_ONCE
    )


def _keys(packed: bytes) -> Iterator[bytes]:
    return (packed[at : at + KEY_BYTES] for at in range(0, len(packed), KEY_BYTES))


def _put(run: Run, row: str, columns: Entity) -> Write:
    return Write(verb=Verb.PUT, entity={"PartitionKey": run.tenant_id, "RowKey": row, **columns})


def _row(prefix: str, run: Run, number: int) -> str:
    return f"{prefix}{run.run_id}-{number:06}"


def _number(entity: Entity) -> int:
    """Return a page's number, which stands behind the run's id."""
    row = str(entity["RowKey"])
    return int(row.rsplit("-", 2)[1] if row.startswith(ROWS) else row.rsplit("-", 1)[1])
