"""The picture in parts: taken up again behind any row, the rest of it follows."""

import pytest

from shared.devices import position
from shared.devices.inventory import Row
from shared.devices.position import Position
from shared.errors import Conflict, Rejected
from tests.unit.inventory_records_world import TENANT_ID, Tenant, World, rows

FIRST = dict.fromkeys(range(60), "old")
CHANGED = {**FIRST, 7: "new", 8: "new", 70: "new"}
DELETED = {number: word for number, word in CHANGED.items() if number not in {7, 20}}


def a_world(*tenants: Tenant) -> World:
    """Return a world in which these were seen, one after the other."""
    world = World()
    for number, tenant in enumerate(tenants):
        world.whole(f"run{number}", tenant)
    return world


def listed(world: World, after: Position | None = None) -> list[tuple[Position, Row]]:
    """List what stands behind a position."""
    return list(world.inventory.rows_after(TENANT_ID, after))


HISTORIES = [[], [FIRST], [FIRST, CHANGED], [FIRST, CHANGED, DELETED], [FIRST, {}]]


@pytest.mark.parametrize("tenants", HISTORIES, ids=len)
def test_all_rows_are_listed_once_and_as_they_are(tenants: list[Tenant]) -> None:
    """Also those that changed since, or are gone."""
    found = [row for _, row in listed(a_world(*tenants))]
    expected = rows(tenants[-1]) if tenants else set()
    assert set(found) == expected
    assert len(found) == len(expected)


def test_listing_goes_on_behind_any_row() -> None:
    """A caller who hands back what it was given has the rest, in the same order."""
    world = a_world(FIRST, CHANGED, DELETED)
    whole = listed(world)
    for count, (at, _) in enumerate(whole, 1):
        handed_back = position.read(at.text)
        assert listed(world, handed_back) == whole[count:]


def test_what_changes_on_the_way_may_come_twice_but_nothing_is_left_out() -> None:
    """Wherever the caller stands when it changes."""
    for count in range(1, len(CHANGED) + 1):
        world = a_world(FIRST, CHANGED)
        seen = listed(world)[:count]
        world.whole("meanwhile", DELETED)
        found = [row for _, row in (*seen, *listed(world, seen[-1][0]))]
        assert rows(DELETED) <= set(found)
        assert len(found) <= len(CHANGED) + len(CHANGED) - len(FIRST) + 2


def test_listing_of_a_picture_that_was_made_anew_begins_again() -> None:
    """Its rows have other places now."""
    world = a_world(FIRST)
    at, _ = listed(world)[3]
    world.whole("meanwhile", dict.fromkeys(range(60), "new"))
    with pytest.raises(Conflict, match="begin it again"):
        listed(world, at)


@pytest.mark.parametrize(
    "at", [Position("", block=1), Position("x"), Position("x", "y"), Position("x", block=2**31)]
)
def test_position_that_nobody_gave_out_is_none_of_this_picture(at: Position) -> None:
    """However well it is made."""
    with pytest.raises(Conflict):
        listed(a_world(FIRST), at)


def test_position_beyond_the_end_has_nothing_behind_it() -> None:
    """Rather than an error of storage."""
    world = a_world(FIRST, CHANGED)
    at, _ = listed(world)[-1]
    for beyond in ({"block": 2**31}, {"rows": 2**31}):
        assert listed(world, position.read(_changed(at, beyond).text)) == []


def _changed(at: Position, fields: dict[str, int]) -> Position:
    return Position(
        at.picture,
        at.changes,
        block=fields.get("block", at.block),
        rows=fields.get("rows", at.rows),
    )


BAD = ["", "x", "é", "AAAA", "k6F4", "====", "lKF4oXkA_w==", "lKF4oXn_AA=="]


@pytest.mark.parametrize("text", BAD)
def test_text_that_is_no_position_is_refused(text: str) -> None:
    """Also one with counts below zero."""
    with pytest.raises(Rejected, match="cursor"):
        position.read(text)
