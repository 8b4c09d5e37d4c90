"""What was asked, and with what outcome."""

from collections.abc import Mapping
from dataclasses import dataclass

LOST = 0  # the status of an answer that never reached the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One request that was answered, or was meant to be."""

    name: str  # of the call, as in the table of routes; empty for a path that means nothing
    method: str
    path: str
    query: Mapping[str, str]
    status: int
