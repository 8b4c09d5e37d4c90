"""What has changed in the settings that decide over all devices, and whether we did it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from shared.devices.listed import AccessSettings
from shared.devices.model import AccessRule
from shared.devices.operation import Operation
from shared.devices.tenant_change import (
    Image,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    SetDefaultAccess,
    TenantChange,
    target,
)

LAG = timedelta(minutes=15)  # in which a change of ours may not have shown yet


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The settings as they were seen last."""

    settings: AccessSettings
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """One thing that is not as it was; None where there was, or is, no such thing."""

    target: str  # as an order about it names it
    says: str
    before: Image | None
    after: Image | None
    seen_before: datetime  # when it was seen as it was


def changes(seen: Seen, after: AccessSettings) -> Iterator[SettingsChange]:
    """Yield what is not as it was, in a fixed order."""
    before = seen.settings
    if before.fingerprint != after.fingerprint:
        yield from _of_default(before, after, seen.at)
        yield from _of_rules(_rules(before), _rules(after), seen.at)
        yield from _of_policies(before, after, seen.at)


def is_ours(change: SettingsChange, newest: Operation | None) -> bool:
    """Whether the newest order about it was carried out since, and wanted what is there now."""
    if newest is None or newest.change is None:
        return False
    made_at = newest.acted_at or newest.attempted_at
    if made_at is None or made_at < change.seen_before - LAG:
        return False
    return target(newest.change) == change.target and _wants(newest.change, change)


def _wants(ordered: TenantChange, change: SettingsChange) -> bool:
    match ordered:
        case PutAccessRule() | SetDefaultAccess():
            return change.after == {"level": ordered.level}
        case PutPolicy():
            return change.after is not None
        case RemoveAccessRule() | RemovePolicy():
            return change.after is None
        case _:
            return False


def _of_default(
    before: AccessSettings, after: AccessSettings, seen: datetime
) -> Iterator[SettingsChange]:
    if before.default is not after.default:
        yield SettingsChange(
            target="default access level",
            says=f"the default access level was {before.default}, and is {after.default}",
            before={"level": before.default},
            after={"level": after.default},
            seen_before=seen,
        )


def _of_rules(
    before: dict[str, AccessRule], after: dict[str, AccessRule], seen: datetime
) -> Iterator[SettingsChange]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if (old and old.level) != (new and new.level):
            yield SettingsChange(
                target=name,
                says=f"{name} {_level(old, 'said')}, and {_level(new, 'says')}",
                before={"level": old.level} if old else None,
                after={"level": new.level} if new else None,
                seen_before=seen,
            )


def _of_policies(
    before: AccessSettings, after: AccessSettings, seen: datetime
) -> Iterator[SettingsChange]:
    for name in sorted({*before.policies} ^ {*after.policies}):
        is_new = name in after.policies
        yield SettingsChange(
            target=f"policy {name.lower()}",
            says=f"policy {name} is {'new' if is_new else 'gone'}",
            before=None if is_new else {"name": name},
            after={"name": name} if is_new else None,
            seen_before=seen,
        )


def _rules(settings: AccessSettings) -> dict[str, AccessRule]:
    return {f"rule {rule.characteristic}={rule.query}": rule for rule in settings.rules}


def _level(rule: AccessRule | None, says: str) -> str:
    return f"{says} {rule.level}" if rule else f"{says} nothing"
