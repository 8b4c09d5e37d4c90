"""Every run of an inventory, one at a time per tenant: table `inventory`."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.devices.inventory_run import Outcome, Page, Run
from shared.devices.packed_keys import Keys
from shared.errors import Contended, Retryable
from shared.records.inventory import cleaning, staged
from shared.records.inventory.stored_run import RUN, read, write
from shared.records.tables import Entity, Table, Verb, Write

PLACE = "place"  # the row that names the run that was begun last
LEASE = timedelta(minutes=15)
ATTEMPTS = 5


class Runs:
    """
    Partition: tenant; a row for each run, for each page of it, and one that names the last.

    Every step renews a run's lease. Nothing frees the place: it is free once the run it
    names has ended, or its lease is out.
    """

    def __init__(
        self, table: Table, clock: Callable[[], datetime], lease: timedelta = LEASE
    ) -> None:
        self._table = table
        self._clock = clock
        self._lease = lease

    def open(self, run: Run) -> Run:
        """
        Begin a run, or go on with the one stored under its id; a finished one stays as it is.

        Retryable while another run of the tenant holds the place; one whose lease is out ends.
        """
        for _ in range(ATTEMPTS):
            stored = self.find(run.tenant_id, run.run_id)
            if stored is not None:
                return stored if stored.is_finished else self.save(stored)
            begun = self._held(run)
            place = self._table.get(run.tenant_id, PLACE)
            replaced = self._replaced(run.tenant_id, place)
            with suppress(Contended):
                # Together: of two runs that begin at once, one is there and has the place.
                writes = [write(begun), _take(place, run), *replaced]
                return replace(begun, etag=self._table.transact(writes)[0])
        raise Contended("many runs of one tenant's inventory at once: try again")

    def record(self, run: Run, page: Page) -> Run:
        """Store a page and where the run goes on; Contended if another worker has moved the run."""
        counts = replace(
            run.counts,
            pages=run.counts.pages + 1,
            rows=run.counts.rows + page.rows,
            changed=run.counts.changed + len(page.changed),
            calls=run.counts.calls + page.calls,
        )
        moved = self._held(replace(run, part=page.part, cursor=page.cursor, counts=counts))
        writes = [write(moved), *staged.writes(run, counts.pages, page)]
        return replace(moved, etag=self._table.transact(writes)[0])

    def save(self, run: Run) -> Run:
        """Store any other step; Contended if another worker has moved the run meanwhile."""
        held = self._held(run)
        return replace(held, etag=self._table.replace(write(held).entity, run.etag))

    def seen(self, run: Run) -> Keys:
        """Return the keys of all rows that were on its pages."""
        return staged.seen(self._table, run)

    def find(self, tenant_id: str, run_id: str) -> Run | None:
        """Return one run."""
        entity = self._table.get(tenant_id, RUN + run_id)
        return read(entity) if entity else None

    def last(self, tenant_id: str) -> Run | None:
        """Return the run that was begun last, finished or not."""
        place = self._table.get(tenant_id, PLACE)
        return self.find(tenant_id, str(place["run_id"])) if place else None

    def clean(self, run: Run) -> None:
        """Delete what earlier runs of the tenant left and nobody reads any more."""
        cleaning.clean(self._table, run.tenant_id)

    def _held(self, run: Run) -> Run:
        until = None if run.is_finished else self._clock() + self._lease
        return replace(run, leased_until=until)

    def _replaced(self, tenant_id: str, place: Entity | None) -> list[Write]:
        """Return what ends the run that has the place, if anything has to."""
        other = self.find(tenant_id, str(place["run_id"])) if place else None
        if other is None or other.is_finished:
            return []
        now = self._clock()
        if other.leased_until and other.leased_until > now:
            raise Retryable(
                f"run {other.run_id} of this tenant's inventory is under way ({other.part}): "
                "this one begins when that has ended",
                after=other.leased_until - now,
            )
        why = "nobody went on with it, and another run began"
        return [write(replace(other, outcome=Outcome.REPLACED, finished_at=now, why=why))]


def _take(place: Entity | None, run: Run) -> Write:
    taken: Entity = {"PartitionKey": run.tenant_id, "RowKey": PLACE, "run_id": run.run_id}
    if place is None:
        return Write(verb=Verb.INSERT, entity=taken)
    return Write(verb=Verb.REPLACE, entity=taken, etag=str(place["etag"]))
