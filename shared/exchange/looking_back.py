"""Looking back at a change: the server that is asked may not have seen it yet."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from shared.errors import Retryable

LOOKS_BACK = (timedelta(), timedelta(seconds=1), timedelta(seconds=3))  # the wait before each
NOT_YET_VISIBLE = timedelta(seconds=30)

T = TypeVar("T")
Sleep = Callable[[float], None]


def look_back(look: Callable[[], T], is_so: Callable[[T], bool], sleep: Sleep) -> T:
    """Look a few times until it is so; return what was seen last, be it so or not."""
    for wait in LOOKS_BACK:
        sleep(wait.total_seconds())
        seen = look()
        if is_so(seen):
            break
    return seen


def not_shown(what: str) -> Retryable:
    """Return the failure of a change that was taken, and is not to be seen."""
    return Retryable(
        f"Exchange took the change but does not show it yet: {what}", after=NOT_YET_VISIBLE
    )
