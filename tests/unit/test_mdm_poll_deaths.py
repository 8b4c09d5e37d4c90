"""A worker that polls may die after any of its calls: the next one loses and doubles nothing."""

import itertools
from collections.abc import Callable

import pytest

from shared.devices.model import Posture
from shared.errors import Failure, Retryable
from tests.unit.poll_world import HOUR, MINUTE, PollWorld, heard
from tests.unit.world import Died


def first_round() -> PollWorld:
    """Return a sender that was never asked."""
    world = PollWorld(pages=2)
    world.listing.show(*(heard(name) for name in "abcde"))
    return world


def later_round() -> PollWorld:
    """Return a sender of whose devices one has changed, one has gone, and one is new."""
    world = first_round()
    for _ in range(3):
        world.run()
    del world.listing.devices["b"]
    for _ in range(3):
        world.later(HOUR / 2)
    world.queue.reports.clear()
    world.listing.show(heard("d", Posture.NONCOMPLIANT), heard("f"))
    world.clock.advance(HOUR)
    return world


def round_without() -> PollWorld:
    """Return a sender of whose devices one was missing once, and is so again."""
    world = first_round()
    world.pages = 20
    world.run()
    del world.listing.devices["b"]
    world.later(HOUR)
    world.queue.reports.clear()
    world.clock.advance(HOUR)
    return world


STORIES: list[tuple[Callable[[], PollWorld], dict[str, str]]] = [
    (first_round, dict.fromkeys("abcde", "compliant")),
    (later_round, {"b": "retired", "d": "noncompliant", "f": "compliant"}),
    (round_without, {"b": "retired"}),
]


def calls_in(begin: Callable[[], PollWorld]) -> int:
    """Return how many calls an undisturbed run makes."""
    for calls in itertools.count(1):
        try:
            begin().run(calls)
        except Died:
            continue
        return calls - 1
    raise AssertionError("the story does not come to an end")


def is_told(world: PollWorld, told: dict[str, str]) -> None:
    """Check that each device is reported under one id, the same however often it was sent."""
    assert {each.subject.mdm_id: str(each.posture) for each in world.ids.values()} == told
    assert len(world.ids) == len(told)
    for report in world.queue.reports:
        assert report == world.ids[report.report_id]


@pytest.mark.parametrize(("begin", "told"), STORIES)
def test_every_pair_of_deaths_is_survived(
    begin: Callable[[], PollWorld], told: dict[str, str]
) -> None:
    """Runs follow every five minutes; the devices do not change meanwhile."""
    most = calls_in(begin)
    assert most > 10
    for deaths in itertools.product(range(1, most + 1), (1, 2, 3, 5, 8, most)):
        world = begin()
        for calls in deaths:
            try:
                world.run(calls)
            except Died:
                world.clock.advance(5 * MINUTE)
        for _ in range(4):
            assert world.run() == []
            world.clock.advance(5 * MINUTE)
        is_told(world, told)


@pytest.mark.parametrize(("begin", "told"), STORIES)
def test_storage_that_fails_after_any_write_is_survived(
    begin: Callable[[], PollWorld], told: dict[str, str]
) -> None:
    """The run says so, and the next one goes on."""
    for writes in range(12):
        world = begin()
        world.table.down_after = world.table._writes + writes  # noqa: SLF001 - our own stand-in
        world.run()
        world.table.down_after = None
        world.clock.advance(5 * MINUTE)
        for _ in range(4):
            assert world.run() == []
            world.clock.advance(5 * MINUTE)
        is_told(world, told)


def test_queue_that_is_down_loses_nothing() -> None:
    """What was to be told is told by the next run, as it was written down."""
    world = first_round()
    world.queue.down = Retryable("Queue storage is busy")
    ((_, trouble),) = world.run()
    assert isinstance(trouble, Failure)
    world.queue.down = None
    world.clock.advance(HOUR)
    for _ in range(3):
        world.run()
    is_told(world, dict.fromkeys("abcde", "compliant"))


def test_device_that_changes_after_a_death_is_told_as_it_is_now() -> None:
    """Under another id, and later than what may have been told before."""
    for calls in range(1, calls_in(world_of_one)):
        world = world_of_one()
        with pytest.raises(Died):
            world.run(calls)
        world.clock.advance(5 * MINUTE)
        world.listing.show(heard("a", Posture.NONCOMPLIANT, occurred_at=None))
        world.run()
        last = world.queue.reports[-1]
        assert last.posture is Posture.NONCOMPLIANT
        for report in world.queue.reports[:-1]:
            assert report.report_id != last.report_id
            assert report.occurred_at < last.occurred_at


def world_of_one() -> PollWorld:
    """Return a sender with one device, of which nobody knows when it reported."""
    world = PollWorld()
    world.listing.show(heard("a", occurred_at=None))
    return world
