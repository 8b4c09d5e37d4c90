"""A worker may die after any of its calls: the next delivery ends the story the same."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from shared.devices.operation import State
from shared.devices.subject import About, Link, Person, Report, Subject
from shared.errors import Conflict, Retryable
from tests.unit.builders import MAILBOX
from tests.unit.recognition_world import (
    FIRST,
    NAMED,
    PERSON_ID,
    SECOND,
    TWO_ALIKE,
    FakePeople,
    RecognitionWorld,
    a_newer_report,
    a_report,
)
from tests.unit.stand_ins import ids
from tests.unit.world import Died, Life

OLD, NEW = a_report(), a_newer_report()
NEW_CERTAIN = a_newer_report(subject=NAMED)
REFUSED = a_report(subject=Subject(upn=MAILBOX, eas_device_id="WHAT§ISTHIS"))
OWNERS = a_report(about=About.OWNER, subject=Subject(directory_id=PERSON_ID))
Deed = Callable[[RecognitionWorld, Life | None], None]


@dataclass(frozen=True)
class Story:
    """What was delivered before, and the deed that a worker dies over."""

    deed: Deed
    before: tuple[Report, ...] = ()

    def begun(self) -> RecognitionWorld:
        """Return the world as the deed finds it."""
        adele = Person(directory_id=PERSON_ID, upn=MAILBOX, mail=MAILBOX, is_enabled=False)
        world = RecognitionWorld(TWO_ALIKE, FakePeople({PERSON_ID: adele}))
        world.partnerships.refused["what§isthis"] = "that cannot be a DeviceID"
        for report in self.before:
            world.report(report)
        return world


def handling(report: Report) -> Deed:
    """Return the deed of handling a report."""
    return lambda world, life: world.report(report, life)


def linking(report: Report, *links: Link) -> Deed:
    """Return the deed of taking in what somebody says a report's device is."""
    return lambda world, life: world.link(report, links, life)


def linking_unseen(report: Report, *links: Link) -> Deed:
    """Return the same by somebody who looked before a newer report came."""

    def deed(world: RecognitionWorld, life: Life | None) -> None:
        seen = world.operation(report).stepped(State.HELD, "", world.clock())
        world.recognition(life).link(seen, links, said_by="helpdesk:jo")

    return deed


REPORTS = {
    "certain": Story(handling(a_report(subject=NAMED))),
    "ambiguous": Story(handling(OLD)),
    "refused by Exchange": Story(handling(REFUSED)),
    "nothing in Exchange": Story(handling(a_report(subject=Subject(serial="C39LT0VWFRC6")))),
    "all of an owner's": Story(handling(OWNERS)),
    "late": Story(handling(OLD), before=(NEW_CERTAIN,)),
    "late, the newer one held": Story(handling(OLD), before=(NEW,)),
    "newer, recognised while an older one is held": Story(handling(NEW_CERTAIN), before=(OLD,)),
    "newer, held while an older one is": Story(handling(NEW), before=(OLD,)),
}
LINKS = {
    "linked": Story(linking(OLD, SECOND), before=(OLD,)),
    "linked to several": Story(linking(OLD, FIRST, SECOND), before=(OLD,)),
    "linked to none": Story(linking(OLD), before=(OLD,)),
    "older linked, a newer one held": Story(linking_unseen(OLD, FIRST), before=(OLD, NEW)),
}
STORIES = REPORTS | LINKS


def outcome(world: RecognitionWorld) -> object:
    """Return all that a story leaves behind; how often a thing was tried is not of it."""
    told = {}
    for report in (OLD, NEW):  # whose ids all others share
        found = world.journal.find(report.tenant_id, report.report_id)
        if found is not None:
            told[report.report_id] = (
                found.state,
                found.matched,
                found.candidates,
                found.history[-1].note,
            )
    signals = sorted(world.signals, key=lambda each: each.signal_id)
    kept = (world.links.find(OLD), world.reports.newest(OLD))
    return told, signals, world.waits, set(ids(world.events.sent)), kept


def undisturbed(story: Story) -> object:
    """Return how the story ends when nobody dies."""
    world = story.begun()
    story.deed(world, None)
    world.deliver()
    return outcome(world)


def calls_in(story: Story) -> int:
    """Return how many calls the deed makes."""
    for calls in range(1, 100):
        try:
            story.deed(story.begun(), Life(calls))
        except Died:
            continue
        return calls - 1
    raise AssertionError("the story does not come to an end")


def attempt(world: RecognitionWorld, story: Story, calls: int) -> None:
    """Let a worker die over the deed."""
    try:
        story.deed(world, Life(calls))
    except (Died, Retryable):
        return


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_survives_every_pair_of_deaths(name: str) -> None:
    """It ends as if nobody had died; signals and events that are repeated have their ids."""
    story = REPORTS[name]
    end, last = undisturbed(story), calls_in(story)
    assert last >= 3
    for first in range(1, last + 1):
        for second in range(1, last + 1):
            world = story.begun()
            attempt(world, story, first)
            attempt(world, story, second)
            story.deed(world, None)
            world.deliver()
            assert outcome(world) == end, (first, second)


@pytest.mark.parametrize("is_delivered_first", [True, False])
@pytest.mark.parametrize("name", LINKS)
def test_a_link_survives_a_death_whether_or_not_the_caller_comes_first(
    name: str, *, is_delivered_first: bool
) -> None:
    """The caller was not answered and asks again; what was queued may be handled before that."""
    story = LINKS[name]
    end, last = undisturbed(story), calls_in(story)
    assert last >= 3
    for calls in range(1, last + 1):
        world = story.begun()
        attempt(world, story, calls)
        if is_delivered_first:
            world.deliver()
        try:
            story.deed(world, None)
        except Conflict:
            assert world.state(OLD) is State.DONE, calls
        world.deliver()
        assert outcome(world) == end, calls


@pytest.mark.parametrize("name", LINKS)
def test_what_a_link_set_going_survives_every_death(name: str) -> None:
    """The worker that handles the linked report dies after any of its calls."""
    story = LINKS[name]
    end = undisturbed(story)
    for calls in range(1, 30):
        world = story.begun()
        story.deed(world, None)
        queued = list(world.queue.reports)
        for report in queued:
            attempt(world, Story(handling(report)), calls)
        world.deliver(*queued)
        assert outcome(world) == end, calls
