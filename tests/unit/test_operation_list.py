"""Operations are listed newest first, in parts, and none is lost whatever happens meanwhile."""

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.guard import Hold, HoldReason
from shared.devices.model import Action, Decision
from shared.devices.operation import Operation, State
from shared.devices.operation_list import Wanted, cursor, place, read_cursor, reversed_time
from shared.errors import Contended, Rejected, Retryable
from tests.unit.builders import NOW, a_device
from tests.unit.listed_operations import Listed, an_operation, at, ids
from tests.unit.stand_ins import FakeTable

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"
SHARE = Hold(reason=HoldReason.SHARE, says="too many", since=NOW)
Meanwhile = list[tuple[int, State]]


@given(
    count=st.integers(0, 9),
    limit=st.integers(1, 4),
    deeds=st.lists(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(State)), max_size=4)),
)
def test_pages_put_together_are_the_list_whatever_happens_between(
    count: int, limit: int, deeds: list[Meanwhile]
) -> None:
    """Operations move and new ones are opened: what was there comes once, the newest first."""
    listed = Listed()
    there = [an_operation(number) for number in range(count)]
    listed.open(*there)
    found: list[str] = []
    for page in listed.pages(limit=limit):
        found += ids(page)
        happen(listed, deeds.pop() if deeds else [])
    assert found == ids(there[::-1])


@given(
    states=st.lists(st.sampled_from(State), max_size=9),
    wanted=st.sampled_from(State),
    limit=st.integers(1, 4),
    deeds=st.lists(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(State)), max_size=4)),
)
def test_pages_of_a_state_have_what_was_in_it_all_the_while_once(
    states: list[State], wanted: State, limit: int, deeds: list[Meanwhile]
) -> None:
    """And nothing twice, nothing that is in another state, nothing out of order."""
    listed = Listed()
    for number, state in enumerate(states):
        listed.open(an_operation(number))
        listed.move(an_operation(number), state)
    stayed = {number for number, state in enumerate(states) if state is wanted}
    found: list[str] = []
    for page in listed.pages(Wanted(state=wanted), limit=limit):
        assert all(each.state is wanted for each in page)
        found += ids(page)
        meanwhile = deeds.pop() if deeds else []
        happen(listed, meanwhile)
        stayed -= {number for number, state in meanwhile if state is not wanted}
    assert found == sorted(set(found), reverse=True)
    assert {an_operation(number).operation_id for number in stayed} <= set(found)


def happen(listed: Listed, deeds: Meanwhile) -> None:
    """Let operations move; one that is not there is opened, as the newest of all."""
    for number, state in deeds:
        listed.open(an_operation(number)) if number < 10 else listed.open(an_operation(number + 90))
        listed.move(an_operation(number if number < 10 else number + 90), state)


@given(st.lists(st.sampled_from(State), max_size=12))
def test_rows_are_those_of_the_operation_as_it_stands(course: list[State]) -> None:
    """One among all, and one among those of its state unless it is done; none is left behind."""
    listed = Listed()
    operation = an_operation(1)
    listed.open(operation)
    for state in course:
        listed.move(operation, state)
    now = course[-1] if course else State.WAITING
    rows = {key.rsplit(":", 2)[0] for _, key in listed.table.rows if ":" in key}
    assert rows == ({"t"} if now is State.DONE else {"t", f"s:{now}"})
    assert len(listed.table.rows) == 1 + len(rows)


def test_operation_is_listed_with_whatever_its_storing_came_to() -> None:
    """Storage goes down before any of the writes, and before all are made: both or neither."""
    for writes in range(4):
        listed = Listed()
        listed.table.down_after = writes
        try:
            listed.open(an_operation(1))
        except Retryable:
            assert listed.table.rows == {}
        else:
            assert (writes, listed.found()) == (3, [an_operation(1).operation_id])


def test_worker_that_was_overtaken_changes_no_row() -> None:
    """Its move never happened."""
    listed = Listed()
    listed.open(an_operation(1))
    stale = listed.journal.find(an_operation(1).tenant_id, an_operation(1).operation_id)
    assert stale is not None
    listed.move(an_operation(1), State.HELD)
    before = dict(listed.table.rows)
    with pytest.raises(Contended):
        listed.journal.save(stale.stepped(State.DONE, "done", NOW))
    assert listed.table.rows == before


def test_operation_from_before_there_were_rows_gets_them_as_it_moves() -> None:
    """A journal that an older version wrote."""
    listed = Listed()
    listed.open(an_operation(1))
    only = {key: row for key, row in listed.table.rows.items() if ":" not in key[1]}
    for row in only.values():
        del row["listed_as"]
    listed.table.rows = only
    assert listed.found() == []
    listed.move(an_operation(1), State.ABANDONED)
    assert listed.found() == listed.found(state=State.ABANDONED) == [an_operation(1).operation_id]


WIPE = Decision(device=a_device(), action=Action.WIPE_ACCOUNT, reason="lost")
FIRST, SECOND = an_operation(1).operation_id, an_operation(2).operation_id
FILTERS: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"asked": "lost"}, {"asked": "lost"}),
    ({"asked": "lost", "decision": WIPE}, {"action": "wipe_account"}),
    ({"asked": "remove"}, {"action": "remove"}),
    ({"asked_by": "mdm:it's"}, {"asked_by": "mdm:it's"}),
    ({"mailbox": "Bob@Contoso.com"}, {"mailbox": "bob@contoso.COM"}),
    ({"device_id": "ApplX"}, {"device_id": "APPLx"}),
    ({"hold": SHARE}, {"hold": "budget.share"}),
    ({"state": State.HELD}, {"hold": "recognition", "state": State.HELD}),
    ({"state": State.DONE}, {"state": State.DONE}),
    ({"opened_at": at(60)}, {"since": at(60)}),
    ({"opened_at": at(-60)}, {"until": at(-60)}),
    ({"opened_at": at(-60)}, {"since": at(-60), "until": at(-60)}),
]


