"""Whether something already stands as it is ordered to."""

from collections.abc import Mapping

from shared.devices import certificate_images, policy
from shared.devices.budget_raise import RaiseBudget
from shared.devices.certificate_change import CertificateChange
from shared.devices.tenant_change import (
    AssignPolicy,
    ExchangeChange,
    Image,
    LongChange,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    SetDefaultAccess,
    TenantChange,
)


def is_reached(change: TenantChange, standing: Image | None) -> bool:
    """Whether *standing*, the image of what is to change, is what the change asks for."""
    if isinstance(change, CertificateChange):
        return certificate_images.is_reached(change, standing)
    return _is_so(change, standing)


def _is_so(change: ExchangeChange | LongChange, standing: Image | None) -> bool:
    match change:
        case RemovePolicy() | RemoveAccessRule():
            return standing is None
        case PutAccessRule() | SetDefaultAccess():
            return (standing or {}).get("level") == change.level
        case AssignPolicy():
            return standing is not None and _is_under(change.policy, standing)
        case PutPolicy():
            return standing is not None and _has(standing.get("settings"), change)
        case RaiseBudget():
            return standing == {"an_hour": change.to, "until": change.until.isoformat()}
        case _:
            return False


def _is_under(name: str | None, standing: Image) -> bool:
    if name is None:
        return standing.get("is_inherited") is True
    is_named = str(standing.get("policy")).casefold() == name.casefold()
    return is_named and not standing.get("is_inherited")


def _has(settings: object, change: PutPolicy) -> bool:
    """Whether a policy's kept settings have all that is ordered; too long ones were not kept."""
    if not isinstance(settings, Mapping):
        return False
    return not policy.difference(policy.check(change.settings), policy.read(settings))
