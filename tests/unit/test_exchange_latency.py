"""What counts as a slow answer."""

from shared.exchange.latency import Latency

READ, WRITE = ("Get-X",), ("Set-X",)


def known(seconds: float, times: int = 1) -> Latency:
    """Return what has seen reads take so long."""
    latency = Latency()
    for _ in range(times):
        latency.is_slow(READ, seconds)
    return latency


def test_the_first_answer_is_as_it_should_be() -> None:
    """There is nothing to compare it with."""
    assert not Latency().is_slow(READ, 50.0)


def test_slow_is_what_takes_three_times_as_long_as_usual() -> None:
    """Up to there it is chance."""
    assert not known(1.0).is_slow(READ, 2.9)
    assert known(1.0).is_slow(READ, 3.1)


def test_nothing_is_slow_within_two_seconds() -> None:
    """However quick it usually is."""
    assert not known(0.01).is_slow(READ, 2.0)
    assert known(0.01).is_slow(READ, 2.1)


def test_each_kind_of_request_has_its_own_usual() -> None:
    """A batch of ten takes longer than one of its calls."""
    latency = known(0.1)
    for other in (WRITE, READ * 10, READ + WRITE):
        assert not latency.is_slow(other, 5.0)


def test_slowness_that_lasts_becomes_the_usual() -> None:
    """But one slow answer does not."""
    latency = known(1.0)
    assert latency.is_slow(READ, 5.0)
    assert latency.is_slow(READ, 5.0)
    for _ in range(20):
        latency.is_slow(READ, 5.0)
    assert not latency.is_slow(READ, 5.0)
