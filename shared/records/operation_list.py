"""The operations of some tenants by time, found by the rows that list them."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from shared.devices.operation import Operation
from shared.devices.operation_list import Page, Wanted, cursor, read_cursor
from shared.records import operation_rows
from shared.records.journal import Journal
from shared.records.tables import LONGEST_PAGE, Table

Found = tuple[str, str]  # where it stands among all operations, and its tenant


class OperationList:
    """
    Lists what the journal has, in as many reads as there are operations in the answer.

    The oldest first takes a pass through the rows of all that are asked for.
    The rows only say where to look: what is shown is what the journal has, and one that has
    moved on since its row was read is left out if it is no longer what was asked for. Its
    place never changes, so it neither comes twice nor is passed over.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._journal = Journal(table)

    def page(self, tenants: Sequence[str], wanted: Wanted, *, after: str, limit: int) -> Page:
        """Return operations behind a cursor; fewer than *limit* also where some have moved on."""
        at = read_cursor(after) if after else ""
        find = self._oldest if wanted.oldest_first else self._newest
        found = find(tenants, wanted, at, limit)
        operations = (self._read(each, wanted) for each in found[:limit])
        return Page(
            operations=tuple(each for each in operations if each is not None),
            after=cursor(found[limit - 1][0]) if len(found) > limit else "",
        )

    def _newest(
        self, tenants: Sequence[str], wanted: Wanted, after: str, limit: int
    ) -> list[Found]:
        streams = [self._places(tenant, wanted, after, limit) for tenant in tenants]
        return list(islice(heapq.merge(*streams), limit + 1))

    def _oldest(
        self, tenants: Sequence[str], wanted: Wanted, before: str, limit: int
    ) -> list[Found]:
        """Return the last of all rows before a place: the storage lists them one way only."""
        streams = [self._places(tenant, wanted, "", LONGEST_PAGE) for tenant in tenants]
        places = (each for each in chain(*streams) if not before or each[0] < before)
        return heapq.nlargest(limit + 1, places)

    def _places(self, tenant: str, wanted: Wanted, after: str, limit: int) -> Iterator[Found]:
        prefix, start, end = operation_rows.span(wanted, after)
        if start >= end:
            return
        rows = self._table.scan(
            tenant,
            start,
            end,
            select=["RowKey"],
            per_answer=min(limit + 1, LONGEST_PAGE),
            where=operation_rows.conditions(wanted),
        )
        for row in rows:
            yield str(row["RowKey"]).removeprefix(prefix), tenant

    def _read(self, found: Found, wanted: Wanted) -> Operation | None:
        at, tenant = found
        operation = self._journal.find(tenant, at.partition(":")[2])
        if operation is None or wanted.state not in {None, operation.state}:
            return None
        return operation
