"""Reports about devices that Exchange did not know yet are tried again once such a one appears."""

from datetime import timedelta

import pytest

from shared.devices.inventory import Scope
from shared.devices.subject import About, Person, Report
from shared.errors import Retryable
from shared.records.awaited import Awaited
from tests.unit.builders import DEVICE_ID, MAILBOX, TENANT
from tests.unit.inventory_listing import a_mailbox, a_phone, many
from tests.unit.inventory_world import InventoryWorld
from tests.unit.recognition_world import (
    IMEI,
    NAMED,
    PERSON_ID,
    RecognitionWorld,
    a_newer_report,
    a_partnership,
    a_report,
    a_subject,
)
from tests.unit.stand_ins import FakeTable
from tests.unit.world import Died, Life

ID_0, ID_F = "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"
UPN = "adele.vance@contoso.onmicrosoft.com"


def waiting_in(awaited: Awaited, *names: str) -> list[str]:
    return [each.report.report_id for each in awaited.of(TENANT, names)]


def test_a_report_about_no_device_in_exchange_waits_by_owner_and_device_id() -> None:
    world = RecognitionWorld()
    world.deliver(a_report(subject=NAMED))
    for name in (f"owner:{MAILBOX}", f"device:{DEVICE_ID.lower()}"):
        assert waiting_in(world.awaited, name) == [a_report().report_id]


def test_a_report_that_was_recognised_does_not_wait() -> None:
    world = RecognitionWorld(known=[a_partnership()])
    world.deliver(a_report(subject=NAMED))
    assert not world.awaited.has_any(TENANT)


def test_a_report_that_a_person_called_none_in_exchange_does_not_wait() -> None:
    world = RecognitionWorld()
    world.links.keep(a_report(), [], said_by="helpdesk:jo")
    world.deliver(a_report())
    assert not world.awaited.has_any(TENANT)


def test_a_person_who_left_without_a_device_is_waited_for() -> None:
    world = RecognitionWorld()
    world.people.known[PERSON_ID] = Person(
        directory_id=PERSON_ID, upn=UPN, mail=MAILBOX, is_enabled=False
    )
    world.deliver(a_report(about=About.OWNER, subject=a_subject(directory_id=PERSON_ID)))
    assert waiting_in(world.awaited, f"owner:{UPN}") == [a_report().report_id]


@pytest.mark.parametrize("calls", range(1, 12))
def test_a_report_waits_whenever_its_worker_dies(calls: int) -> None:
    world = RecognitionWorld()
    try:
        world.report(a_report(), Life(calls))
    except Died:
        world.deliver(a_report())
    assert waiting_in(world.awaited, f"owner:{MAILBOX}") == [a_report().report_id]
    assert "none in Exchange" in "".join(step.note for step in world.operation(a_report()).history)


def a_world(report: Report) -> InventoryWorld:
    """Return a tenant with a picture, in which a report waits for a device."""
    world = InventoryWorld()
    world.listing.put(a_mailbox(), *many(2))
    world.take()
    recognition = RecognitionWorld(clock=world.clock)
    recognition.awaited, recognition.reports = world.awaited, world.reports
    recognition.deliver(report)
    assert world.awaited.has_any(TENANT)
    world.clock.advance(timedelta(minutes=20))
    return world


@pytest.mark.parametrize(
    "report",
    [
        a_report(subject=a_subject(serial="", udid="")),
        a_report(subject=a_subject(upn="", eas_device_id=DEVICE_ID)),
        a_report(subject=a_subject(upn="", imei=IMEI)),
    ],
    ids=["by its owner", "by its DeviceID", "by its IMEI"],
)
def test_a_report_is_tried_again_when_its_device_appears(report: Report) -> None:
    world = a_world(report)
    world.listing.put(a_phone(imei=IMEI))
    world.take(Scope.CHANGES)
    (again,) = world.tried_again
    assert (again.subject, again.posture) == (report.subject, report.posture)
    assert again.report_id != report.report_id


