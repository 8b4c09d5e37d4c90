"""A change is looked back at a few times, and no longer than a worker may be kept."""

from datetime import timedelta

import pytest

from shared.exchange.looking_back import look_back, not_shown


@pytest.mark.parametrize(
    ("shown", "seen", "slept"), [([5], 5, [0]), ([1, 5], 5, [0, 1]), ([1, 2, 3, 5], 3, [0, 1, 3])]
)
def test_looks_end_when_it_is_so_or_patience_is_over(
    shown: list[int], seen: int, slept: list[float]
) -> None:
    """What was seen last is told in either case."""
    waits: list[float] = []
    looks = iter(shown)
    assert look_back(lambda: next(looks), lambda number: number == 5, waits.append) == seen
    assert waits == slept


def test_what_does_not_show_is_the_queues_to_wait_for() -> None:
    """It is named, and tried again when it may have come through."""
    failure = not_shown("the rule")
    assert "does not show it yet: the rule" in str(failure)
    assert failure.after == timedelta(seconds=30)
