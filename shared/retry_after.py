"""The Retry-After header, in seconds as Microsoft's services send it."""

import math
from collections.abc import Mapping
from datetime import timedelta

LONGEST = timedelta(hours=24).total_seconds()


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long to wait; None if the header is absent or says nothing usable."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return timedelta(seconds=min(max(seconds, 0), LONGEST)) if math.isfinite(seconds) else None
