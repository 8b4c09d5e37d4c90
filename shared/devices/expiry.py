"""The stages a certificate passes on its way to expiry."""

from datetime import datetime, timedelta

STAGES = tuple(timedelta(days=days) for days in (90, 60, 30, 14, 7, 3, 1, 0))


def stage(expires_at: datetime, now: datetime) -> timedelta | None:
    """
    Return the last stage passed, or None while all are ahead; zero is expired.

    Compare it with the stage last announced, never with a day count: a timer that
    misses Tuesday must still speak on Wednesday.
    """
    passed = [stage for stage in STAGES if expires_at - now <= stage]
    return min(passed, default=None)
