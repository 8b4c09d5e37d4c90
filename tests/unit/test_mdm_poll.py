"""A polled MDM: each device is reported once for each thing that becomes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Ownership, Posture, Trust
from shared.devices.subject import Report, Subject
from tests.unit.builders import NOW, TENANT
from tests.unit.poll_world import HOUR, MINUTE, PollWorld, heard, rounds

BAD = Posture.NONCOMPLIANT
C, N, R = "compliant", "noncompliant", "retired"


@pytest.fixture
def world() -> PollWorld:
    """Return a sender with five devices, two to a page."""
    world = PollWorld()
    world.listing.show(*(heard(name) for name in "abcde"))
    return world


def test_first_round_reports_every_device_once(world: PollWorld) -> None:
    """And further rounds, of either kind, nothing more."""
    assert world.run() == []
    assert world.told == [(name, C) for name in "abcde"]
    world.later(5 * MINUTE)
    rounds(world, 3)
    assert len(world.told) == 5


def test_report_has_all_that_is_known(world: PollWorld) -> None:
    """When the device said so itself, and with which secret it was asked for."""
    world.run()
    (report, *_) = world.queue.reports
    assert report == Report(
        report_id=report.report_id,
        tenant_id=TENANT,
        sender="mdm",
        trust=Trust.FULL,
        posture=Posture.COMPLIANT,
        subject=Subject(mdm_id="a", mail="a@contoso.com", name="a's phone"),
        occurred_at=NOW - 24 * HOUR,
        ownership=Ownership.CORPORATE,
        verified_by="maas/v1",
    )


def test_change_of_a_device_that_has_reported_is_seen_before_the_whole_round(
    world: PollWorld,
) -> None:
    """Only those that have reported are asked for."""
    world.run()
    asked = len(world.listing.asked)
    world.listing.show(heard("c", BAD, occurred_at=NOW + 2 * MINUTE))
    world.later(5 * MINUTE)
    assert world.told[5:] == [("c", N)]
    assert world.listing.asked[asked:] == [(NOW - 15 * MINUTE, "")]
    assert world.queue.reports[-1].occurred_at == NOW + 2 * MINUTE


def test_changes_are_asked_for_since_the_last_round_began_and_some_more(world: PollWorld) -> None:
    """A search may lag behind, and its clock differ from ours."""
    world.run()
    world.later(5 * MINUTE)
    world.later(5 * MINUTE)
    assert world.listing.asked[-1] == (NOW - 10 * MINUTE, "")


def test_change_without_a_word_of_the_device_is_seen_in_the_whole_round(world: PollWorld) -> None:
    """An administrator has removed it, say."""
    world.run()
    world.listing.show(heard("c", Posture.RETIRED))
    world.later(5 * MINUTE)
    assert len(world.told) == 5
    world.later()
    assert world.told[5:] == [("c", R)]


@pytest.mark.parametrize(
    "changes",
    [
        {"ownership": Ownership.PERSONAL},
        {"subject": Subject(mdm_id="c", mail="new@contoso.com")},
        {"subject": Subject(mdm_id="c", mail="c@contoso.com", eas_device_id="NEW12345")},
        {"subject": Subject(mdm_id="c", mail="c@contoso.com", serial="NEW12345")},
    ],
)
def test_what_matters_is_reported(world: PollWorld, changes: dict[str, object]) -> None:
    """Another owner, or another name by which Exchange may know it."""
    world.run()
    world.listing.show(heard("c", **changes))  # type: ignore[arg-type]  # fields, by convention
    world.later()
    assert len(world.told) == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred_at": NOW},
        {"subject": Subject(mdm_id="c", mail="C@contoso.com", os="iOS 19", name="new")},
    ],
)
def test_what_does_not_matter_is_not_reported(world: PollWorld, changes: dict[str, object]) -> None:
    """It reports daily, and has a new system now and then."""
    world.run()
    world.listing.show(heard("c", **changes))  # type: ignore[arg-type]  # fields, by convention
    world.later()
    assert len(world.told) == 5


def test_sender_that_is_trusted_further_is_heard_again(world: PollWorld) -> None:
    """What it called compliant before was void."""
    world.senders = [replace(world.senders[0], trust=Trust.TIGHTEN)]
    world.run()
    world.senders = [replace(world.senders[0], trust=Trust.FULL)]
    rounds(world, 2)
    assert [each.trust for each in world.queue.reports] == [*5 * [Trust.TIGHTEN], *5 * [Trust.FULL]]
    assert len(world.ids) == 10


def test_there_and_back_between_two_words_of_the_device(world: PollWorld) -> None:
    """Each is a report of its own, and later than the one before: none is taken for old."""
    world.run()
    for posture in (BAD, Posture.COMPLIANT, BAD, Posture.COMPLIANT):
        world.listing.show(heard("c", posture))
        world.later()
    found = [each for each in world.queue.reports if each.subject.mdm_id == "c"]
    assert [str(each.posture) for each in found] == [C, N, C, N, C]
    assert len({each.report_id for each in found}) == 5
    moments = [each.occurred_at for each in found]
    assert moments == sorted(set(moments))
    assert moments[-1] == world.clock()


def test_device_whose_clock_is_ahead_does_not_outrank_what_is_to_come(world: PollWorld) -> None:
    """The present is as far as it gets; and the next report is later still."""
    world.listing.devices.clear()
    world.listing.show(heard("c", occurred_at=NOW + 24 * HOUR))
    world.run()
    world.listing.show(heard("c", BAD, occurred_at=NOW + 24 * HOUR))
    world.run()
    first, second = world.queue.reports
    assert first.occurred_at == NOW < second.occurred_at <= NOW + timedelta(seconds=1)


def test_device_of_which_nothing_is_said_is_not_reported(world: PollWorld) -> None:
    """What was said of it before goes on to hold, and is not said again."""
    world.listing.show(heard("c", None))
    world.run()
    assert ("c", C) not in world.told
    for posture in (BAD, None, BAD):
        world.listing.show(heard("c", posture))
        world.later()
    assert [told for told in world.told if told[0] == "c"] == [("c", N)]


def test_of_two_rows_of_one_device_the_later_stands(world: PollWorld) -> None:
    """A page may hold what was read twice."""
    world.listing.devices = {"a": heard("x"), "b": heard("x", BAD)}
    world.run()
    assert world.told == [("x", N)]


def test_what_nobody_understands_is_counted_once_a_page(world: PollWorld) -> None:
    """By the sender's name."""
    world.listing.unknown = ("odd", "odd")
    world.run()
    assert [(each.kind, each.count) for each in world.unheeded.of("mdm")] == [("odd", 4)]
