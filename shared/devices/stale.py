"""Which partnerships to remove because nobody uses them any more, and which never to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import msgspec

from shared.devices.groups import Group, Seen, is_known, name_of
from shared.devices.model import WipeState
from shared.errors import Conflict, Rejected

PERIODS = tuple(timedelta(days=days) for days in (30, 60, 90, 180))


class ListEntries(StrEnum):
    """What becomes of a removed device's id on its mailbox's lists."""

    KEEP = "keep"
    DROP = "drop"  # off the blocked list too: the device may come back


class Keeping(StrEnum):
    """Why a partnership stays; the first that holds, in this order."""

    OWNER_UNKNOWN = "owner_unknown"  # whether it is protected cannot be told
    STATISTICS_UNKNOWN = "statistics_unknown"
    WIPE_PENDING = "wipe_pending"  # without its partnership it would not be told to wipe
    NEVER_SYNCED = "never_synced"  # since when it is idle cannot be told
    IN_USE = "in_use"
    PROTECTED_MAILBOX = "protected_mailbox"
    PROTECTED_DEVICE = "protected_device"
    PROTECTED_MODEL = "protected_model"
    PROTECTED_CLIENT = "protected_client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """What is never removed; letter case does not count."""

    mailboxes: frozenset[str] = frozenset()  # by address, UPN or guid
    device_ids: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    client_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePolicy:
    """What counts as no longer used, and what to do about it."""

    after: timedelta  # without a sync; one of PERIODS
    protected: Protected = Protected()
    list_entries: ListEntries = ListEntries.KEEP

    def __post_init__(self) -> None:
        if self.after not in PERIODS:
            known = ", ".join(str(period.days) for period in PERIODS)
            raise Rejected(f"devices can be stale after {known} days, not {self.after}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One partnership to remove, and which of its mailbox's lists its id comes off."""

    mailbox_guid: str
    guid: str
    device_id: str
    off_allowed: bool
    off_blocked: bool
    mailbox: str  # this and what follows is for people to read
    model: str
    last_sync_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that would be removed, and how many stay for which reason."""

    removals: tuple[Removal, ...]  # in one order, however the devices came
    kept: Mapping[Keeping, int]

    @property
    def plan_hash(self) -> str:
        """What tells this plan from any that does something else; in hexadecimal."""
        return sha256(msgspec.msgpack.encode([_deed(each) for each in self.removals])).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """How many devices there are, are removed, leave a list, and stay for which reason."""
        return {
            "devices": len(self.removals) + sum(self.kept.values()),
            "removals": len(self.removals),
            "off_allowed": sum(each.off_allowed for each in self.removals),
            "off_blocked": sum(each.off_blocked for each in self.removals),
            **{f"kept_{keeping}": self.kept.get(keeping, 0) for keeping in Keeping},
        }


def plan(
    groups: Iterable[Group],
    policy: StalePolicy,
    *,
    statistics: Callable[[str], WipeState | None],
    now: datetime,
) -> Plan:
    """Return what to remove; *statistics* are by the device's guid, None where not known."""
    shield = _Shield(policy.protected)
    removals: list[Removal] = []
    kept: Counter[Keeping] = Counter()
    for group in groups:
        idle: dict[str, datetime] = {}  # by guid: when it last synced
        for seen in group.seen():
            found = _keeping(seen, statistics(seen.device.guid), idle_since=now - policy.after)
            found = found if isinstance(found, Keeping) else shield.covers(seen) or found
            if isinstance(found, Keeping):
                kept[found] += 1
            else:
                idle[seen.device.guid] = found
        removals.extend(_removals(group, idle, policy.list_entries))
    return Plan(removals=tuple(sorted(removals, key=_deed)), kept=dict(kept))


def require(proposed: Plan, plan_hash: str) -> None:
    """Raise Conflict unless the plan does exactly what the one with this hash does."""
    if proposed.plan_hash != plan_hash:
        raise Conflict(
            "the devices to remove are no longer those that were shown: look at the plan again, "
            "and confirm its plan_hash"
        )


class _Shield:
    """What is protected, as it is compared."""

    def __init__(self, protected: Protected) -> None:
        named = (_folded(names) for names in astuple(protected))
        self._mailboxes, self._device_ids, self._models, self._client_types = named

    def covers(self, seen: Seen) -> Keeping | None:
        """Return why the device is never removed, if it is protected."""
        mailbox, device = seen.mailbox, seen.device
        if self._mailboxes & _folded((mailbox.address, mailbox.upn, mailbox.guid)):
            return Keeping.PROTECTED_MAILBOX
        if self._device_ids & _folded((device.device_id,)):
            return Keeping.PROTECTED_DEVICE
        if self._models & _folded((device.model,)):
            return Keeping.PROTECTED_MODEL
        if self._client_types & _folded((device.client_type,)):
            return Keeping.PROTECTED_CLIENT
        return None


def _keeping(seen: Seen, state: WipeState | None, *, idle_since: datetime) -> Keeping | datetime:
    """Return why the device stays whatever is protected, or else when it last synced."""
    if not is_known(seen.mailbox):
        return Keeping.OWNER_UNKNOWN
    if state is None:
        return Keeping.STATISTICS_UNKNOWN
    if state.device.is_pending or state.account.is_pending:
        return Keeping.WIPE_PENDING
    if state.last_sync_at is None:
        return Keeping.NEVER_SYNCED
    return state.last_sync_at if state.last_sync_at <= idle_since else Keeping.IN_USE


def _removals(
    group: Group, idle: Mapping[str, datetime], list_entries: ListEntries
) -> Iterator[Removal]:
    # Two clients on one device can have one DeviceID: the one that stays needs the list entry.
    staying = _folded(each.device_id for each in group.devices if each.guid not in idle)
    for seen in group.seen():
        device = seen.device
        if device.guid not in idle:
            continue
        is_needed = device.device_id.strip().casefold() in staying
        is_dropped = list_entries is ListEntries.DROP and not is_needed
        yield Removal(
            mailbox_guid=seen.mailbox.guid,
            guid=device.guid,
            device_id=device.device_id,
            off_allowed=is_dropped and seen.on_allowed_list,
            off_blocked=is_dropped and seen.on_blocked_list,
            mailbox=name_of(seen.mailbox),
            model=device.model,
            last_sync_at=idle[device.guid],
        )


def _deed(removal: Removal) -> tuple[str, str, str, bool, bool]:
    """Return exactly what is done, without what only tells people more about it."""
    return (
        removal.mailbox_guid,
        removal.guid,
        removal.device_id,
        removal.off_allowed,
        removal.off_blocked,
    )


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names) - {""}
