"""The change that takes another one back, from how its target stood before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shared.devices import certificate_undo, tenant_change
from shared.devices.budget_raise import RaiseBudget
from shared.devices.certificate_change import CertificateChange
from shared.devices.model import AccessLevel
from shared.devices.offboard_order import OffboardDevice, OffboardUser
from shared.devices.tenant_change import (
    Altered,
    AssignPolicy,
    ExchangeChange,
    Image,
    LongChange,
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
from shared.errors import Conflict, Rejected

LET_IN_AGAIN = (
    "what was erased is gone; to let the person in again order allow for the device, and enable "
    "the account's sign-in if it was disabled"
)
NEVER: dict[type[TenantChange], str] = {
    RotateCertificate: "the old key is taken off the registration: rotate again",
    PlanStale: "it changed nothing",
    RemoveStale: "the partnerships are gone: the devices must sync again by themselves",
    OffboardDevice: LET_IN_AGAIN,
    OffboardUser: LET_IN_AGAIN,
}
ABSENT_IN_A_NEW_ONE = frozenset({"Name", "IsDefault"})  # of settings: the order says them itself


def inverse(change: TenantChange, altered: Altered | None) -> TenantChange:
    """Return it; Conflict says why there is none."""
    if type(change) in NEVER:
        raise Conflict(NEVER[type(change)])
    if altered is None or is_same(altered.before, altered.after):
        raise Conflict("nothing was done")
    if isinstance(change, CertificateChange):
        wanted: TenantChange = certificate_undo.inverse(change, altered.before)
    elif isinstance(change, RaiseBudget):
        wanted = _lowered(change, altered.before or {})
    else:
        wanted = _wanted(change, altered.before, altered.after)
    try:
        tenant_change.check(wanted)
    except Rejected as refusal:
        raise Conflict(f"what stood before cannot be ordered: {refusal}") from refusal
    return wanted


def is_same(one: Image | None, other: Image | None) -> bool:
    """Whether two images show the same; one may come fresh from Exchange, one from storage."""
    return _written(one) == _written(other)


def _wanted(
    change: ExchangeChange | LongChange, before: Image | None, after: Image | None
) -> TenantChange:
    match change:
        case AssignPolicy():
            return _assigned(change.mailbox, before or {})
        case PutPolicy() if before is None:
            return RemovePolicy(policy=change.policy)
        case PutPolicy():
            return PutPolicy(policy=change.policy, settings=_differing(before or {}, after or {}))
        case RemovePolicy():
            return PutPolicy(policy=change.policy, settings=_whole(before or {}))
        case PutAccessRule() | RemoveAccessRule():
            return _rule(change, before)
        case SetDefaultAccess():
            return SetDefaultAccess(level=_level(before or {}))
        case _:
            raise AssertionError("it has no inverse")


def _assigned(mailbox: str, before: Image) -> AssignPolicy:
    if before.get("is_inherited"):
        return AssignPolicy(mailbox=mailbox, policy=None)
    if not before.get("policy"):
        raise Conflict("Exchange did not show which policy the mailbox was under")
    return AssignPolicy(mailbox=mailbox, policy=str(before["policy"]))


def _rule(change: PutAccessRule | RemoveAccessRule, before: Image | None) -> TenantChange:
    about, query = change.characteristic, change.query
    if before is None:
        return RemoveAccessRule(characteristic=about, query=query)
    return PutAccessRule(characteristic=about, query=query, level=_level(before))


def _differing(before: Image, after: Image) -> dict[str, Any]:
    """Return the settings that were changed, as they were."""
    old, new = _settings(before), _settings(after)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if "IsDefault" in names:
        raise Conflict("it made the policy the default: make another one the default instead")
    return {name: old.get(name) for name in names}


def _whole(before: Image) -> dict[str, Any]:
    """Return all settings that the policy had, for one of its name to be made anew."""
    return {
        name: value
        for name, value in _settings(before).items()
        if value is not None and name not in ABSENT_IN_A_NEW_ONE
    }


def _settings(image: Image) -> Mapping[str, Any]:
    settings = image.get("settings")
    if not isinstance(settings, Mapping):
        raise Conflict("the policy was too long to be kept as it stood")
    return settings


def _lowered(change: RaiseBudget, before: Image) -> RaiseBudget:
    """Return what was allowed before; a budget that is raised to its setting is not raised."""
    until = before.get("until")
    return RaiseBudget(
        budget=change.budget,
        to=int(before.get("an_hour", 0)),
        until=datetime.fromisoformat(until) if until else change.until,
    )


def _level(image: Image) -> AccessLevel:
    return AccessLevel(str(image.get("level")))


def _written(image: Image | None) -> bytes:
    return msgspec.json.encode(image, order="sorted")
