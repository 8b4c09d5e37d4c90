"""When an alert is sent again, and when that ends."""

from datetime import timedelta

import pytest

from shared.alerts.schedule import PATIENCE, STEPS, next_attempt

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def attempts(spread: float) -> list[timedelta]:
    """Return when attempts that all fail are made, each later than due by a share of its wait."""
    made = [timedelta()]
    while (after := next_attempt(made[-1])) is not None:
        made.append(made[-1] + after * spread)
    return made


def test_the_steps_are_those_of_the_specification() -> None:
    assert attempts(1.0) == [
        timedelta(),
        5 * SECOND,
        5 * MINUTE + 5 * SECOND,
        35 * MINUTE + 5 * SECOND,
        2 * HOUR + 35 * MINUTE + 5 * SECOND,
        7 * HOUR + 35 * MINUTE + 5 * SECOND,
        17 * HOUR + 35 * MINUTE + 5 * SECOND,
        31 * HOUR + 35 * MINUTE + 5 * SECOND,
        51 * HOUR + 35 * MINUTE + 5 * SECOND,
    ]


@pytest.mark.parametrize("spread", [1.0, 1.1, 1.2])
def test_messages_that_come_late_miss_no_step_and_end_in_time(spread: float) -> None:
    """The queue spreads what failed together."""
    made = attempts(spread)
    assert len(made) == len(STEPS)
    assert made[-1] <= PATIENCE


def test_a_receiver_that_asks_for_more_time_gets_it_while_there_is_some() -> None:
    assert next_attempt(timedelta(), 2 * MINUTE) == 2 * MINUTE
    assert next_attempt(6 * SECOND, 2 * SECOND) == 5 * MINUTE - SECOND
    assert next_attempt(60 * HOUR) is None
    assert next_attempt(50 * HOUR, 23 * HOUR) is None
