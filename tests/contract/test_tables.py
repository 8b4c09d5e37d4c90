"""Tables do what their stand-in in memory does: the same tests run against both."""

from collections.abc import Iterator

import pytest
from azure.core.exceptions import ServiceRequestError

from shared.errors import Contended, Misconfigured, Retryable
from shared.records.tables import Entity, Table, Verb, Write, after_all
from tests.contract.storage_wire import Wire, table
from tests.unit.stand_ins import FakeTable

HERE, ELSEWHERE = "it's one", "another"


@pytest.fixture(params=["Azurite", "stand-in"])
def rows(request: pytest.FixtureRequest, storage: str) -> Iterator[Table]:
    """Return a table that does not exist yet."""
    if request.param == "stand-in":
        yield FakeTable()
        return
    with table(storage, Wire()) as real:
        yield real


def entity(row: str, said: str = "", partition: str = HERE) -> Entity:
    return {"PartitionKey": partition, "RowKey": row, "said": said}


def write(verb: Verb, row: str, said: str = "", etag: str = "") -> Write:
    return Write(verb=verb, entity=entity(row, said), etag=etag)


def said(rows: Table) -> dict[object, object]:
    return {each["RowKey"]: each["said"] for each in rows.first(HERE, "a", 99)}


def test_first_are_those_with_the_prefix_in_order(rows: Table) -> None:
    assert rows.first(HERE, "b-", 5) == []
    for row in ("b-2", "c-1", "b-1", "b-3", "a-9", "b"):
        rows.insert(entity(row))
    rows.insert(entity("b-0", partition=ELSEWHERE))

    found = rows.first(HERE, "b-", 2)

    assert [each["RowKey"] for each in found] == ["b-1", "b-2"]
    assert found[0] == rows.get(HERE, "b-1")
    assert len(rows.first(HERE, "b-", 5)) == 3
    assert rows.first("nowhere", "b-", 5) == []


def test_a_scan_goes_through_a_range_in_order(rows: Table) -> None:
    assert list(rows.scan(HERE, "a", "z")) == []
    for row in ("b-2", "a-9", "c", "b-1", "b-3", "b-", "b-4"):
        rows.insert(entity(row))
    rows.insert(entity("b-0", partition=ELSEWHERE))

    found = list(rows.scan(HERE, "b-", "b-4", per_answer=2))

    assert [each["RowKey"] for each in found] == ["b-", "b-1", "b-2", "b-3"]
    assert found[0] == entity("b-")
    assert len(list(rows.scan(HERE, "b-", after_all("b-")))) == 5
    assert list(rows.scan("nowhere", "a", "z")) == []


def test_a_scan_carries_no_more_than_what_is_selected(rows: Table) -> None:
    content = bytes(range(256)) * 250
    rows.transact([Write(verb=Verb.PUT, entity={**entity("a1"), "a": content, "b": 1})])
    rows.transact([write(Verb.PUT, "a2")])

    first, second = rows.scan(HERE, "a", "b", select=("a", "b"), per_answer=1)

    assert first == {"RowKey": "a1", "a": content, "b": 1}
    assert {name: value for name, value in second.items() if value is not None} == {"RowKey": "a2"}
    assert (rows.get(HERE, "a1") or {})["a"] == content


def test_a_scan_yields_only_what_has_what_is_asked_for(rows: Table) -> None:
    for row, text in (("a-1", "it's"), ("a-2", "it"), ("a-3", "it's")):
        rows.insert(entity(row, text))

    found = list(rows.scan(HERE, "a", "b", select=["RowKey"], where={"said": "it's"}))

    assert [each["RowKey"] for each in found] == ["a-1", "a-3"]
    assert list(rows.scan(HERE, "a", "b", where={"said": "it's", "heard": "x"})) == []


def test_a_scan_asks_only_as_far_as_somebody_reads(storage: str) -> None:
    wire = Wire()
    with table(storage, wire) as rows:
        rows.transact([write(Verb.PUT, f"a{count}") for count in range(5)])
        before = wire.requests
        found = rows.scan(HERE, "a", "b", per_answer=2)
        assert wire.requests == before

        assert [next(found)["RowKey"], next(found)["RowKey"]] == ["a0", "a1"]
        assert wire.requests == before + 1
        next(found)
        assert wire.requests == before + 2


def test_a_transaction_makes_all_its_writes(rows: Table) -> None:
    """The table too, if need be; a replaced entity keeps nothing that was there before."""
    more = Write(verb=Verb.PUT, entity={**entity("a2", "x"), "more": "x"})
    [first, second] = rows.transact([write(Verb.INSERT, "a1", "x"), more])
    assert (rows.get(HERE, "a1") or {})["etag"] == first

    rows.transact(
        [
            write(Verb.DELETE, "a1"),
            Write(verb=Verb.REPLACE, entity=entity("a2", "y"), etag=second),
            write(Verb.PUT, "a3", "z"),
        ]
    )

    assert said(rows) == {"a2": "y", "a3": "z"}
    replaced = rows.get(HERE, "a2") or {}
    assert replaced["etag"] != second
    assert "more" not in replaced


@pytest.mark.parametrize(
    "impossible",
    [
        write(Verb.INSERT, "a1"),
        write(Verb.REPLACE, "a1", etag="W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\""),
        write(Verb.REPLACE, "a9", etag="W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\""),
        write(Verb.DELETE, "a9"),
    ],
    ids=["insert what is there", "replace a newer one", "replace what is gone", "delete it again"],
)
def test_one_impossible_write_undoes_them_all(rows: Table, impossible: Write) -> None:
    rows.insert(entity("a1", "x"))

    with pytest.raises(Contended):
        rows.transact([write(Verb.PUT, "a0"), impossible, write(Verb.PUT, "a2")])

    assert said(rows) == {"a1": "x"}


def test_storage_out_of_reach_is_waited_for(storage: str) -> None:
    wire = Wire()

    def cut(_: int) -> None:
        raise ServiceRequestError("no way there")

    with table(storage, wire) as rows:
        wire.before = cut
        with pytest.raises(Retryable):
            rows.transact([write(Verb.PUT, "a1")])
        with pytest.raises(Retryable):
            rows.first(HERE, "a", 1)
        with pytest.raises(Retryable):
            list(rows.scan(HERE, "a", "b"))


def test_what_storage_refuses_is_not_waited_for(storage: str) -> None:
    """More than 4 MiB at once is a bug of ours: no other worker stands in the way."""
    with table(storage, Wire()) as rows, pytest.raises(Misconfigured, match="413"):
        rows.transact([write(Verb.PUT, f"a{count}", "\0" * 30_000) for count in range(30)])
