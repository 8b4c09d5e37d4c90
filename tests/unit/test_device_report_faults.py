"""Something stands in a report's way: it waits, and nothing that was reached is lost."""

from collections.abc import Callable

import pytest

from shared.devices.operation import State
from shared.devices.subject import About, Person, Report, Subject
from shared.errors import Failure, Misconfigured, Retryable
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.recognition_world import (
    FIRST,
    NAMED,
    PERSON_ID,
    TWO_ALIKE,
    FakePeople,
    RecognitionWorld,
    a_newer_report,
    a_report,
)
from tests.unit.stand_ins import ids

BUSY = Retryable("Exchange is busy")
NOT_PERMITTED = Misconfigured("grant the app User.Read.All")
CERTAIN = a_report(subject=NAMED)
OWNERS = a_report(about=About.OWNER, subject=Subject(directory_id=PERSON_ID))
Break = Callable[[RecognitionWorld, Failure | None], None]


def a_world() -> RecognitionWorld:
    """Return a world where Adele's account is disabled."""
    adele = Person(directory_id=PERSON_ID, upn=MAILBOX, mail=MAILBOX, is_enabled=False)
    return RecognitionWorld(TWO_ALIKE, FakePeople({PERSON_ID: adele}))


def exchange(world: RecognitionWorld, failure: Failure | None) -> None:
    """Take Exchange down, or bring it back."""
    world.partnerships.down = failure


def graph(world: RecognitionWorld, failure: Failure | None) -> None:
    """Take the directory down, or bring it back."""
    world.people.down = failure


def queue(world: RecognitionWorld, failure: Failure | None) -> None:
    """Take the queue down, or bring it back."""
    world.queue.down = failure


def events(world: RecognitionWorld, failure: Failure | None) -> None:
    """Take the event topic down, or bring it back."""
    world.events.down = failure


@pytest.mark.parametrize("failure", [BUSY, NOT_PERMITTED])
@pytest.mark.parametrize(
    ("breaks", "report", "end"),
    [
        (exchange, CERTAIN, State.DONE),
        (exchange, a_report(), State.HELD),
        (exchange, OWNERS, State.DONE),
        (graph, OWNERS, State.DONE),
        (queue, CERTAIN, State.DONE),
        (events, a_report(), State.HELD),
    ],
)
def test_what_stands_in_the_way_is_noted_and_waited_for(
    breaks: Break, report: Report, end: State, failure: Failure
) -> None:
    """In one line, however often it is tried; then the story ends as it would have."""
    world = a_world()
    breaks(world, failure)
    for _ in range(3):
        with pytest.raises(type(failure)):
            world.report(report)
    assert (world.state(report), world.note(report)) == (State.WAITING, str(failure))
    if breaks is not events:  # there it is held anew each time, and that has a line of its own
        notes = [step.note for step in world.operation(report).history]
        assert notes.count(str(failure)) == 1
    assert world.queue.signals == []

    breaks(world, None)
    world.report(report)
    assert world.state(report) is end
    undisturbed = a_world()
    undisturbed.report(report)
    assert world.queue.signals == undisturbed.queue.signals
    assert world.waits == undisturbed.waits
    assert ids(world.events.sent) == ids(undisturbed.events.sent)


def test_what_was_recognised_stays_recognised_while_the_queue_is_down() -> None:
    """Exchange is not asked again: what is passed on is what was written down."""
    world = a_world()
    world.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable):
        world.report(CERTAIN)
    assert world.operation(CERTAIN).matched == (FIRST,)
    world.queue.down, world.partnerships.down = None, BUSY
    world.report(CERTAIN)
    assert [each.device_id for each in world.queue.signals] == [DEVICE_ID]


def test_recognised_report_is_passed_on_although_a_newer_one_came_before_it_could_be() -> None:
    """The partnership's postures decide which of them stands, as their dates say."""
    world = a_world()
    world.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable):
        world.report(CERTAIN)
    world.queue.down = None
    world.report(a_newer_report(subject=NAMED))
    world.report(CERTAIN)
    assert len(world.signals) == 2


def test_held_report_stays_linkable_while_exchange_is_down() -> None:
    """What a person says needs no Exchange."""
    world = a_world()
    world.report(a_report())
    world.partnerships.down = BUSY
    world.link(a_report(), [FIRST])
    world.deliver()
    assert world.state(a_report()) is State.DONE
    assert len(world.queue.signals) == 1


def test_name_that_exchange_refuses_is_held_with_the_reason() -> None:
    """No retry can help, and no report is dropped: a person says which device it is."""
    world = a_world()
    world.partnerships.refused[DEVICE_ID.casefold()] = "'§' cannot be the DeviceID of a partnership"
    world.report(CERTAIN)
    assert world.state(CERTAIN) is State.HELD
    assert world.note(CERTAIN) == "'§' cannot be the DeviceID of a partnership"
    assert world.events.sent[0].data["reason"] == world.note(CERTAIN)
    assert world.operation(CERTAIN).candidates == ()

    world.report(CERTAIN)
    assert len(set(ids(world.events.sent))) == 1
    world.link(CERTAIN, [FIRST])
    world.deliver()
    assert world.state(CERTAIN) is State.DONE


def test_queue_that_is_down_keeps_a_link_and_lets_the_caller_come_again() -> None:
    """Nothing is accepted that nobody will carry out."""
    world = a_world()
    world.report(a_report())
    world.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable):
        world.link(a_report(), [FIRST])
    assert world.state(a_report()) is State.HELD
    world.queue.down = None
    world.link(a_report(), [FIRST])
    world.deliver()
    assert len(world.queue.signals) == 1
