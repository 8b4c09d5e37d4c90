"""A report on a device that is to be recognised: passed on, held, kept, overruled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Ownership, Posture, Trust
from shared.devices.operation import State
from shared.devices.subject import Link, Partnership
from shared.errors import Conflict
from shared.flows.device_report import LISTED
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW
from tests.unit.recognition_world import (
    FIRST,
    NAMED,
    OTHER_MAILBOX,
    TWO_ALIKE,
    RecognitionWorld,
    a_newer_report,
    a_partnership,
    a_report,
    a_subject,
    listed,
)
from tests.unit.stand_ins import ids

CERTAIN = a_report(subject=NAMED)


def test_certain_report_goes_on_as_a_signal_that_says_the_same() -> None:
    """Posture, trust, time, ownership and secret are the report's; the partnership is found."""
    world = RecognitionWorld(TWO_ALIKE)
    said = replace(CERTAIN, ownership=Ownership.CORPORATE, verified_by="secret/1")
    world.report(said)

    (signal,) = world.queue.signals
    assert (signal.mailbox, signal.device_id) == (MAILBOX, DEVICE_ID)
    assert (signal.tenant_id, signal.sender, signal.trust) == (
        said.tenant_id,
        said.sender,
        said.trust,
    )
    assert (signal.posture, signal.occurred_at) == (said.posture, said.occurred_at)
    assert (signal.ownership, signal.verified_by) == (Ownership.CORPORATE, "secret/1")
    operation = world.operation(said)
    assert (operation.state, operation.matched) == (State.DONE, (FIRST,))
    assert operation.signal_ids == (signal.signal_id,)
    assert [step.state for step in operation.history] == [
        State.WAITING,
        State.PLANNED,
        State.DONE,
    ]
    assert (world.waits, world.events.sent) == ([], [])


def test_device_with_several_partnerships_gets_a_signal_for_each() -> None:
    """The mail app's and that of another app which shows the same IMEI."""
    app = a_partnership(device_id="MADEUPBYTHEMAILAPP1", guid="app", imei="359092068173453")
    world = RecognitionWorld([a_partnership(), app])
    world.report(a_report(subject=replace(NAMED, imei="359092068173453")))

    assert {each.device_id for each in world.queue.signals} == {DEVICE_ID, app.device_id}
    assert len(set(world.operation(CERTAIN).signal_ids)) == 2


def test_second_delivery_is_silent() -> None:
    """A message delivered twice is passed on once."""
    world = RecognitionWorld(TWO_ALIKE)
    for _ in range(2):
        world.report(CERTAIN)
    assert len(world.queue.signals) == 1


def test_signals_have_the_same_ids_wherever_the_report_is_handled() -> None:
    """And ids of their own: neither the report's nor those of another report's."""
    made = []
    for report in (CERTAIN, CERTAIN, a_newer_report(subject=NAMED)):
        world = RecognitionWorld(TWO_ALIKE)
        world.report(report)
        made += [each.signal_id for each in world.queue.signals]
    assert made[0] == made[1] != made[2]
    assert CERTAIN.report_id not in made


def test_device_id_that_stands_twice_in_two_spellings_is_one_device() -> None:
    """Exchange's lists know no case: two signals under one id would be a conflict."""
    world = RecognitionWorld([a_partnership(), a_partnership(device_id=DEVICE_ID.lower())])
    world.report(CERTAIN)
    assert len(world.queue.signals) == 1


def test_id_that_stands_for_another_report_is_a_conflict() -> None:
    """The first stands."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(CERTAIN)
    with pytest.raises(Conflict):
        world.report(replace(CERTAIN, subject=a_subject(serial="C39LT0VWFRC6")))
    assert len(world.queue.signals) == 1


def test_report_from_the_future_is_dated_to_its_arrival() -> None:
    """It would outrank all that are to come."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(replace(CERTAIN, occurred_at=NOW + timedelta(days=400)))
    assert world.queue.signals[0].occurred_at == NOW


def test_ambiguous_report_is_held_with_what_it_may_be() -> None:
    """Nothing is passed on; the world is told that somebody has to look, and why."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_report())

    operation = world.operation(a_report())
    assert operation.state is State.HELD
    assert operation.matched is None
    assert set(operation.candidates) == set(listed(TWO_ALIKE))
    assert world.queue.signals == []
    assert world.waits == [operation.operation_id]
    (event,) = world.events.sent
    assert world.events.types == ["operation.held"]
    assert event.data["operation_id"] == operation.operation_id
    assert event.data["reason"] == operation.history[-1].note != ""


def test_held_report_delivered_again_is_held_and_told_under_one_id() -> None:
    """Also its record grows no line for nothing."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_report())
    before = world.operation(a_report())
    world.report(a_report())
    assert world.operation(a_report()) == before
    assert len(set(ids(world.events.sent))) == 1


