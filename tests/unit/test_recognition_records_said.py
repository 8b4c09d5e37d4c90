"""What recognition keeps of what people say, and of what nobody heeds; also in a crowd."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.subject import Counted, Kept, Subject
from shared.errors import Contended
from shared.records.links import Links
from shared.records.unheeded import AT_MOST, Unheeded
from tests.unit.builders import NOW
from tests.unit.busy_table import BusyTable, busy
from tests.unit.recognition_world import FIRST, SECOND, a_newer_report, a_report, a_subject
from tests.unit.stand_ins import FakeClock, FakeTable

OLD, NEW = a_report(), a_newer_report()
OTHER = a_report(subject=Subject(mdm_id="device-8"))
ODD = a_subject(name="é 🙂 ' \" | \\", mdm_id="a/b#c?d\\e%")


def test_link_comes_back_with_who_said_so_and_the_last_word_stands() -> None:
    """No link at all is a word, too."""
    links = Links(FakeTable())
    assert links.find(OLD) is None
    links.keep(OLD, [FIRST, SECOND], said_by="helpdesk:jo")
    assert links.find(NEW) == Kept(links=(FIRST, SECOND), said_by="helpdesk:jo")
    links.keep(OLD, [], said_by="helpdesk:al")
    assert links.find(NEW) == Kept(links=(), said_by="helpdesk:al")
    assert links.find(OTHER) is None


def test_most_telling_name_decides_where_names_contradict_each_other() -> None:
    """A phone whose serial number moved to another one after a repair."""
    links = Links(FakeTable())
    links.keep(a_report(subject=Subject(serial="F2LXQ1ZZG5MV")), [FIRST], said_by="jo")
    links.keep(OTHER, [SECOND], said_by="jo")
    found = links.find(a_report(subject=Subject(mdm_id="device-8", serial="F2LXQ1ZZG5MV")))
    assert found is not None
    assert found.links == (SECOND,)


def test_names_that_no_key_of_a_table_may_hold_are_kept() -> None:
    """Senders choose them."""
    odd = a_report(subject=replace(ODD, serial="F2L/XQ1#Z\\Z?"))
    links = Links(FakeTable())
    links.keep(odd, [FIRST], said_by="jo")
    assert links.find(odd) is not None


def test_two_people_who_link_at_once_both_are_heard() -> None:
    """The later word stands under every name; nobody gets an error for the other's haste."""
    table = BusyTable()
    links = Links(table)
    busy(table, lambda: links.keep(OLD, [SECOND], said_by="al"), 1)
    links.keep(OLD, [FIRST], said_by="jo")
    assert links.find(OLD) == Kept(links=(FIRST,), said_by="jo")


def test_crowd_that_links_one_device_is_told_to_come_again() -> None:
    """Rather than to wait without end."""
    table = BusyTable()
    links, others = Links(table), iter(range(1000))

    def another() -> None:
        named = f"al{next(others)}"
        rest, table.meanwhile = table.meanwhile, []
        links.keep(OLD, [SECOND], said_by=named)
        table.meanwhile = rest

    busy(table, another, 100)
    with pytest.raises(Contended):
        links.keep(OLD, [FIRST], said_by="jo")


def test_unknown_events_are_counted_by_sender_and_kind() -> None:
    """With the time of the last, whatever the kind is called."""
    clock = FakeClock()
    unheeded = Unheeded(FakeTable(), clock)
    long = "x" * 1000
    for kind in ("device.renamed", "a/b#?", long, "device.renamed"):
        clock.advance(timedelta(minutes=1))
        unheeded.count("console", kind)
    unheeded.count("another", "device.renamed")

    told = {each.kind: each for each in unheeded.of("console")}
    minutes = timedelta(minutes=4)
    assert told["device.renamed"] == Counted(kind="device.renamed", count=2, last_at=NOW + minutes)
    assert told[long[:256]].count == 1
    assert len(told) == 3
    assert [each.count for each in unheeded.of("another")] == [1]
    assert unheeded.of("nobody") == []


def test_count_is_right_although_two_count_at_once() -> None:
    """The first of all included."""
    for before in range(3):
        table = BusyTable()
        unheeded = Unheeded(table, FakeClock())
        for _ in range(before):
            unheeded.count("console", "x")
        busy(table, lambda unheeded=unheeded: unheeded.count("console", "x"), 1)  # type: ignore[misc]
        unheeded.count("console", "x")
        assert unheeded.of("console")[0].count == before + 2


def test_crowd_may_miss_a_count_and_never_stops_an_event() -> None:
    """It matters that a kind comes, and roughly how often."""
    table = BusyTable()
    unheeded = Unheeded(table, FakeClock())

    def another() -> None:
        rest, table.meanwhile = table.meanwhile, []
        unheeded.count("console", "x")
        table.meanwhile = rest

    busy(table, another, 100)
    unheeded.count("console", "x")
    table.meanwhile = []
    assert unheeded.of("console")[0].count >= 3


def test_sender_who_makes_up_kinds_is_told_of_in_part() -> None:
    """One answer stays of bounded length."""
    unheeded = Unheeded(FakeTable(), FakeClock())
    for number in range(AT_MOST + 1):
        unheeded.count("console", str(number))
    assert len(unheeded.of("console")) == AT_MOST