@pytest.mark.parametrize(("different", "wanted"), FILTERS)
def test_only_what_is_asked_for_is_found(
    different: dict[str, object], wanted: dict[str, object]
) -> None:
    """Of two operations, the one that differs in this."""
    listed = Listed()
    listed.open(an_operation(1, **different), an_operation(2))
    assert listed.found(**wanted) == [FIRST]
    assert set(listed.found()) == {FIRST, SECOND}


def test_decision_and_hold_are_found_once_they_are_made() -> None:
    """Also where the state stays the same."""
    listed = Listed()
    listed.open(an_operation(1))
    listed.move(an_operation(1), State.WAITING, decision=WIPE)
    assert (listed.found(action="block"), listed.found(action="wipe_account")) == ([], [FIRST])
    listed.move(an_operation(1), State.HELD, hold=SHARE)
    assert listed.found(state=State.HELD, hold="budget.share") == [FIRST]
    listed.move(an_operation(1), State.WAITING)
    assert (listed.found(state=State.HELD), listed.found(state=State.WAITING)) == ([], [FIRST])


def test_tenants_are_listed_as_one() -> None:
    """By time, whoever they are of."""
    listed = Listed()
    listed.open(*(an_operation(n, tenant_id=OTHER_TENANT) for n in (1, 4)))
    listed.open(*(an_operation(n) for n in (2, 3)))
    both = ("", OTHER_TENANT, an_operation(2).tenant_id)
    first = listed.page(limit=3, tenants=both)
    rest = listed.page(limit=3, tenants=both, after=first.after)
    found = [each.operation_id for page in (first, rest) for each in page.operations]
    assert found == [an_operation(n).operation_id for n in (4, 3, 2, 1)]
    assert rest.after == ""


class CountingTable(FakeTable):
    """A table that counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = 0

    def scan(self, *args: object, **named: object) -> object:  # type: ignore[override]  # counts
        """Count the rows that are answered."""
        for row in super().scan(*args, **named):  # type: ignore[arg-type]  # passed on
            self.answered += 1
            yield row


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(state=State.HELD), Wanted(state=State.DONE)])
def test_page_takes_as_many_rows_as_it_has_however_many_there_are(wanted: Wanted) -> None:
    """The usual questions are answered at once, with hundreds of thousands of operations."""
    table = CountingTable()
    listed = Listed(table)
    for number in range(300):
        listed.open(an_operation(number))
        listed.move(an_operation(number), State.HELD if number % 100 == 0 else State.DONE)
    assert len(listed.page(wanted, limit=2).operations) == 2
    assert table.answered == 3


class MovingTable(FakeTable):
    """A table in which an operation is done between a look at its row and one at itself."""

    def scan(self, *args: object, **named: object) -> object:  # type: ignore[override]  # moves
        """Let it be done once its row is read."""
        rows = list(super().scan(*args, **named))  # type: ignore[arg-type]  # passed on
        Listed(self).move(an_operation(1), State.DONE)
        yield from rows


def test_operation_that_has_moved_on_is_shown_as_it_stands_or_not_at_all() -> None:
    """The journal says how it stands, not the row."""
    listed = Listed(MovingTable())
    listed.open(an_operation(1), an_operation(2))
    assert listed.found(state=State.WAITING) == [SECOND]
    assert [each.state for each in listed.page().operations] == [State.WAITING, State.DONE]


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_later_moments_sort_first(one: datetime, other: datetime) -> None:
    """To the microsecond, in any year."""
    assert (one > other) is (reversed_time(one) < reversed_time(other))
    assert len(reversed_time(one)) == len(reversed_time(other))


def test_moment_is_the_same_in_any_time_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert reversed_time(there) == reversed_time(NOW)


def test_cursor_is_read_as_it_was_given() -> None:
    operation = an_operation(1)
    assert read_cursor(cursor(place(operation))) == place(operation)


GIVEN = cursor(place(an_operation(1)))
TAMPERED = {
    "shortened": GIVEN[:-1],
    "lengthened": GIVEN + "A",
    "padded": GIVEN + "=",
    "of other letters": GIVEN.replace("M", "*"),
    "not ASCII": GIVEN + "é",
    "nothing of ours": base64.urlsafe_b64encode(b"page 2").decode(),
    "a key of another kind": cursor("s:held:" + place(an_operation(1))),
    "a quote": cursor("0" * 19 + ":' or '1' eq '1"),
    "a line break": cursor(place(an_operation(1)) + "\n"),
    "a number": "7",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_cursor_that_was_tampered_with_is_refused(name: str) -> None:
    """Not taken for the beginning, nor for a place of its own."""
    with pytest.raises(Rejected, match="none of the cursors"):
        Listed().page(after=TAMPERED[name])


@given(st.text())
def test_text_is_a_cursor_of_ours_or_refused(text: str) -> None:
    """Never a fault."""
    with suppress(Rejected):
        assert cursor(read_cursor(text)) == text


def test_operation_whose_record_is_gone_is_left_out() -> None:
    """Rows only say where to look."""
    listed = Listed()
    listed.open(an_operation(1), an_operation(2))
    gone: Operation = an_operation(1)
    del listed.table.rows[gone.tenant_id, gone.operation_id]
    assert listed.found() == [SECOND]