def test_held_report_delivered_again_shows_what_it_may_be_by_now() -> None:
    """A person chooses among what there is."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_report())
    world.partnerships.known = TWO_ALIKE[1:]
    world.report(a_report())
    assert world.state(a_report()) is State.HELD
    assert world.operation(a_report()).candidates == listed(TWO_ALIKE[1:])


def test_held_report_is_recognised_once_it_can_be() -> None:
    """Delivered again after one of the two phones is gone from Exchange, and the id was told."""
    world = RecognitionWorld([a_partnership(mailbox=OTHER_MAILBOX)])
    world.report(CERTAIN)
    assert world.state(CERTAIN) is State.HELD
    world.partnerships.known = TWO_ALIKE
    world.report(CERTAIN)
    assert (world.state(CERTAIN), world.waits) == (State.DONE, [])
    assert world.operation(CERTAIN).candidates == ()
    assert len(world.queue.signals) == 1


def test_only_as_many_candidates_are_kept_as_a_record_holds() -> None:
    """A mailbox may hold more phones than a person looks through."""
    many = [a_partnership(device_id=f"MADEUPFORPHONE{n}X", guid=str(n)) for n in range(30)]
    world = RecognitionWorld(many)
    world.report(a_report())
    assert len(world.operation(a_report()).candidates) == LISTED


NOWHERE: list[tuple[Partnership, ...]] = [
    (),
    (a_partnership(mailbox=OTHER_MAILBOX, model="SM-G991B", os="Android 14"),),
]


@pytest.mark.parametrize("known", NOWHERE)
def test_device_that_is_not_in_exchange_is_done_and_kept(known: tuple[Partnership, ...]) -> None:
    """It may come later: what was said last of it is known then."""
    world = RecognitionWorld(known)
    world.report(a_report())
    operation = world.operation(a_report())
    assert (operation.state, operation.matched) == (State.DONE, ())
    assert any(step.note.startswith("none in Exchange") for step in operation.history)
    assert (world.queue.signals, world.waits, world.events.sent) == ([], [], [])
    assert world.reports.newest(a_newer_report()) == a_report()


def test_sender_that_may_only_tighten_cannot_call_a_device_compliant() -> None:
    """Nothing is looked up, kept or held for it."""
    world = RecognitionWorld(TWO_ALIKE)
    void = a_report(posture=Posture.COMPLIANT, trust=Trust.TIGHTEN)
    world.report(void)
    assert world.state(void) is State.DONE
    newest = a_newer_report(trust=Trust.TIGHTEN)
    assert world.reports.newest(newest) == newest
    assert (world.queue.signals, world.waits) == ([], [])


def test_late_report_changes_nothing() -> None:
    """What the sender said last of the device stands, in whatever order it arrives."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_newer_report(subject=NAMED))
    world.report(CERTAIN)
    assert [each.posture for each in world.queue.signals] == [Posture.COMPLIANT]
    assert world.note(CERTAIN) == "nothing done: console has reported since"


def test_word_of_another_sender_or_of_less_trust_makes_no_report_old() -> None:
    """Whose word counts is decided by the partnership's postures, where senders meet."""
    world = RecognitionWorld(TWO_ALIKE)
    others = [
        a_newer_report(subject=NAMED, sender="another"),
        a_newer_report(subject=NAMED, report_id="8" * 8, trust=Trust.TIGHTEN, posture=Posture.LOST),
    ]
    for report in (*others, CERTAIN):
        world.report(report)
    assert len(world.queue.signals) == 3


def test_older_held_report_is_closed_when_a_newer_one_is_held() -> None:
    """A person is asked once, about the latest."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_report())
    world.report(a_newer_report())
    assert world.state(a_report()) is State.DONE
    assert "overruled" in world.note(a_report())
    assert world.state(a_newer_report()) is State.HELD
    assert world.waits == [a_newer_report().report_id]


@pytest.mark.parametrize("known", [TWO_ALIKE, ()])
def test_older_held_report_is_closed_when_a_newer_one_is_recognised(
    known: tuple[Partnership, ...],
) -> None:
    """As a device, or as none in Exchange."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(a_report())
    world.partnerships.known = known
    world.report(a_newer_report(subject=NAMED))
    assert world.state(a_report()) is State.DONE
    assert "overruled" in world.note(a_report())
    assert world.waits == []
    assert {each.posture for each in world.queue.signals} <= {Posture.COMPLIANT}


def test_report_of_another_device_leaves_a_held_one_alone() -> None:
    """Two phones of one person may wait at once."""
    world = RecognitionWorld(TWO_ALIKE)
    other = a_newer_report(subject=a_subject(mdm_id="device-8", serial="C39LT0VWFRC6", udid=""))
    world.report(a_report())
    world.report(other)
    assert set(world.waits) == {a_report().report_id, other.report_id}


def test_device_that_only_others_have_is_held() -> None:
    """A phone that was handed on, or a claim: a person has to say."""
    world = RecognitionWorld([a_partnership(mailbox=OTHER_MAILBOX)])
    world.report(CERTAIN)
    assert world.state(CERTAIN) is State.HELD
    assert [
        Link(mailbox=each.mailbox, device_id=each.device_id)
        for each in world.operation(CERTAIN).candidates
    ] == [Link(mailbox=OTHER_MAILBOX, device_id=DEVICE_ID)]