def test_a_report_that_named_the_owner_by_upn_is_tried_again() -> None:
    """The inventory lists primary addresses; Exchange is asked for the others."""
    world = a_world(a_report(subject=a_subject(upn=UPN)))
    world.partnerships.known = [a_partnership(addresses=frozenset({MAILBOX, UPN}))]
    world.listing.put(a_phone())
    world.take(Scope.CHANGES)
    assert len(world.tried_again) == 1


def test_a_mailbox_that_exchange_is_at_odds_about_does_not_stop_the_run() -> None:
    world = a_world(a_report())
    world.partnerships.down = Retryable("Exchange contradicts itself")
    world.listing.put(a_phone())
    world.take(Scope.CHANGES)
    assert len(world.tried_again) == 1


def test_a_device_of_somebody_else_wakes_no_report() -> None:
    world = a_world(a_report())
    world.listing.put(a_phone(place="cn=m1", guid="other", device_id="OTHER1234567"))
    world.take(Scope.CHANGES)
    assert world.tried_again == []


@pytest.mark.parametrize("report_id", [ID_0, ID_F])
def test_the_report_is_recognised_then_whatever_its_id(report_id: str) -> None:
    """Of two reports of one time the one with the higher id stands: a repeat is a moment newer."""
    world = a_world(a_report(subject=NAMED, report_id=report_id))
    world.listing.put(a_phone())
    world.take(Scope.CHANGES)
    recognition = RecognitionWorld(known=[a_partnership()], clock=world.clock)
    recognition.awaited, recognition.reports = world.awaited, world.reports
    recognition.deliver(*world.tried_again)
    (signal,) = recognition.signals
    assert (signal.mailbox, signal.device_id) == (MAILBOX, DEVICE_ID)


def test_a_report_is_tried_again_once_for_each_device_that_appears() -> None:
    world = a_world(a_report())
    world.listing.put(a_phone())
    world.take(Scope.CHANGES)
    world.clock.advance(timedelta(hours=1))
    world.take(Scope.CHANGES)
    world.take(Scope.FULL)
    assert len(world.tried_again) == 1
    assert not world.awaited.of(TENANT, [f"owner:{MAILBOX}"])


def test_a_report_that_a_newer_one_followed_is_not_tried_again() -> None:
    world = a_world(a_report())
    world.reports.keep(a_newer_report())
    world.listing.put(a_phone())
    world.take(Scope.CHANGES)
    assert world.tried_again == []


def test_what_came_before_the_first_picture_is_tried_again_too() -> None:
    world = InventoryWorld(together=1)
    world.reports.keep(a_report())
    world.awaited.put(a_report(), [f"owner:{MAILBOX}"])
    world.listing.put(a_mailbox(), a_phone(), *many(2))
    world.take()
    assert len(world.tried_again) == 1
    assert world.told == []


def test_a_newer_report_takes_the_place_of_the_one_that_waits() -> None:
    awaited = Awaited(FakeTable())
    awaited.put(a_report(), ["owner:a"])
    awaited.put(a_newer_report(), ["owner:a"])
    assert waiting_in(awaited, "owner:a") == [a_newer_report().report_id]


def test_a_report_that_came_to_wait_meanwhile_is_not_dropped() -> None:
    awaited = Awaited(FakeTable())
    awaited.put(a_report(), ["owner:a"])
    (seen,) = awaited.of(TENANT, ["owner:a"])
    awaited.put(a_newer_report(), ["owner:a"])
    awaited.drop(seen)
    assert waiting_in(awaited, "owner:a") == [a_newer_report().report_id]


def test_reports_by_different_senders_wait_side_by_side() -> None:
    awaited = Awaited(FakeTable())
    awaited.put(a_report(), ["owner:a"])
    awaited.put(a_newer_report(sender="other"), ["owner:a"])
    assert len(waiting_in(awaited, "owner:a", "owner:b")) == 2


def test_what_names_nothing_waits_for_nothing() -> None:
    awaited = Awaited(FakeTable())
    awaited.put(a_report(), [])
    assert not awaited.has_any(TENANT)
