"""What a change of the default access level covers is recorded: on real tables."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.devices.coverage import Cover, DefaultAccessChange
from shared.errors import Contended
from shared.records.default_access import DefaultAccessChanges
from shared.records.tables import Table
from tests.contract.exchange_world import START, TENANT_ID
from tests.contract.storage_wire import Wire, table
from tests.unit.default_access_world import BLOCK, Died, an_order

ORDER = an_order(BLOCK, START)
IDS = tuple(f"{count:03}".ljust(256, "x") for count in range(100))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def rows(storage: str, wire: Wire) -> Iterator[Table]:
    with table(storage, wire) as real:
        yield real


@pytest.fixture
def record(rows: Table) -> DefaultAccessChanges:
    return DefaultAccessChanges(rows)


def noted(rows: Table, prefix: str) -> int:
    """Return how many covers of the order are noted under the prefix."""
    return len(rows.first(f"{TENANT_ID}-{ORDER.change_id}", prefix, 9999))


def everyone(mailboxes: int) -> list[Cover]:
    return [Cover(mailbox=f"m{n}@contoso.com", device_ids=("A", "B")) for n in range(mailboxes)]


def all_planned(record: DefaultAccessChanges, change: DefaultAccessChange) -> list[Cover]:
    """Deal with everything that is planned, and return it."""
    found: list[Cover] = []
    while covers := record.planned(change, 100):
        record.dealt_with(change, covers)
        found += covers
    return found


def test_what_is_planned_is_covered_once_and_stays_noted(
    record: DefaultAccessChanges, rows: Table
) -> None:
    change = record.open(ORDER)
    covers = everyone(3)
    more = replace(covers[0], device_ids=("C",))
    record.plan(change, covers)
    record.plan(change, [*covers, more, more])

    assert len(record.planned(change, 2)) == 2
    found = all_planned(record, change)

    assert len(found) == 4
    assert {*found} == {*covers, more}
    assert (noted(rows, "waiting-"), noted(rows, "dealt-with-")) == (0, 4)
    record.plan(change, covers[:1])
    assert record.planned(change, 9) == (covers[0],)
    assert record.planned(replace(change, change_id="another"), 9) == ()


def test_who_deals_with_a_cover_that_another_dealt_with_is_told(
    record: DefaultAccessChanges, rows: Table
) -> None:
    change = record.open(ORDER)
    record.plan(change, everyone(2))
    covers = record.planned(change, 2)
    record.dealt_with(change, covers[:1])

    with pytest.raises(Contended):
        record.dealt_with(change, covers)

    assert record.planned(change, 2) == covers[1:]
    assert noted(rows, "dealt-with-") == 1


def test_mailboxes_with_a_hundred_long_ids_fit(record: DefaultAccessChanges) -> None:
    """Each in one row, so that it is covered in one write; and as many at once as the story has."""
    change = record.open(ORDER)
    covers = [Cover(mailbox=f"m{n}@contoso.com", device_ids=IDS) for n in range(100)]

    record.plan(change, covers)

    assert {*all_planned(record, change)} == {*covers}


@pytest.mark.parametrize("odd", ["🙂", "\0", '"', "\\", "é"])
def test_what_fits_no_row_is_parted_and_nothing_is_lost(
    record: DefaultAccessChanges, odd: str
) -> None:
    change = record.open(ORDER)
    ids = tuple(f"{count:03}{odd * 253}" for count in range(200))
    covers = [Cover(mailbox=f"{odd}{n}@contoso.com", device_ids=ids) for n in range(12)]

    record.plan(change, covers)

    found = all_planned(record, change)
    assert len(found) > len(covers)
    kept = {(each.mailbox, name) for each in found for name in each.device_ids}
    assert kept == {(each.mailbox, name) for each in covers for name in ids}


def test_three_thousand_mailboxes_take_few_requests(
    record: DefaultAccessChanges, rows: Table, wire: Wire
) -> None:
    """None of them reads more than is asked for, however much is noted."""
    change = record.open(ORDER)
    covers = everyone(3000)
    before = wire.requests
    record.plan(change, covers)
    assert wire.requests - before == 30

    before = wire.requests
    first = record.planned(change, 100)
    assert wire.requests - before == 1
    record.dealt_with(change, first)
    assert wire.requests - before == 3

    assert {*first, *all_planned(record, change)} == {*covers}
    assert wire.requests - before == 30 * 3 + 1
    assert noted(rows, "dealt-with-") == 3000


def test_a_plan_that_broke_off_is_repeated(
    record: DefaultAccessChanges, rows: Table, wire: Wire
) -> None:
    """What another worker has dealt with meanwhile is looked at again, and nothing is forgotten."""
    change = record.open(ORDER)
    covers = everyone(250)
    last = wire.requests + 1

    def die(number: int) -> None:
        if number == last:
            raise Died

    wire.after = die
    with pytest.raises(Died):
        record.plan(change, covers)
    assert noted(rows, "waiting-") == 100
    record.dealt_with(change, record.planned(change, 10))

    record.plan(change, covers)

    assert {*all_planned(record, change)} == {*covers}
    assert noted(rows, "dealt-with-") == 250
