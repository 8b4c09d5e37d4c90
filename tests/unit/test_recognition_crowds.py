"""Two workers at once on reports about one device: the newer report stands, nothing is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from shared.devices.operation import State
from shared.devices.subject import Report
from shared.errors import Retryable
from tests.unit.recognition_world import (
    FIRST,
    NAMED,
    TWO_ALIKE,
    RecognitionWorld,
    a_newer_report,
    a_report,
)
from tests.unit.world import Life

OLD, NEW = a_report(), a_newer_report()
OLD_CERTAIN, NEW_CERTAIN = a_report(subject=NAMED), a_newer_report(subject=NAMED)
OLDEST = a_report(report_id="55555555-0000-4000-8000-000000000005")


@dataclass
class Interlude(Life):
    """A life in which something happens after so many calls."""

    meanwhile: Callable[[], None]

    def spend(self) -> None:
        """Use up one call."""
        self.calls -= 1
        if self.calls == 0:
            self.meanwhile()


def begun(*before: Report) -> RecognitionWorld:
    """Return a world in which these reports were handled."""
    world = RecognitionWorld(TWO_ALIKE)
    for report in before:
        world.report(report)
    return world


Pair = tuple[Report, Report]
PAIRS: dict[str, Pair] = {
    "both ambiguous": (OLD, NEW),
    "the newer certain": (OLD, NEW_CERTAIN),
    "the older certain": (OLD_CERTAIN, NEW),
    "both certain": (OLD_CERTAIN, NEW_CERTAIN),
}


@pytest.mark.parametrize("is_older_first", [True, False])
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("before", [(), (OLDEST,)])
def test_of_two_reports_handled_at_once_the_newer_stands(
    name: str, before: tuple[Report, ...], *, is_older_first: bool
) -> None:
    """One comes and is handled while a worker is anywhere in the other, which is then repeated."""
    older, newer = PAIRS[name]
    ours, theirs = (older, newer) if is_older_first else (newer, older)
    for calls in range(1, 30):
        world = begun(*before)
        took = Interlude(calls, partial(world.deliver, theirs))
        try:
            world.report(ours, took)
        except Retryable:
            world.deliver(ours)
        if took.calls > 0:
            assert calls > 3
            return
        world.deliver()
        _stands(world, newer, calls)
        assert world.state(older) is State.DONE, calls
        for report in before:
            assert world.state(report) is State.DONE, calls
    raise AssertionError("the story does not come to an end")


def _stands(world: RecognitionWorld, newer: Report, calls: int) -> None:
    """Check that the newer report waits, or is passed on; and that nothing else waits."""
    is_held = newer is NEW
    assert world.state(newer) is (State.HELD if is_held else State.DONE), calls
    assert world.waits == ([newer.report_id] if is_held else []), calls
    passed_on = [each for each in world.signals if each.occurred_at == newer.occurred_at]
    assert len(passed_on) == (0 if is_held else 1), calls


def test_report_that_comes_while_an_older_one_is_linked_is_told_what_was_said() -> None:
    """Between any two calls of the linking: both are closed, the newer one is passed on."""
    for calls in (1, 2, 3):
        world = begun(OLD)
        took = Interlude(calls, partial(world.deliver, NEW))
        world.link(OLD, [FIRST], took)
        assert took.calls <= 0
        world.deliver()
        _is_told(world, calls)


def test_report_that_is_handled_while_an_older_one_is_linked_is_told_what_was_said() -> None:
    """Somebody speaks between any two calls of its handling, also when it has looked already."""
    for calls in range(1, 30):
        world = begun(OLD)
        seen = world.operation(OLD)  # by somebody who speaks when NEW may have closed it
        speak = partial(world.recognition().link, seen, [FIRST], said_by="helpdesk:jo")
        took = Interlude(calls, speak)
        try:
            world.report(NEW, took)
        except Retryable:
            world.deliver(NEW)
        if took.calls > 0:
            assert calls > 3
            return
        world.deliver()
        _is_told(world, calls)
    raise AssertionError("the story does not come to an end")


def _is_told(world: RecognitionWorld, calls: int) -> None:
    """Check that the newer report is passed on as was said, and that nothing waits."""
    assert (world.state(OLD), world.state(NEW)) == (State.DONE, State.DONE), calls
    assert world.operation(NEW).matched == (FIRST,), calls
    assert [each.posture for each in world.signals] == [NEW.posture], calls
    assert world.waits == [], calls
