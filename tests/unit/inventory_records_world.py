"""A tenant whose rows a test makes up, runs over it, and storage at which workers die."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from shared.devices.inventory import Mailbox, MobileDevice, Part, Row, Scope, fingerprint, key_of
from shared.devices.inventory_run import Change, Page, Run
from shared.errors import Unfinished
from shared.records.inventory.publishing import Publishing
from shared.records.inventory.reading import Inventory
from shared.records.inventory.runs import Runs
from shared.records.tables import Table, Write
from tests.unit.stand_ins import FakeClock, FakeTable

TENANT_ID = "7d0b3c52-0000-4000-8000-000000000001"
LEASE = timedelta(minutes=15)
Tenant = Mapping[int, str]  # what tells each row from the same one after a change


class Death(Exception):  # noqa: N818 - no error: it comes to the best
    """The worker is no more."""


class Deadly(FakeTable):
    """Storage in memory; a worker may die before or after a step, as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.dies_at: int | None = None  # half steps: odd ones are after a step is made

    def insert(self, entity: object) -> str | None:
        """Store, between two half steps."""
        self._step()
        made = super().insert(entity)
        self._step()
        return made

    def replace(self, entity: object, etag: str) -> str:
        """Overwrite, between two half steps."""
        self._step()
        made = super().replace(entity, etag)
        self._step()
        return made

    def delete(self, partition: str, row: str, etag: str) -> None:
        """Delete, between two half steps."""
        self._step()
        super().delete(partition, row, etag)
        self._step()

    def transact(self, writes: Sequence[Write]) -> list[str]:
        """Make all writes or none, between two half steps."""
        self._step()
        made = super().transact(writes)
        self._step()
        return made

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Death


@dataclass
class World:
    """One tenant's inventory, and what Exchange has of the tenant."""

    table: Table = field(default_factory=FakeTable)
    clock: FakeClock = field(default_factory=FakeClock)
    pages_of: int = 3
    patience: timedelta = timedelta(minutes=2)

    def __post_init__(self) -> None:
        self.runs = Runs(self.table, self.clock, LEASE)
        self.inventory = Inventory(self.table)
        self.publishing = Publishing(self.table, self.clock)
        self.told: dict[str, list[list[Change]]] = {}  # by run, each time it came to that

    def a_run(self, name: str, scope: Scope = Scope.FULL) -> Run:
        """Return a run that begins now."""
        return Run(tenant_id=TENANT_ID, run_id=name, scope=scope, started_at=self.clock())

    def whole(self, name: str, tenant: Tenant) -> Run:
        """Carry out a run over all rows, by as many messages as it takes."""
        while True:
            with suppress(Unfinished):
                return self.handle(self.a_run(name), tenant)

    def handle(self, run: Run, tenant: Tenant) -> Run:
        """Do what a message about the run asks for."""
        run = self.runs.open(run)
        if run.is_finished:
            return run
        self.runs.clean(run)
        return self.settle(self.read(run, tenant))

    def read(self, run: Run, tenant: Tenant, at_most: int = 10**6) -> Run:
        """Record the pages that are still to be read."""
        index = self.inventory.index(TENANT_ID)
        rows = [a_row(number, word) for number, word in sorted(tenant.items())]
        while run.part is not Part.SETTLING and at_most:
            at = int(run.cursor or 0)
            page = rows[at : at + self.pages_of]
            changed = tuple(row for row in page if index.get(row.key) != fingerprint(row))
            following = at + self.pages_of
            part = Part.SETTLING if following >= len(rows) else Part.DEVICES
            seen = b"".join(row.key for row in page)
            made = Page(seen=seen, changed=changed, part=part, cursor=str(following))
            run = self.runs.record(run, made)
            at_most -= 1
        return run

    def settle(self, run: Run) -> Run:
        """Tell what has changed, and finish."""
        index = self.inventory.index(TENANT_ID)
        is_full = run.scope is Scope.FULL
        gone = list(index.missing(self.runs.seen(run))) if is_full else []
        self.told.setdefault(run.run_id, []).append(list(self.publishing.changes(run, gone)))
        return self.publishing.finish(run, gone, self.clock() + self.patience)


def a_row(number: int, word: str) -> Row:
    """Return a mailbox or a device; they are told apart from others by their number."""
    if number % 3 == 0:
        return Mailbox(place=a_place(number), guid="", address=f"m{number}@x.example", policy=word)
    return MobileDevice(
        place=a_place(number - number % 3), guid=f"device-{number}", device_id="D", model=word
    )


def large(number: int) -> Mailbox:
    """Return a mailbox that takes about 2 KB however well it is packed."""
    return Mailbox(
        place=f"m{number}",
        guid="",
        address="é",
        allowed=tuple(key_of(f"{number} {count}").hex() for count in range(100)),
    )


def a_place(number: int) -> str:
    return f"cn=mailbox {number},dc=x"


def rows(tenant: Tenant) -> set[Row]:
    return {a_row(number, word) for number, word in tenant.items()}


def differences(before: Tenant, after: Tenant) -> set[tuple[Row | None, Row | None]]:
    """Return what changes between two states of a tenant should say."""
    return {
        (
            a_row(number, before[number]) if number in before else None,
            a_row(number, after[number]) if number in after else None,
        )
        for number in before.keys() | after.keys()
        if before.get(number) != after.get(number)
    }


def pairs(changes: Sequence[Change]) -> set[tuple[Row | None, Row | None]]:
    """Return changes to be compared; none comes twice."""
    found = {(change.before, change.after) for change in changes}
    assert len(found) == len(changes)
    return found
