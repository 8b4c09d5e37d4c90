"""What recognition keeps of reports: the newest, and which of them wait; also in a crowd."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shared.devices.model import Trust
from shared.devices.subject import About, Subject
from shared.errors import Contended
from shared.mdm.facts import LONGEST
from shared.records.held import Held
from shared.records.journal import PROPERTY_LIMIT
from shared.records.reports import Reports
from tests.unit.builders import MAILBOX, NOW, TENANT
from tests.unit.busy_table import BusyTable, busy
from tests.unit.recognition_world import (
    a_newer_report,
    a_report,
    a_subject,
)
from tests.unit.stand_ins import FakeClock, FakeTable

OLD, NEW = a_report(), a_newer_report()
OTHER = a_report(subject=Subject(mdm_id="device-8"))
ODD = a_subject(name="é 🙂 ' \" | \\", mdm_id="a/b#c?d\\e%")


def test_newest_report_stands_in_whatever_order_they_come() -> None:
    """Every worker prefers the same of two of one moment, too."""
    twin = replace(NEW, report_id="8" * 8)
    for order in permutations([OLD, NEW, twin]):
        reports = Reports(FakeTable())
        told = [reports.keep(report) for report in order]
        assert reports.newest(OLD) == twin
        assert told[-1] == twin


def test_report_comes_back_with_everything_it_had() -> None:
    """Odd letters, times to the microsecond."""
    reports = Reports(FakeTable())
    odd = a_report(
        subject=ODD,
        about=About.OWNER,
        occurred_at=NOW - timedelta(microseconds=1),
        verified_by="secret/2",
    )
    assert reports.keep(odd) == odd
    assert reports.newest(replace(odd, report_id="other")) == odd


def test_longest_reports_fit_one_property_of_a_table_however_many_came_before() -> None:
    """Table storage takes 64 KiB of UTF-16, and what stood before would add up."""
    table = FakeTable()
    reports = Reports(table)
    longest = '"' * LONGEST
    said = Subject(**dict.fromkeys(Subject.__slots__, longest))
    for number in range(12):
        reports.keep(replace(OLD, subject=said, report_id=str(number).zfill(36)))
    (row,) = table.rows.values()
    assert all(len(str(each).encode("utf-16-le")) <= PROPERTY_LIMIT for each in row.values())


@pytest.mark.parametrize(
    "other",
    [
        OTHER,
        replace(NEW, sender="another"),
        replace(NEW, trust=Trust.TIGHTEN),
        replace(NEW, about=About.OWNER),
        replace(NEW, tenant_id="another"),
    ],
)
def test_reports_on_other_devices_or_by_others_do_not_meet(other: object) -> None:
    """Each has a newest of its own; of what nobody spoke, the report at hand is the newest."""
    assert isinstance(other, type(OLD))
    reports, held = Reports(FakeTable()), Held(FakeTable(), FakeClock())
    reports.keep(other)
    held.put(other, None)
    assert reports.newest(OLD) == OLD
    assert held.waiting(OLD) is None


def test_report_is_kept_although_another_worker_writes_at_the_same_time() -> None:
    """The newer of the two stands, whoever wrote last."""
    for ours, theirs in ((OLD, NEW), (NEW, OLD)):
        table = BusyTable()
        reports = Reports(table)
        busy(table, lambda reports=reports, theirs=theirs: reports.keep(theirs), 1)  # type: ignore[misc]
        assert reports.keep(ours) == NEW
        assert reports.newest(OLD) == NEW


class Waiting(Held):
    """The records of what waits, with the rows they are."""

    def __init__(self) -> None:
        self.rows = FakeTable()
        super().__init__(self.rows, FakeClock())


def waits(held: Waiting) -> list[str]:
    """Return what waits."""
    return sorted(str(row["operation_id"]) for row in held.rows.all(TENANT, 9))


def test_one_report_of_a_device_waits_the_latest_put() -> None:
    """Putting it again changes nothing; another device's waits beside it."""
    held = Waiting()
    held.put(OLD, held.waiting(OLD))
    held.put(OLD, held.waiting(OLD))
    held.put(OTHER, held.waiting(OTHER))
    seen = held.waiting(NEW)
    assert seen is not None
    assert seen.operation_id == OLD.report_id
    held.put(NEW, seen)
    assert waits(held) == sorted([NEW.report_id, OTHER.report_id])


def test_what_waits_can_be_dropped_once_or_twice() -> None:
    """By any report on the device."""
    held = Waiting()
    held.put(OLD, None)
    seen = held.waiting(NEW)
    assert seen is not None
    for _ in range(2):
        held.drop(NEW, seen)
    assert (waits(held), held.waiting(OLD)) == ([], None)


def test_of_two_workers_who_put_at_once_the_second_has_to_look_again() -> None:
    """Neither takes another's place unseen."""
    held = Waiting()
    held.put(OLD, None)
    with pytest.raises(Contended):
        held.put(NEW, None)
    seen = held.waiting(NEW)
    held.put(NEW, seen)
    with pytest.raises(Contended):
        held.put(replace(OLD, report_id="third"), seen)
    assert waits(held) == [NEW.report_id]


def test_what_came_to_wait_meanwhile_is_not_dropped() -> None:
    """A worker drops what it saw, and nothing else."""
    held = Waiting()
    held.put(OLD, None)
    seen = held.waiting(OLD)
    assert seen is not None
    held.put(NEW, seen)
    held.drop(OLD, seen)
    assert waits(held) == [NEW.report_id]


def test_reports_without_any_name_of_a_device_are_of_one_owner_at_most() -> None:
    """Two people's nameless phones must not overrule each other."""
    reports = Reports(FakeTable())
    reports.keep(a_newer_report(subject=Subject(directory_id="somebody", model="Pixel 7")))
    for said in (
        Subject(directory_id="another", model="Pixel 7"),
        Subject(upn=MAILBOX, model="Pixel 7"),
    ):
        nameless = a_report(subject=said)
        assert reports.keep(nameless) == nameless
