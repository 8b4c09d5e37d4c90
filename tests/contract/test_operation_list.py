"""Operations are listed from table storage as from its stand-in: the same tests run on both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from shared.devices.operation import State
from shared.devices.operation_list import Wanted
from shared.records.journal import Journal
from shared.records.operation_list import OperationList
from shared.records.tables import Table
from tests.contract.storage_wire import Wire, table
from tests.unit.builders import NOW, TENANT
from tests.unit.listed_operations import an_operation, ids
from tests.unit.stand_ins import FakeTable


@dataclass
class Stored:
    """A table, and what is asked of it."""

    table: Table

    def ids(self, wanted: Wanted, *, after: str = "", limit: int = 200) -> tuple[list[str], str]:
        """Return a page's operations, and its cursor."""
        listing = OperationList(self.table)
        page = listing.page([TENANT, "unknown"], wanted, after=after, limit=limit)
        return ids(page.operations), page.after


@pytest.fixture(params=["Azurite", "stand-in"])
def stored(request: pytest.FixtureRequest, storage: str) -> Iterator[Stored]:
    """Return a table that does not exist yet."""
    if request.param == "stand-in":
        yield Stored(FakeTable())
        return
    with table(storage, Wire()) as real:
        yield Stored(real)


def test_operations_are_listed_newest_first_in_parts_and_by_state(stored: Stored) -> None:
    assert stored.ids(Wanted()) == ([], "")
    journal = Journal(stored.table)
    operations = [journal.open(an_operation(number)) for number in range(7)]
    for operation in operations[:3]:
        held = journal.save(operation.stepped(State.HELD, "held", NOW))
        if operation is operations[1]:
            journal.save(held.stepped(State.DONE, "done", NOW))
    expected = ids(operations[::-1])

    first, after = stored.ids(Wanted(), limit=4)
    rest, end = stored.ids(Wanted(), after=after, limit=4)

    assert (first + rest, end) == (expected, "")
    assert stored.ids(Wanted(state=State.HELD))[0] == ids([operations[2], operations[0]])
    assert stored.ids(Wanted(state=State.DONE))[0] == ids([operations[1]])
    assert stored.ids(Wanted(asked_by="it's nobody"))[0] == []
    middle = Wanted(since=operations[2].opened_at, until=operations[4].opened_at)
    assert stored.ids(middle)[0] == expected[2:5]
    assert stored.ids(replace(middle, oldest_first=True))[0] == expected[2:5][::-1]


@pytest.mark.parametrize("limit", [1, 3, 7, 8])
def test_the_oldest_can_come_first_in_parts_too(stored: Stored, limit: int) -> None:
    journal = Journal(stored.table)
    operations = [journal.open(an_operation(number)) for number in range(7)]
    for operation in operations[::2]:
        journal.save(operation.stepped(State.HELD, "held", NOW))
    for state, expected in ((None, operations), (State.HELD, operations[::2])):
        found, after = stored.ids(Wanted(state=state, oldest_first=True), limit=limit)
        while after:
            page, after = stored.ids(
                Wanted(state=state, oldest_first=True), after=after, limit=limit
            )
            found += page
        assert found == ids(expected)


def test_opening_what_is_there_returns_it_and_adds_no_row(stored: Stored) -> None:
    journal = Journal(stored.table)
    moved = journal.save(journal.open(an_operation(1)).stepped(State.HELD, "held", NOW))
    assert journal.open(an_operation(1, opened_at=NOW)) == moved
    assert stored.ids(Wanted())[0] == stored.ids(Wanted(state=State.HELD))[0] == ids([moved])
