"""What an operation waits for is written down once, however long it waits."""

from datetime import timedelta

import pytest

from shared.errors import Retryable
from tests.unit.builders import a_command, a_device
from tests.unit.stand_ins import raising
from tests.unit.world import World

BUSY = Retryable("Exchange is busy")


def notes(world: World) -> list[str]:
    """Return the lines of the record."""
    return [step.note for step in world.operation(a_command().command_id).history]


def failing(world: World, failure: Retryable) -> None:
    """Let an attempt fail."""
    world.clock.advance(timedelta(minutes=15))
    world.exchange.down = failure
    with pytest.raises(Retryable):
        world.order(a_command())
    world.exchange.down = None


def test_wait_for_one_thing_is_one_line() -> None:
    """A week of it must not crowd out what was decided, nor cost a write each time."""
    world = World([a_device()])
    failing(world, BUSY)
    before = dict(world.journal_table.rows)
    for _ in range(50):
        failing(world, BUSY)
    assert world.journal_table.rows == before
    assert notes(world) == ["ordered: left on a train", "Exchange is busy"]


def test_wait_for_something_else_is_another_line() -> None:
    """And so is the return of the first."""
    world = World([a_device()])
    for failure in (BUSY, BUSY, Retryable("the vault is busy"), BUSY):
        failing(world, failure)
    assert notes(world)[1:] == ["Exchange is busy", "the vault is busy", "Exchange is busy"]


def test_attempt_that_failed_for_the_same_reason_as_before_is_known_to_have_failed() -> None:
    """Else the next one would wait for it to take effect."""
    world = World([a_device()])
    for _ in range(3):
        world.exchange.before_apply = raising(BUSY)  # type: ignore[assignment]  # it never returns
        with pytest.raises(Retryable, match="Exchange is busy"):
            world.order(a_command())
        assert world.operation(a_command().command_id).attempted_at is None
    world.order(a_command())
    assert world.exchange.device.on_blocked_list
