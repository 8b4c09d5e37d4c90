"""Why a device has the access it has."""

from shared.devices.access import ConditionalAccess
from shared.devices.explanation import Explanation, explain
from shared.flows.ports import AccessFacts, Clock, Exchange


def of(guid: str, *, exchange: Exchange, facts: AccessFacts, clock: Clock) -> Explanation:
    """Explain one partnership's access, from what Exchange says now."""
    case = facts.case(
        guid,
        policy=exchange.access_policy(),
        conditional_access=ConditionalAccess.UNKNOWN,  # until policies are read from the directory
        now=clock(),
    )
    return explain(case)
