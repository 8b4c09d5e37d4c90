"""A person says which device a held report is about: kept, and the story goes on."""

from dataclasses import replace

import pytest

from shared.devices.model import Posture
from shared.devices.operation import State
from shared.devices.subject import Link, Subject
from shared.errors import Conflict, Retryable
from tests.unit.builders import MAILBOX
from tests.unit.recognition_world import (
    FIRST,
    IMEI,
    NAMED,
    SECOND,
    SERIAL,
    TWO_ALIKE,
    UDID,
    RecognitionWorld,
    a_newer_report,
    a_report,
    a_subject,
)

HELD = a_report(subject=a_subject(eas_device_id="NOT0IN0EXCHANGE", imei=IMEI))
THEIR_OTHERS = {
    "their own key": Subject(mdm_id="device-7"),
    "DeviceID": Subject(eas_device_id="not0in0exchange"),
    "serial": Subject(upn=MAILBOX, serial=SERIAL.lower()),
    "UDID": Subject(udid=UDID),
    "IMEI": Subject(imei=IMEI),
}


@pytest.fixture
def world() -> RecognitionWorld:
    """Two phones that look alike, and a report on one of them."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(HELD)
    assert world.state(HELD) is State.HELD
    return world


def test_linked_report_goes_on_with_what_was_said(world: RecognitionWorld) -> None:
    """Whoever said so stands in the record; nothing waits any more."""
    world.link(HELD, [SECOND])
    world.deliver()

    operation = world.operation(HELD)
    assert (operation.state, operation.matched, operation.candidates) == (State.DONE, (SECOND,), ())
    assert [each.device_id for each in world.queue.signals] == [SECOND.device_id]
    assert world.queue.signals[0].posture is HELD.posture
    assert any("helpdesk:jo said so" in step.note for step in operation.history)
    assert world.waits == []


@pytest.mark.parametrize("name", THEIR_OTHERS)
def test_what_was_said_holds_for_later_reports_under_every_name(
    world: RecognitionWorld, name: str
) -> None:
    """Also where the later report gives that one name only, in another case."""
    world.link(HELD, [SECOND])
    later = a_newer_report(subject=THEIR_OTHERS[name])
    world.deliver(later)
    assert world.operation(later).matched == (SECOND,)


def test_what_was_said_outweighs_what_would_be_certain(world: RecognitionWorld) -> None:
    """A person knows better."""
    world.link(HELD, [SECOND])
    later = a_newer_report(subject=NAMED)
    world.deliver(later)
    assert world.operation(later).matched == (SECOND,)


@pytest.mark.parametrize(
    "stranger",
    [
        a_newer_report(sender="another", subject=Subject(mdm_id="device-7", upn=MAILBOX)),
        a_newer_report(tenant_id="another", subject=HELD.subject),
        a_newer_report(subject=Subject(mdm_id="device-8", upn=MAILBOX, model="iPhone14,2")),
    ],
)
def test_what_was_said_does_not_hold_for_others(world: RecognitionWorld, stranger: object) -> None:
    """A sender's own key is nobody else's, another tenant's device is another device."""
    world.link(HELD, [SECOND])
    assert isinstance(stranger, type(HELD))
    assert world.links.find(stranger) is None
    assert world.links.find(HELD) is not None


@pytest.mark.parametrize("useless", ["0", "unknown", "00000000"])
def test_what_was_said_under_a_name_that_many_have_holds_for_none_of_them(useless: str) -> None:
    """Some consoles say 0 or unknown of every device that they know no DeviceID of."""
    world = RecognitionWorld(TWO_ALIKE)
    said = a_report(subject=a_subject(eas_device_id=useless))
    world.report(said)
    world.link(said, [SECOND])
    other = a_newer_report(subject=Subject(mdm_id="device-8", eas_device_id=useless))
    assert world.links.find(other) is None


def test_older_one_linked_while_a_newer_one_is_held_goes_on_with_the_newer() -> None:
    """What was said last of the device is what its partnership is told; both are closed."""
    world = RecognitionWorld(TWO_ALIKE)
    older, newer = a_report(), a_newer_report()
    world.report(older)
    seen = world.operation(older)
    world.report(newer)
    world.recognition().link(seen, [FIRST], said_by="helpdesk:jo")  # looked at before
    world.deliver()

    assert (world.state(older), world.state(newer)) == (State.DONE, State.DONE)
    assert world.operation(newer).matched == (FIRST,)
    assert [each.posture for each in world.queue.signals] == [newer.posture]
    assert world.waits == []


