"""When throttling has lasted so long that somebody should hear of it."""

from shared.exchange.episode import CALM, SUSTAINED, Episode


def test_it_is_told_once_it_has_lasted_long_enough() -> None:
    """Not a second before, and not a second time."""
    episode = Episode()
    for now in range(0, int(SUSTAINED), 50):
        assert episode.noted(now, now) is None
    assert episode.noted(SUSTAINED - 1, SUSTAINED - 1) is None
    assert episode.noted(SUSTAINED, SUSTAINED) == SUSTAINED
    assert episode.noted(SUSTAINED + 1, SUSTAINED + 1) is None


def test_a_refusal_within_the_calm_goes_on_with_the_episode() -> None:
    """The calm begins when Exchange may be asked again."""
    episode = Episode()
    assert episode.noted(0, SUSTAINED - 1) is None
    assert episode.noted(SUSTAINED - 1 + CALM, SUSTAINED - 1 + CALM) == SUSTAINED - 1 + CALM


def test_after_the_calm_another_episode_begins() -> None:
    """Which is told by itself."""
    episode = Episode()
    assert episode.noted(0, SUSTAINED) == SUSTAINED
    later = SUSTAINED + CALM + 1
    assert episode.noted(later, later) is None
    assert episode.noted(later + 1, later + SUSTAINED) == SUSTAINED


def test_what_nobody_heard_is_told_again() -> None:
    """With the next refusal."""
    episode = Episode()
    assert episode.noted(0, SUSTAINED) == SUSTAINED
    episode.forget_telling()
    assert episode.noted(1, SUSTAINED) == SUSTAINED
