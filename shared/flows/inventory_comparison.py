"""A full run compares every device with what was last said of it: one scan of each record."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from shared.devices import bookmark, last_words
from shared.devices.groups import grouped, name_of
from shared.devices.inventory import Row, Scope
from shared.devices.inventory_run import Run
from shared.devices.last_words import LastWords
from shared.errors import Unfinished
from shared.flows.inventory_changes import Context
from shared.flows.inventory_drift import Case, Reconciling
from shared.flows.inventory_ports import AllWords, Pictures, Publishing, Runs
from shared.flows.ports import Clock

AT_ONCE = 1_000  # devices between two steps of the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Goes through all devices of which something was said, a few in memory at a time."""

    runs: Runs
    pictures: Pictures
    publishing: Publishing
    words: AllWords
    reconciling: Reconciling
    clock: Clock
    at_once: int = AT_ONCE

    def go_through(self, context: Context) -> Run:
        """Return the run once all is compared; Unfinished if that takes longer."""
        run = context.run
        if run.scope is not Scope.FULL and self.pictures.picture(run.tenant_id) is not None:
            return run  # it has not seen the others; what it has seen is compared already
        words = self.words.of(run.tenant_id)
        if not words:
            return run  # to go through all devices takes as long as half of the run
        mark = bookmark.read(run.cursor)
        cases = islice(self._cases(context, words), mark.done, None)
        while batch := tuple(islice(cases, self.at_once)):
            verdicts = self.reconciling.verdicts(run, context.policy, batch)
            mark = self.reconciling.repair(run, mark, batch, verdicts)
            mark = mark.went(0, mark.done + len(batch))
            run = self.runs.save(replace(run, cursor=mark.text))
            if self.clock() >= context.until:
                raise Unfinished(f"{mark.done} devices are compared with what was said of them")
        return run

    def _cases(self, context: Context, words: LastWords) -> Iterator[Case]:
        """Yield the devices of which something was said, always in one order."""
        for group in grouped(self._rows(context)):
            for seen in group.seen():
                name = last_words.name(name_of(seen.mailbox), seen.device.device_id)
                reported, orders = words.reported(name), words.orders(name)
                if reported or orders:
                    yield Case(seen=seen, reported=reported, orders=orders)

    def _rows(self, context: Context) -> Iterator[Row]:
        """Yield all rows as they will be published; of two with one key the later stands."""
        run = context.run
        for row in self.pictures.rows(run.tenant_id):
            if row.key not in context.gone.keys:
                yield row
        for change in self.publishing.changes(run):
            if change.after is not None:
                yield change.after
