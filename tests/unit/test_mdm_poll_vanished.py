"""A device that a polled MDM lists no more is retired: not at once, and not with all others."""

from dataclasses import replace

import pytest

from shared.devices.model import Posture
from shared.errors import Misconfigured, Retryable
from tests.unit.poll_world import MINUTE, PollWorld, heard, rounds

C, R = "compliant", "retired"


@pytest.fixture
def world() -> PollWorld:
    """Return a sender with five devices, two to a page."""
    world = PollWorld()
    world.listing.show(*(heard(name) for name in "abcde"))
    return world


def test_vanished_device_is_retired_once_it_is_missing_in_two_whole_rounds(
    world: PollWorld,
) -> None:
    """As whom it was known; and then no more is said of it."""
    world.run()
    del world.listing.devices["c"]
    rounds(world, 1)
    assert len(world.told) == 5
    rounds(world, 1)
    assert world.told[5:] == [("c", R)]
    report = world.queue.reports[-1]
    assert report.subject == heard("c").subject
    assert report.occurred_at == world.clock()
    rounds(world, 3)
    assert len(world.told) == 6


def test_device_that_only_the_walk_has_missed_is_not_retired(world: PollWorld) -> None:
    """It is asked for by its name before; what it is then is heard."""
    world.run()
    world.listing.hidden["c"] = world.listing.devices.pop("c")
    rounds(world, 4)
    assert len(world.told) == 5
    world.listing.hidden["c"] = heard("c", Posture.NONCOMPLIANT)
    rounds(world, 4)
    assert world.told[5:] == [("c", "noncompliant")]


def test_device_that_comes_back_is_reported_again(world: PollWorld) -> None:
    """Just as it was, and after it had been retired."""
    world.run()
    gone = world.listing.devices.pop("c")
    rounds(world, 2)
    world.listing.show(gone)
    rounds(world, 1)
    found = [each for each in world.queue.reports if each.subject.mdm_id == "c"]
    assert [str(each.posture) for each in found] == [C, R, C]
    assert len({each.report_id for each in found}) == 3
    assert found[2].occurred_at > found[1].occurred_at


def test_device_that_is_missing_now_and_then_is_not_retired(world: PollWorld) -> None:
    """Also if it is only among those that have reported lately."""
    world.run()
    gone = world.listing.devices.pop("c")
    rounds(world, 1)
    world.listing.show(gone)
    rounds(world, 1)
    del world.listing.devices["c"]
    rounds(world, 1)
    world.listing.show(replace(gone, occurred_at=world.clock()))
    world.later(5 * MINUTE)
    del world.listing.devices["c"]
    rounds(world, 1)
    assert len(world.told) == 5


def test_retired_device_that_vanishes_is_not_news(world: PollWorld) -> None:
    """An administrator clears up, while another device may have its names."""
    world.listing.show(heard("c", Posture.RETIRED))
    world.run()
    del world.listing.devices["c"]
    rounds(world, 3)
    assert len(world.told) == 5


def test_round_that_fails_retires_nobody(world: PollWorld) -> None:
    """However often it does; once it comes to its end, it counts as one."""
    world.run()
    del world.listing.devices["c"]
    rounds(world, 1)
    world.listing.down = Retryable("x")
    for pages in (1, 2, 1):  # of changes, and of all devices: the list has three of these
        world.listing.down_after = len(world.listing.asked) + pages
        assert [name for name, _ in world.later()] == ["mdm"]
    assert len(world.told) == 5
    world.listing.down = None
    world.later()
    assert world.told[5:] == [("c", R)]


def test_list_that_has_lost_most_of_its_devices_is_not_believed(world: PollWorld) -> None:
    """An account that lost its rights sees nothing: that must not block a whole company."""
    world.listing.show(*(heard(f"x{number:02d}") for number in range(40)))
    world.pages = 100
    world.run()
    kept = dict(world.listing.devices)
    world.listing.devices.clear()
    rounds(world, 1)
    for _ in range(2):
        ((name, trouble),) = world.later()
        assert (name, type(trouble)) == ("mdm", Misconfigured)
        assert "45 of 45" in str(trouble)
    world.listing.devices = kept
    rounds(world, 2)
    assert len(world.told) == 45


def test_clearing_up_is_believed(world: PollWorld) -> None:
    """Devices that were retired before may vanish, all of them at once."""
    world.pages = 100
    names = [f"x{number:02d}" for number in range(40)]
    world.listing.show(*(heard(name, Posture.RETIRED) for name in names))
    world.run()
    for name in names:
        del world.listing.devices[name]
    rounds(world, 3)
    assert len(world.told) == 45


def test_half_of_a_large_list_may_vanish(world: PollWorld) -> None:
    """And ten of any list."""
    names = [f"x{number:02d}" for number in range(45)]
    world.listing.show(*map(heard, names))
    world.pages = 100
    world.run()
    for name in names[:25]:
        del world.listing.devices[name]
    rounds(world, 2)
    assert sorted(world.told[50:]) == [(name, R) for name in names[:25]]
