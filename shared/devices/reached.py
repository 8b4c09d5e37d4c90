"""Whether something already stands as it is ordered to."""

from collections.abc import Mapping

from shared.devices import policy
from shared.devices.tenant_change import (
    AssignPolicy,
    Image,
    PlanStale,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    RemoveStale,
    RotateCertificate,
    SetDefaultAccess,
    TenantChange,
)


def is_reached(change: TenantChange, standing: Image | None) -> bool:
    """Whether *standing*, the image of what is to change, is what the change asks for."""
    match change:
        case RemovePolicy() | RemoveAccessRule():
            return standing is None
        case PutAccessRule() | SetDefaultAccess():
            return standing is not None and standing.get("level") == change.level
        case AssignPolicy(policy=None):
            return standing is not None and standing.get("is_inherited") is True
        case AssignPolicy():
            return standing is not None and _is_under(str(change.policy), standing)
        case PutPolicy():
            return standing is not None and _has(standing.get("settings"), change)
        case RotateCertificate() | PlanStale() | RemoveStale():
            return False


def _is_under(name: str, standing: Image) -> bool:
    is_named = str(standing.get("policy")).casefold() == name.casefold()
    return is_named and not standing.get("is_inherited")


def _has(settings: object, change: PutPolicy) -> bool:
    """Whether a policy's kept settings have all that is ordered; too long ones were not kept."""
    if not isinstance(settings, Mapping):
        return False
    return not policy.difference(policy.check(change.settings), policy.read(settings))
