"""Operations to be listed, and the journal and the list that they are in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.devices.operation import Operation, State
from shared.devices.operation_list import Page, Wanted
from shared.records.journal import Journal
from shared.records.operation_list import OperationList
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT
from tests.unit.stand_ins import FakeTable


def an_operation(number: int, **changes: object) -> Operation:
    """Return one of many, opened so many minutes from now."""
    operation = Operation(
        operation_id=f"{number:08d}-0000-4000-8000-000000000000",
        tenant_id=TENANT,
        asked="block",
        asked_by="helpdesk:jo",
        mailbox=MAILBOX,
        device_id=DEVICE_ID,
        opened_at=at(number),
    ).stepped(State.WAITING, "ordered", at(number))
    return replace(operation, **changes)  # type: ignore[arg-type]  # named fields only


def at(number: int) -> datetime:
    """Return the time so many minutes from now."""
    return NOW + timedelta(minutes=number)


@dataclass
class Listed:
    """What the journal has, as it is listed."""

    table: FakeTable = field(default_factory=FakeTable)

    @property
    def journal(self) -> Journal:
        """Return the journal."""
        return Journal(self.table)

    def open(self, *operations: Operation) -> None:
        """Store operations."""
        for operation in operations:
            self.journal.open(operation)

    def move(self, operation: Operation, state: State, **changes: object) -> None:
        """Let the operation go on to a state."""
        stored = self.journal.find(operation.tenant_id, operation.operation_id)
        assert stored is not None
        changed = replace(stored, **changes)  # type: ignore[arg-type]  # named fields only
        self.journal.save(changed.stepped(state, "moved", NOW))

    def page(
        self,
        wanted: Wanted | None = None,
        *,
        after: str = "",
        limit: int = 200,
        tenants: Sequence[str] = (TENANT,),
    ) -> Page:
        """Ask for one page."""
        listing = OperationList(self.table)
        return listing.page(tenants, wanted or Wanted(), after=after, limit=limit)

    def pages(self, wanted: Wanted | None = None, *, limit: int) -> Iterator[list[Operation]]:
        """Ask for page after page."""
        after = ""
        while True:
            page = self.page(wanted, after=after, limit=limit)
            yield list(page.operations)
            after = page.after
            if not after:
                return

    def found(self, **wanted: object) -> list[str]:
        """Return the ids of those that are asked for."""
        page = self.page(Wanted(**wanted))  # type: ignore[arg-type]  # named fields only
        return ids(page.operations)


def ids(operations: Sequence[Operation]) -> list[str]:
    """Return the operations' ids."""
    return [each.operation_id for each in operations]
