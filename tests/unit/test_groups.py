"""Mailboxes with their devices, out of rows in any order."""

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from shared.devices.groups import Group, Seen, grouped, name_of
from shared.devices.inventory import Mailbox, MobileDevice, Row
from tests.unit.builders import MAILBOX
from tests.unit.seen_builders import PLACE, SPELT, a_mailbox, a_row, seen

MANY = 15_000  # mailboxes
NAME = "the phone of somebody "
MOST = 15_000_000  # bytes at any time; packed rows take two thirds of that, others four times it


def a_tenant(mailboxes: int) -> Iterator[Row]:
    """Yield that many mailboxes with two devices each."""
    for number in range(mailboxes):
        place = f"cn=person {number},ou=contoso"
        yield Mailbox(place=place, guid=f"m{number}", address=f"{number}@contoso.com")
        for each in range(2):
            guid = f"d{number}-{each}"
            yield MobileDevice(place=place, guid=guid, device_id=f"{number}{each}", name=NAME * 40)


@given(st.permutations(list(a_tenant(12))))
def test_order_of_rows_changes_nothing(rows: list[Row]) -> None:
    """Neither the groups nor their order."""
    assert list(grouped(rows)) == list(grouped(a_tenant(12)))


def test_every_row_is_in_the_group_of_its_mailbox() -> None:
    """None is lost, none comes twice, and a place is the same in any case."""
    rows = [*a_tenant(300)]
    rows.append(a_row(place="CN=Person 7,ou=Contoso", guid="third"))

    groups = {group.mailbox.guid: group for group in grouped(rows)}

    assert len(groups) == 300
    assert {each.guid for each in groups["m7"].devices} == {"d7-0", "d7-1", "third"}
    assert sum(len(group.devices) for group in groups.values()) == 601


def test_row_that_comes_twice_counts_once() -> None:
    """The later one is the newer."""
    rows: list[Row] = [
        a_mailbox(),
        a_row(os="iOS 19"),
        a_mailbox(policy="Strict"),
        a_row(os="iOS 20"),
    ]
    assert list(grouped(rows)) == [
        Group(mailbox=a_mailbox(policy="Strict"), devices=(a_row(os="iOS 20"),))
    ]


def test_device_without_a_mailbox_shows_where_it_belongs() -> None:
    """It is not left out, and nobody takes its mailbox's lists for empty."""
    (group,) = grouped([a_row()])
    assert not group.is_owner_known
    assert (name_of(group.mailbox), group.devices) == (PLACE, (a_row(),))
    assert [each.is_owner_known for each in grouped([a_mailbox(), a_row()])] == [True]


def test_memory_does_not_grow_with_the_tenant() -> None:
    """Rows are packed until their group is made: all of them at once would take far more."""
    tracemalloc.start()
    try:
        assert sum(1 for _ in grouped(a_tenant(MANY))) == MANY
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST


def test_partnership_is_a_device_for_all_other_decisions() -> None:
    """With its facts, and what the lists say in any case."""
    device = seen((True, False)).as_device()
    assert (device.on_allowed_list, device.on_blocked_list) == (True, False)
    assert (device.mailbox, device.model, device.client_version) == (MAILBOX, "iPhone15C2", "16.1")
    both = Seen(device=a_row(), mailbox=a_mailbox(allowed=("other", SPELT), blocked=(SPELT,)))
    assert both.lists == (True, True)
