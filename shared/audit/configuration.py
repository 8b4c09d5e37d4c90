"""The settings that decide what this app may do, flat, and what has changed in them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from shared.audit.record import ITSELF, Entry, Kind, fitted

Flat = dict[str, object]  # a setting's path, such as limits.writes, and its value


def flat(value: object, under: str = "") -> Flat:
    """Return what is nested as paths; lists stay, and numbers with a fraction become text."""
    plain = msgspec.to_builtins(value)
    if isinstance(plain, dict):
        found: Flat = {}
        for name, each in plain.items():
            found |= flat(each, f"{under}.{name}" if under else str(name))
        return found
    if isinstance(plain, float):
        plain = int(plain) if plain.is_integer() else repr(plain)
    return {under: plain}


def changed(before: Mapping[str, object], now: Mapping[str, object]) -> dict[str, object]:
    """Return old and new value of each setting that is not as it was; null: there is none."""
    names = sorted({*before, *now})
    return {
        name: {"before": before.get(name), "now": now.get(name)}
        for name in names
        if before.get(name) != now.get(name)
    }


def change(
    tenant_id: str, before: Mapping[str, object], now: Mapping[str, object], at: datetime
) -> Entry | None:
    """Return what is recorded of the settings; nothing, if they are as they were."""
    found = changed(before, now)
    if not found:
        return None
    facts = {"changed": fitted(found), "first": not before}
    return Entry(tenant_id=tenant_id, at=at, kind=Kind.CONFIGURATION, actor=ITSELF, facts=facts)
