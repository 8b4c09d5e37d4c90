"""Changes of the default access level are recorded, and begin one at a time: on real tables."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.coverage import DefaultAccessChange, Phase
from shared.errors import Contended, Retryable
from shared.records.default_access import DefaultAccessChanges
from shared.records.tables import Table
from tests.contract.exchange_world import START, TENANT_ID
from tests.contract.storage_wire import Wire, a_name, table
from tests.unit.default_access_world import ALLOW, BLOCK, QUARANTINE, an_order

ORDER = an_order(BLOCK, START + timedelta(microseconds=1))
OTHER = replace(ORDER, change_id="7d0b3c52-0000-4000-8000-00000000000d", wanted=QUARANTINE)


@pytest.fixture
def record(storage: str) -> Iterator[DefaultAccessChanges]:
    with table(storage, Wire()) as rows:
        yield DefaultAccessChanges(rows)


def test_a_change_comes_back_with_everything_it_had(record: DefaultAccessChanges) -> None:
    full = replace(
        ORDER,
        phase=Phase.ROLLING_BACK,
        before=ALLOW,
        devices=100_000,
        covered=7,
        switched_at=START + timedelta(microseconds=2),
        why="é 🙂 \x00",
    )
    opened = record.open(ORDER)
    assert replace(opened, etag="") == ORDER
    assert record.open(ORDER) == opened

    saved = record.save(replace(full, etag=opened.etag))

    assert record.open(ORDER) == record.find(TENANT_ID, ORDER.change_id) == saved
    assert replace(saved, etag="") == full
    with pytest.raises(Contended):
        record.save(opened)


def test_a_reason_fits_however_long_it_is(record: DefaultAccessChanges) -> None:
    record.save(replace(record.open(ORDER), why="🙂" * 100_000))

    kept = record.open(ORDER)
    assert kept.why == "🙂" * len(kept.why) != ""


@pytest.mark.parametrize("end", [Phase.DONE, Phase.ROLLED_BACK, Phase.REFUSED])
def test_a_second_change_waits_until_the_first_has_ended(
    record: DefaultAccessChanges, end: Phase
) -> None:
    first = record.open(ORDER)
    with pytest.raises(Retryable, match=ORDER.change_id) as waits:
        record.open(OTHER)
    assert waits.value.after
    assert not isinstance(waits.value, Contended)
    elsewhere = replace(OTHER, tenant_id="another")
    assert replace(record.open(elsewhere), etag="") == elsewhere

    ended = record.save(replace(first, phase=end))

    assert replace(record.open(OTHER), etag="") == OTHER
    assert record.open(ORDER) == ended
    with pytest.raises(Retryable, match=OTHER.change_id):
        record.open(replace(ORDER, change_id="third"))


def test_a_refused_change_neither_waits_nor_is_waited_for(record: DefaultAccessChanges) -> None:
    record.open(ORDER)
    refused = record.refuse(replace(OTHER, phase=Phase.REFUSED))

    assert record.open(OTHER) == record.refuse(OTHER) == refused
    with pytest.raises(Retryable, match=ORDER.change_id):
        record.open(replace(ORDER, change_id="third"))


@pytest.mark.parametrize("second", [ORDER, OTHER], ids=["the same", "another"])
def test_of_two_workers_that_open_at_once_one_is_first(
    storage: str, second: DefaultAccessChange
) -> None:
    """Whichever request of the one the other comes before."""
    for moment in range(1, 6):
        wire, name = Wire(), a_name()
        with table(storage, wire, name) as one, table(storage, Wire(), name) as two:
            opened: list[str] = []

            def overtake(
                number: int, table: Table = two, opened: list[str] = opened, moment: int = moment
            ) -> None:
                if number == moment:
                    opened.append(open_it(DefaultAccessChanges(table), second))

            wire.before = overtake
            opened.append(open_it(DefaultAccessChanges(one), ORDER))

        assert len(opened) == 2
        assert set(opened) <= {ORDER.change_id, second.change_id}
        assert len(set(opened)) == 1


def open_it(record: DefaultAccessChanges, change: DefaultAccessChange) -> str:
    """Return which change is under way after this."""
    try:
        return record.open(change).change_id
    except Retryable as waits:
        return OTHER.change_id if OTHER.change_id in str(waits) else ORDER.change_id
