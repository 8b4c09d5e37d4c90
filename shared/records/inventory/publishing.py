"""The end of a run: what it has found becomes the current picture, all at once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from shared.devices.inventory import Part
from shared.devices.inventory_run import Change, Counts, Outcome, Picture, Run
from shared.devices.packed_keys import Keyed
from shared.errors import Unfinished
from shared.records.inventory import current, staged, stored_run
from shared.records.inventory.current import Current
from shared.records.inventory.drafts import Draft
from shared.records.inventory.index import Index
from shared.records.inventory.layers import VALUE, Layer, Layers
from shared.records.inventory.lookup import Lookup
from shared.records.inventory.merging import merge
from shared.records.inventory.packed import Line
from shared.records.tables import Table

LOOKED_UP_AT_ONCE = 1000  # rows


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A layer that is written, but for its keys; None: the picture stays as it is."""

    draft: Draft | None
    is_whole: bool
    counts: Counts


class Publishing:
    """Readers see the picture before the run until the very step that ends it."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def changes(self, run: Run, gone: Iterable[bytes] = (), after: int = 0) -> Iterator[Change]:
        """
        Yield what has changed, each row once, then what is gone; always in the same order.

        The run must not be finished. So many changes are passed over first, unread.
        """
        now = current.find(self._table, run.tenant_id)
        found = merge(self._table, run, now, gone)
        lookup = Lookup(Layers(self._table, run.tenant_id), now, found.index)
        for _, lines in staged.pages(self._table, run, found.changed):
            yield from _changed(lookup, lines[after:])
            after = max(0, after - len(lines))
        keys = islice(found.gone, after, None)
        while part := list(islice(keys, LOOKED_UP_AT_ONCE)):
            before = lookup.lines(part)
            yield from (Change(before=before[key].row, after=None) for key in part)

    def finish(self, run: Run, gone: Iterable[bytes], until: datetime) -> Run:
        """
        Let changes and what is gone be the picture, and the run be complete, in one step.

        Unfinished after *until*: called again, it goes on where it stopped. Contended if
        another worker has moved the run.
        """
        if run.is_finished:
            return run
        before = current.find(self._table, run.tenant_id)
        drafted = self._drafted(run, before, gone, until)
        ended = replace(
            run,
            part=Part.DONE,
            cursor="",
            counts=drafted.counts,
            finished_at=self._clock(),
            outcome=Outcome.COMPLETE,
            leased_until=None,
        )
        after = self._sealed(run, before, drafted)
        writes = [stored_run.write(ended), current.write(run.tenant_id, after, before)]
        return replace(ended, etag=self._table.transact(writes)[0])

    def _drafted(
        self, run: Run, before: Current | None, gone: Iterable[bytes], until: datetime
    ) -> _Drafted:
        """Write what the run leaves; all that it takes to know that is forgotten then."""
        left = merge(self._table, run, before, gone)
        counts = replace(run.counts, changed=len(left.changed), gone=len(left.gone))
        if left.is_empty:
            return _Drafted(None, left.is_whole, counts)

        def pause() -> None:
            if self._clock() >= until:
                raise Unfinished("the inventory's new picture is being written")

        draft = Draft(self._table, run.tenant_id, left.name)
        draft.begin(before.picture.version if before else 0)
        draft.write(left.sources, pause)
        return _Drafted(draft, left.is_whole, counts)

    def _sealed(self, run: Run, before: Current | None, drafted: _Drafted) -> Current:
        """Return the picture that is to be the current one."""
        picture = Picture(
            version=before.picture.version + 1 if before else 1,
            run_id=run.run_id,
            made_at=self._clock(),
            rows=before.picture.rows if before else 0,
            content_hash=before.picture.content_hash if before else "",
        )
        generation = before.generation if before else None
        if drafted.draft is None:
            overlay = before.overlay if before else None
            return Current(picture=picture, generation=generation, overlay=overlay)
        layer, keyed = drafted.draft.seal()
        if drafted.is_whole:
            index = Index(keyed, Keyed(VALUE))
            return _current(picture, index, layer, None)
        index = Index(Layers(self._table, run.tenant_id).keyed(generation), keyed)
        return _current(picture, index, generation, layer)


def _current(
    picture: Picture, index: Index, generation: Layer | None, overlay: Layer | None
) -> Current:
    filled = replace(picture, rows=len(index), content_hash=index.content_hash())
    return Current(picture=filled, generation=generation, overlay=overlay)


def _changed(lookup: Lookup, lines: list[Line]) -> Iterator[Change]:
    before = lookup.lines(line.key for line in lines)
    for line in lines:
        known = before.get(line.key)
        yield Change(before=known.row if known else None, after=line.row)
