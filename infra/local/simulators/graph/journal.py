"""What was asked of Graph, by whom, and with what outcome."""

from dataclasses import dataclass

LOST = 0  # the status of an answer that never reached the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request that was answered, or was meant to be."""

    name: str  # of the call, as in the table of routes; empty for a path that means nothing
    method: str
    path: str  # as sent, without the query
    principal_id: str  # empty until the caller has shown a token
    status: int
