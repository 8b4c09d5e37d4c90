"""
When an alert that could not be delivered is sent again.

The steps are those that Standard Webhooks 1.0 proposes, as far as three days reach.
"""

from datetime import timedelta

PATIENCE = timedelta(hours=72)
STEPS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


def next_attempt(waited: timedelta, asked: timedelta | None = None) -> timedelta | None:
    """
    Return how long to wait after an attempt that failed so long after the first; None: give up.

    *asked* is what the receiver asks for at least.
    """
    at = timedelta()
    for step in STEPS:
        at += step
        if at > waited:
            break
    after = max(at - waited, asked or timedelta())
    return after if at > waited and waited + after <= PATIENCE else None
