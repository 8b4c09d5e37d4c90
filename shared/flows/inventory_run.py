"""
A tenant's inventory is taken: page after page is read, compared and recorded, then settled.

A worker goes on where the run's record says, for about two minutes, and leaves the rest to
whoever gets the message next. So a death costs one page, and no tenant holds up another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices import bookmark
from shared.devices.bookmark import Bookmark
from shared.devices.inventory import Part, Row, Scope, fingerprint
from shared.devices.inventory_order import Asker, RunOrder, opened_by_run
from shared.devices.inventory_run import Outcome, Page, Run
from shared.devices.listed import SLICES, Listed
from shared.devices.operation import Operation, State
from shared.errors import CutShort, Rejected, Unfinished
from shared.flows import abandoned
from shared.flows.inventory_before import LONGEST, before
from shared.flows.inventory_ports import ExchangeInventory, Index, Pictures, Runs
from shared.flows.inventory_settling import Settling
from shared.flows.ports import Clock, Events, Journal
from shared.flows.waiting import waiting

ENOUGH = timedelta(minutes=2)  # for one handling
FOLLOWING = {Part.MAILBOXES: Part.DEVICES, Part.DEVICES: Part.SETTLING}
UNKNOWN = Asker(name="inventory")  # where no operation says who asked


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRun:
    """What it takes to take one tenant's inventory."""

    exchange: ExchangeInventory
    runs: Runs
    pictures: Pictures
    settling: Settling
    journal: Journal
    events: Events
    clock: Clock
    enough: timedelta = ENOUGH

    def handle(self, order: RunOrder) -> None:
        """Take the run on from wherever it stands; Unfinished if there is more of it."""
        operation = self.journal.open(opened_by_run(order, UNKNOWN, self.clock()))
        if operation.is_finished:
            self._stop(order, operation.history[-1].note)  # it was given up halfway
            return
        with waiting(operation, self.journal, self.clock):
            run = self._go_on(order)
            self._close(order, run)

    def give_up(self, order: RunOrder, why: str) -> None:
        """End the run for a reason outside it: the picture stays as it was; that is told."""
        asked = opened_by_run(order, UNKNOWN, self.clock())
        abandoned.give_up(asked, why, journal=self.journal, events=self.events, clock=self.clock)
        self._stop(order, why)

    def _go_on(self, order: RunOrder) -> Run:
        until = self.clock() + self.enough
        run = self.runs.open(
            Run(
                tenant_id=order.tenant_id,
                run_id=order.run_id,
                scope=order.scope,
                started_at=self.clock(),
            )
        )
        if not (run.is_finished or bookmark.read(run.cursor).has_begun):
            run = self._begun(run)
        if not run.is_finished and self.clock() - run.started_at > LONGEST:
            raise Rejected(f"the run took longer than {LONGEST}: what it has read is out of date")
        if run.part in FOLLOWING and not run.is_finished:
            run = self._read(run, until)
        return run if run.is_finished else self.settling.go_on(run, until)

    def _begun(self, run: Run) -> Run:
        """Note that it begins now, unless it cannot see what it is asked to look for."""
        self.runs.clean(run)
        run = replace(run, started_at=self.clock(), cursor=Bookmark(has_begun=True).text)
        if run.scope is Scope.CHANGES and self.pictures.picture(run.tenant_id) is not None:
            can_tell, limits = self.exchange.can_tell_changes()
            if not can_tell:
                return self._ended(run, f"Exchange cannot tell what has changed: {limits}")
        return self.runs.save(run)

    def _read(self, run: Run, until: datetime) -> Run:
        index, since = self.pictures.index(run.tenant_id), self._since(run)
        while run.part in FOLLOWING and not run.is_finished:
            run = self._page(run, index, since)
            if self.clock() >= until:
                raise Unfinished(f"{run.part}: {run.counts.rows} rows are read so far")
        return run

    def _since(self, run: Run) -> datetime | None:
        """Return from when on changes are asked for; None: all rows are."""
        if run.scope is Scope.FULL:
            return None
        known = before(run.tenant_id, self.pictures, self.runs)
        return known.at if known else None

    def _page(self, run: Run, index: Index, since: datetime | None) -> Run:
        mark = bookmark.read(run.cursor)
        try:
            listed = self.exchange.page(run.part, mark.link, since)
        except CutShort:
            if mark.link.startswith(SLICES):
                raise
            # Rows that came before the cut come again: a row counts once, by its key.
            return self.runs.save(replace(run, cursor=mark.started_over(run.part, SLICES).text))
        if listed.untold and run.part is Part.MAILBOXES:
            return self._ended(run, f"Exchange cannot tell what has changed: {listed.untold}")
        part = run.part if listed.cursor else FOLLOWING[run.part]
        mark = mark.counted(run.part, len(listed.rows), listed.cursor).noted(listed.untold)
        return self.runs.record(run, _page(listed, index, part, mark))

    def _ended(self, run: Run, why: str) -> Run:
        """End the run without a new picture: the next one looks from where this one did."""
        ended = replace(run, outcome=Outcome.FAILED, finished_at=self.clock(), why=why)
        return self.runs.save(ended)

    def _stop(self, order: RunOrder, why: str) -> None:
        run = self.runs.find(order.tenant_id, order.run_id)
        if run is not None and not run.is_finished:
            self._ended(run, why)

    def _close(self, order: RunOrder, run: Run) -> None:
        operation = self._operation(order)
        if not operation.is_finished:
            self.journal.save(operation.stepped(State.DONE, _told(run), self.clock()))

    def _operation(self, order: RunOrder) -> Operation:
        """Return it as it stands: what it waited for has been noted meanwhile."""
        return self.journal.open(opened_by_run(order, UNKNOWN, self.clock()))


def _page(listed: Listed, index: Index, part: Part, mark: Bookmark) -> Page:
    rows = {row.key: row for row in listed.rows}  # of one that came twice the later is newer
    return Page(
        seen=b"".join(rows),
        changed=_changed(rows.values(), index),
        part=part,
        cursor=mark.text,
        calls=listed.calls,
    )


def _changed(rows: Iterable[Row], index: Index) -> tuple[Row, ...]:
    return tuple(row for row in rows if index.get(row.key) != fingerprint(row))


def _told(run: Run) -> str:
    match run.outcome:
        case Outcome.COMPLETE:
            counts = run.counts
            read = f"{counts.rows} rows, {counts.changed} changed, {counts.gone} gone"
            return f"{read}; {run.why}" if run.why else read
        case Outcome.REPLACED:
            return "nothing done: nobody went on with it, and a younger run took its place"
        case _:
            return f"nothing changed: {run.why}"
