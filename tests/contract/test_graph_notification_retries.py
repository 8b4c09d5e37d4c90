"""What is not accepted in time is sent again, and slow endpoints pay for it."""

from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from infra.local.simulators.graph import Pace
from tests.contract.graph_notifications_world import (
    ENDPOINT,
    Watched,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Watched:
    return Watched()


@pytest.mark.parametrize("status", [500, 503, 404, 400, 302, 429])
def test_what_is_not_accepted_is_sent_again_later(world: Watched, status: int) -> None:
    """After one minute, then two, then four."""
    world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    world.receiver.answers = [status, status]
    tried = []
    for _ in range(6):
        tried += [attempt.status for attempt in world.graph.notifications.deliver()]
        world.clock.now += MINUTE
    assert tried == [status, status, 202]
    sent = [attempt.at for attempt in world.graph.notifications.attempts]
    assert [later - earlier for earlier, later in pairwise(sent)] == [MINUTE, 2 * MINUTE]
    assert world.graph.notifications.waiting == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_kind_of_yes_is_enough(world: Watched, status: int) -> None:
    world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    world.receiver.answers = [status]

    assert [attempt.delivered for attempt in world.graph.notifications.deliver()] == [True]
    assert world.graph.notifications.waiting == []


def test_a_yes_that_comes_too_late_is_none(world: Watched) -> None:
    """So the receiver gets twice what it has taken."""
    world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    world.receiver.seconds = 3.1
    (late,) = world.graph.notifications.deliver()
    world.receiver.seconds = 3.0
    world.clock.now += MINUTE
    (again,) = world.graph.notifications.deliver()

    assert (late.status, late.seconds, late.delivered) == (0, 3.1, False)
    assert (again.status, again.delivered) == (202, True)
    assert again.body == late.body


@pytest.mark.parametrize(
    ("error", "seconds"), [(httpx.ReadTimeout, 3.0), (httpx.ConnectError, 0.0)]
)
def test_an_endpoint_that_is_silent_or_gone_is_tried_again(
    world: Watched, error: type[httpx.TransportError], seconds: float
) -> None:
    world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    world.receiver.answers = [error("ordered")]
    (attempt,) = world.graph.notifications.deliver()

    assert (attempt.status, attempt.seconds) == (0, seconds)
    assert len(world.graph.notifications.waiting) == 1


def test_after_four_hours_a_notification_is_given_up(world: Watched) -> None:
    world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    began = world.clock.now
    world.receiver.answers = [500] * 20
    while world.graph.notifications.waiting:
        world.clock.now = world.graph.notifications.waiting[0].due
        world.graph.notifications.deliver()

    assert world.clock.now - began == timedelta(hours=4)
    assert len(world.graph.notifications.attempts) == 9
    (lost,) = world.graph.notifications.lost
    assert lost.body["resourceData"]["id"] == world.adele.object_id


def test_the_first_retry_can_be_had_sooner(world: Watched) -> None:
    world.subscribe()
    world.graph.notifications.first_retry = timedelta(seconds=1)
    world.graph.users.disable(world.adele.object_id)
    world.receiver.answers = [500]
    world.graph.notifications.deliver()
    world.clock.now += timedelta(seconds=1)

    assert len(world.told()) == 1


def test_a_slow_endpoint_is_told_with_a_delay(world: Watched) -> None:
    """More than a tenth of its answers in ten minutes took more than 2.9 seconds."""
    world.subscribe()
    _answers(world, slow=1, of=10)
    assert world.graph.notifications.pace(ENDPOINT) is Pace.NORMAL
    _answers(world, slow=1, of=4)
    assert world.graph.notifications.pace(ENDPOINT) is Pace.SLOW

    world.graph.users.disable(world.adele.object_id)
    assert world.told() == []
    world.clock.now += timedelta(seconds=10)
    assert len(world.told()) == 1


def test_a_very_slow_endpoint_is_not_told_until_that_is_forgotten(world: Watched) -> None:
    world.subscribe()
    _answers(world, slow=2, of=10)
    assert world.graph.notifications.pace(ENDPOINT) is Pace.DROPPING
    world.graph.users.disable(world.adele.object_id)
    assert world.told() == []
    assert len(world.graph.notifications.lost) == 1

    world.clock.now += timedelta(minutes=10)
    world.graph.users.enable(world.adele.object_id)
    assert len(world.told()) == 1


def test_an_endpoint_is_not_judged_by_fewer_answers_than_the_owner_says(world: Watched) -> None:
    world.subscribe()
    _answers(world, slow=1, of=9)
    assert world.graph.notifications.pace(ENDPOINT) is Pace.NORMAL
    world.graph.notifications.endpoints.least = 9
    assert world.graph.notifications.pace(ENDPOINT) is Pace.SLOW


def _answers(world: Watched, *, slow: int, of: int) -> None:
    """Have as many notifications answered, the slow ones last."""
    for number in range(of):
        world.graph.users.update(world.adele.object_id, jobTitle=f"{number}")
        world.receiver.seconds = 2.95 if number >= of - slow else 2.9
        assert len(world.told()) == 1
    world.receiver.seconds = 0.0
