"""Queue messages that fail in front of our functions: they must not end unseen either."""

import json
from collections.abc import Iterator

import pytest

from infra.local.world import World
from tests.e2e.asking import Order, an_order, put_raw
from tests.e2e.looking import POISON, QUEUES, messages_on, until

AT_ONCE = {"AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00"}
PATIENCE = 10.0
NONSENSE: tuple[Order, ...] = (
    {"dequeueCount": "often"},
    {"insertionTime": "nonsense"},
    {"expirationTime": {"a": 1}},
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world whose host repeats a failed message at once, not half a minute later."""
    with World(embedded=True) as world:
        world.stop_host()
        world.settings |= AT_ONCE
        world.start_host()
        yield world


class Aftermath:
    """What has come of messages since it was made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = len(world.topic.events)
        self._left = messages_on(world, *QUEUES, *POISON)

    def is_abandonment_of(self, count: int) -> bool:
        """Whether so many operations were abandoned and announced, and their messages are gone."""
        kinds = [event["type"] for event in self._world.topic.events[self._events :]]
        left = messages_on(self._world, *QUEUES, *POISON) - self._left
        return (kinds, left) == (["easgate.operation.abandoned.v1"] * count, 0)


def test_nonsense_under_a_name_that_the_platform_reads_is_abandoned(world: World) -> None:
    aftermath = Aftermath(world)

    for queue in QUEUES:
        for nonsense in NONSENSE:
            world.put(queue, json.dumps(an_order(world.phone, "block") | nonsense))

    until(lambda: aftermath.is_abandonment_of(6), "six messages are abandoned", seconds=PATIENCE)


def test_a_message_that_is_not_base64_is_abandoned(world: World) -> None:
    aftermath = Aftermath(world)

    for queue in QUEUES:
        put_raw(world, queue, f"{queue}: neither base64 nor JSON")

    until(lambda: aftermath.is_abandonment_of(2), "two messages are abandoned", seconds=PATIENCE)


def test_a_message_that_is_nested_too_deeply_is_abandoned(world: World) -> None:
    aftermath = Aftermath(world)

    for queue in QUEUES:
        world.put(queue, f"{'[' * 9000}{queue}")

    until(lambda: aftermath.is_abandonment_of(2), "two messages are abandoned", seconds=PATIENCE)