def test_older_one_linked_while_a_newer_one_is_on_its_way_goes_on_with_the_newer() -> None:
    """The newer waits for Exchange, the older is still open: no word is lost or comes twice."""
    world = RecognitionWorld(TWO_ALIKE)
    older, newer = a_report(), a_newer_report()
    world.report(older)
    world.partnerships.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        world.report(newer)
    assert world.state(older) is State.HELD
    world.link(older, [FIRST])
    world.deliver(newer)

    assert (world.state(older), world.state(newer)) == (State.DONE, State.DONE)
    assert world.note(older).startswith("nothing done")
    assert [each.posture for each in world.signals] == [Posture.COMPLIANT]
    assert world.waits == []


def test_older_one_that_was_left_behind_is_closed_by_a_link() -> None:
    """Its newer one is done; the word is kept, and nothing old is passed on."""
    world = RecognitionWorld(TWO_ALIKE)
    older, newer = a_report(), a_newer_report(subject=NAMED)
    world.report(older)
    waiting = world.held.waiting(older)
    assert waiting is not None
    world.held.drop(older, waiting)
    world.report(newer)
    assert (world.state(older), world.state(newer)) == (State.HELD, State.DONE)
    world.link(older, [SECOND])
    world.deliver()
    assert world.state(older) is State.DONE
    assert [each.posture for each in world.signals] == [newer.posture]


def test_link_to_none_says_that_it_is_not_in_exchange(world: RecognitionWorld) -> None:
    """Also for later reports, whatever Exchange shows."""
    world.link(HELD, [])
    later = a_newer_report(subject=NAMED)
    world.deliver()
    world.deliver(later)
    for report in (HELD, later):
        assert (world.state(report), world.operation(report).matched) == (State.DONE, ())
    assert (world.queue.signals, world.waits) == ([], [])


def test_link_to_several_is_passed_on_to_each(world: RecognitionWorld) -> None:
    """The mail app and another on one phone; one named twice is one, in whatever spelling."""
    spelt = replace(FIRST, device_id=FIRST.device_id.lower(), mailbox=MAILBOX.upper())
    world.link(HELD, [FIRST, SECOND, FIRST, spelt])
    world.deliver()
    assert len(world.queue.signals) == 2


def test_of_two_links_before_the_story_goes_on_the_later_stands(world: RecognitionWorld) -> None:
    """The same or another: one signal, none twice."""
    world.link(HELD, [FIRST])
    world.link(HELD, [SECOND])
    world.deliver()
    assert [each.device_id for each in world.queue.signals] == [SECOND.device_id]


def test_second_link_after_the_story_went_on_is_a_conflict(world: RecognitionWorld) -> None:
    """What was done is done; the message says how things stand."""
    world.link(HELD, [FIRST])
    world.deliver()
    with pytest.raises(Conflict, match="is done"):
        world.link(HELD, [SECOND])
    kept = world.links.find(HELD)
    assert kept is not None
    assert kept.links == (FIRST,)


@pytest.mark.parametrize("state", [State.WAITING, State.PLANNED, State.ABANDONED])
def test_link_of_what_is_not_held_is_a_conflict(world: RecognitionWorld, state: State) -> None:
    """Whatever else it is."""
    world.journal.save(world.operation(HELD).stepped(state, "", world.clock()))
    with pytest.raises(Conflict):
        world.link(HELD, [FIRST])
    assert (world.links.find(HELD), world.queue.reports) == (None, [])


def test_link_of_an_operation_that_no_report_started_is_a_conflict() -> None:
    """An order is about a partnership already."""
    world = RecognitionWorld(TWO_ALIKE)
    world.report(HELD)
    order = replace(world.operation(HELD), report=None)
    with pytest.raises(Conflict):
        world.recognition().link(order, [Link(mailbox="a", device_id="b")], said_by="jo")
    assert world.queue.reports == []


def test_device_that_was_found_nowhere_can_be_linked() -> None:
    """An MDM may name its devices by numbers of its own: somebody knows whose each is."""
    world = RecognitionWorld([])
    said = a_report(subject=Subject(mdm_id="4711", name="Adele's phone"))
    world.report(said)
    assert (world.state(said), world.operation(said).matched) == (State.DONE, ())
    for _ in range(2):  # a caller that got no answer asks once more
        world.link(said, [FIRST])
        world.deliver()
    assert [(each.mailbox, each.device_id) for each in world.queue.signals] == [
        (FIRST.mailbox, FIRST.device_id)
    ]
    later = replace(a_newer_report(), subject=said.subject)
    world.report(later)
    assert world.operation(later).matched == (FIRST,)


def test_link_of_an_older_report_takes_up_the_newest() -> None:
    """Both found nothing; what was said last is what is to be done."""
    world = RecognitionWorld([])
    said = a_report(subject=Subject(mdm_id="4711"), posture=Posture.COMPLIANT)
    newer = replace(a_newer_report(), subject=said.subject, posture=Posture.RETIRED)
    world.report(said)
    world.report(newer)
    world.link(said, [FIRST])
    world.deliver()
    assert [each.posture for each in world.queue.signals] == [Posture.RETIRED]
