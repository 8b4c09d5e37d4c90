"""What one run of the polling takes on, and how the senders share it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.devices.model import Signal
from shared.devices.polling import Extent
from shared.devices.subject import Report
from shared.errors import Misconfigured, Rejected, Retryable
from shared.records.polled import Polled
from tests.unit.builders import NOW
from tests.unit.poll_world import MINUTE, FakeListing, PollWorld, a_sender, heard, rounds
from tests.unit.stand_ins import FakeClock, FakeQueue

C, R = "compliant", "retired"


@pytest.fixture
def world() -> PollWorld:
    """Return a sender with five devices, two to a page."""
    world = PollWorld()
    world.listing.show(*(heard(name) for name in "abcde"))
    return world


def test_one_run_takes_so_many_pages_and_the_next_goes_on(world: PollWorld) -> None:
    """A function lives for ten minutes; the round is one, over several runs."""
    world.pages = 1
    world.run()
    assert world.told == [("a", C), ("b", C)]
    world.later(5 * MINUTE)
    world.later(5 * MINUTE)
    assert [name for name, _ in world.told] == list("abcde")
    del world.listing.devices["a"]
    world.later()
    assert [place for since, place in world.listing.asked if since is None][-1] == ""


def test_time_ends_a_run_before_the_pages_do(world: PollWorld) -> None:
    """Six minutes for all senders: half a sender's share is for changes."""
    world.listing.takes = 2 * MINUTE
    world.run()
    # One page of changes, and of all devices as many as begin within the rest.
    assert len(world.listing.asked) == 3
    assert world.clock() - NOW == 6 * MINUTE


def test_each_run_takes_a_page_however_slow(world: PollWorld) -> None:
    """Or a list would never come to its end."""
    world.listing.takes = 10 * MINUTE
    world.run()
    assert len(world.listing.asked) == 2


def test_retiring_many_goes_on_in_the_next_run() -> None:
    """Twenty at a time, until time is up; each is retired once."""
    world = PollWorld(pages=1000)
    world.listing.size = 100
    names = [f"x{number:03d}" for number in range(500)]
    world.listing.show(*map(heard, names))
    world.run()
    for name in names[:50]:
        del world.listing.devices[name]
    rounds(world, 1)
    world.queue = SlowQueue(world.clock)
    retired = []
    for _ in range(5):
        world.later()
        retired.append(len(world.told))
    assert retired == [20, 40, 50, 50, 50]
    assert sorted(world.told) == [(name, R) for name in names[:50]]


class SlowQueue(FakeQueue):
    """Takes its time over a message."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Take them, in a while."""
        super().put_words(words)
        self.clock.advance(6 * MINUTE if words else timedelta())


def test_failure_of_one_sender_does_not_stop_the_others(world: PollWorld) -> None:
    """Each is told by its name."""
    broken = FakeListing(world.clock, down=Misconfigured("wrong password"))
    refused = FakeListing(world.clock, down=Rejected("no"))
    world.senders = [
        a_sender("broken", broken),
        a_sender("refused", refused),
        a_sender("mdm", world.listing),
    ]
    assert [(name, str(each)) for name, each in world.run()] == [
        ("broken", "wrong password"),
        ("refused", "no"),
    ]
    assert len(world.told) == 5


def test_senders_share_the_time(world: PollWorld) -> None:
    """The first does not take it all."""
    slow = FakeListing(world.clock, takes=MINUTE)
    slow.show(*(heard(f"s{number:02d}") for number in range(40)))
    world.senders = [a_sender("slow", slow), a_sender("mdm", world.listing)]
    world.run()
    assert len(slow.asked) <= 4
    assert ("e", C) in world.told


def test_two_senders_may_call_different_devices_the_same(world: PollWorld) -> None:
    """What is known of one says nothing of the other."""
    other = FakeListing(world.clock)
    other.show(heard("a"))
    world.senders.append(a_sender("other", other))
    world.run()
    reports = [each for each in world.queue.reports if each.subject.mdm_id == "a"]
    assert [each.sender for each in reports] == ["mdm", "other"]
    assert len({each.report_id for each in reports}) == 2


def test_two_workers_at_once_do_not_lose_the_place(world: PollWorld) -> None:
    """The slower one gives way."""
    polled = Polled(world.table)
    first = polled.progress("mdm", Extent.WHOLE)
    world.run()
    with pytest.raises(Retryable):
        polled.save("mdm", Extent.WHOLE, first)
