"""
Reports on a tenant's devices and mailboxes, each made row by row while these stream past.

They show how ready a tenant is: for account-only wipes, for another default access level,
for an MDM that decides about every device.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.devices import settings_reports, wipe
from shared.devices.access import ConditionalAccess
from shared.devices.groups import Group, Seen, name_of
from shared.devices.inventory import MobileDevice
from shared.devices.model import AccessPolicy, AccessState, Action
from shared.devices.policy import Policy
from shared.devices.reports_csv import Cell
from shared.errors import Rejected

DEVICE_CAP = 100  # partnerships of one mailbox: Exchange's default, and not known to differ online
NEAR = 90  # percent of the cap
EAS = "EAS"

Rows = Iterator[tuple[Cell, ...]]


def first_sync(device: MobileDevice) -> datetime | None:
    """Return the earliest moment since which a device can be held."""
    return device.first_sync_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the reports rest on, besides the mailboxes and their devices."""

    policy: AccessPolicy
    policies: tuple[Policy, ...]  # all mobile device mailbox policies of the tenant
    now: datetime
    is_known: Callable[[Seen], bool]  # to an MDM
    conditional_access: ConditionalAccess = ConditionalAccess.UNKNOWN
    device_cap: int = DEVICE_CAP
    held_since: Callable[[MobileDevice], datetime | None] = first_sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report: what it shows, and how its rows are found."""

    name: str
    says: str
    columns: tuple[str, ...]
    rows: Callable[[Iterable[Group], Sources], Rows]
    needs_policies: bool = False  # `Sources.policies` may stay empty for the others


def _eas_below_16_1(groups: Iterable[Group], _: Sources) -> Rows:
    for seen in _partnerships(groups):
        if seen.device.client_type == EAS and not _knows_account_only(seen):
            yield (*_device(seen), seen.device.os, seen.device.client_version)


def _near_device_cap(groups: Iterable[Group], sources: Sources) -> Rows:
    cap = sources.device_cap
    for group in groups:
        count = len(group.devices)
        if count * 100 >= cap * NEAR:
            yield name_of(group.mailbox), count, cap, count >= cap


def _ids_on_both_lists(groups: Iterable[Group], _: Sources) -> Rows:
    for group in groups:
        allowed = {each.casefold() for each in group.mailbox.allowed}
        here = {each.device_id.casefold() for each in group.devices}
        for device_id in group.mailbox.blocked:
            if device_id.casefold() in allowed:
                yield name_of(group.mailbox), device_id, device_id.casefold() in here


def _orphan_ids(groups: Iterable[Group], _: Sources) -> Rows:
    for group in groups:
        here = {each.device_id.casefold() for each in group.devices}
        lists = {"allowed": group.mailbox.allowed, "blocked": group.mailbox.blocked}
        for name, device_ids in lists.items():
            for device_id in device_ids:
                if device_id.casefold() not in here:
                    yield name_of(group.mailbox), name, device_id


def _protocols_disabled(groups: Iterable[Group], _: Sources) -> Rows:
    for group in groups:
        if group.devices and group.is_owner_known and not group.mailbox.sync_enabled:
            by_eas = sum(each.client_type == EAS for each in group.devices)
            yield name_of(group.mailbox), by_eas, len(group.devices) - by_eas


def _policies_overridden(groups: Iterable[Group], _: Sources) -> Rows:
    for group in groups:
        if group.is_owner_known and not group.mailbox.policy_is_default:
            yield name_of(group.mailbox), group.mailbox.policy, len(group.devices)


def _unknown_to_mdm(groups: Iterable[Group], sources: Sources) -> Rows:
    for seen in _partnerships(groups):
        if not sources.is_known(seen):
            device = seen.device
            yield (*_device(seen), device.os, device.access.value, device.first_sync_at)


def _quarantined_waiting(groups: Iterable[Group], sources: Sources) -> Rows:
    for seen in _partnerships(groups):
        device = seen.device
        if device.access is AccessState.QUARANTINED:
            since = sources.held_since(device)
            days = max((sources.now - since).days, 0) if since else None
            yield (*_device(seen), device.access_reason, device.rule, since, days)


def _access_states(groups: Iterable[Group], _: Sources) -> Rows:
    seen = (each.device for each in _partnerships(groups))
    counts = Counter((device.access.value, device.access_reason) for device in seen)
    for (access, reason), count in counts.most_common():
        yield access, reason, count


def _rules(groups: Iterable[Group], sources: Sources) -> Rows:
    return settings_reports.rules(groups, sources.policy, sources.conditional_access)


def _outlook(groups: Iterable[Group], sources: Sources) -> Rows:
    return settings_reports.outlook(groups, sources.policies)


def _partnerships(groups: Iterable[Group]) -> Iterator[Seen]:
    for group in groups:
        yield from group.seen()


def _knows_account_only(seen: Seen) -> bool:
    try:
        return wipe.account_only(Action.WIPE_ACCOUNT, seen.as_device())
    except Rejected:
        return False


def _device(seen: Seen) -> tuple[Cell, ...]:
    device = seen.device
    return name_of(seen.mailbox), device.device_id, device.guid, device.device_type, device.model


_DEVICE = ("mailbox", "device_id", "guid", "device_type", "model")
_ALL = (
    Report(
        name="access_states",
        says="how many devices Exchange shows in which access state, and for which reason",
        columns=("access", "reason", "devices"),
        rows=_access_states,
    ),
    Report(
        name="eas_below_16_1",
        says="native mail apps that an account-only wipe cannot reach",
        columns=(*_DEVICE, "os", "client_version"),
        rows=_eas_below_16_1,
    ),
    Report(
        name="near_device_cap",
        says=f"mailboxes with {NEAR} % or more of the devices that Exchange lets them have",
        columns=("mailbox", "devices", "cap", "is_reached"),
        rows=_near_device_cap,
    ),
    Report(
        name="ids_on_both_lists",
        says="DeviceIDs that a mailbox both allows and blocks",
        columns=("mailbox", "device_id", "has_device"),
        rows=_ids_on_both_lists,
    ),
    Report(
        name="orphan_ids",
        says="DeviceIDs on a personal list of which the mailbox has no device, or none yet",
        columns=("mailbox", "list", "device_id"),
        rows=_orphan_ids,
    ),
    Report(
        name="protocols_disabled",
        says="mailboxes that have devices although EAS is off",
        columns=("mailbox", "eas_devices", "other_devices"),
        rows=_protocols_disabled,
    ),
    Report(
        name="policies_overridden",
        says="mailboxes under a policy that was assigned to them, rather than the default",
        columns=("mailbox", "policy", "devices"),
        rows=_policies_overridden,
    ),
    Report(
        name="unknown_to_mdm",
        says="devices that no MDM knows",
        columns=(*_DEVICE, "os", "access", "first_sync_at"),
        rows=_unknown_to_mdm,
    ),
    Report(
        name="quarantined_waiting",
        says="devices in quarantine, since when at the earliest, and for how many days",
        columns=(*_DEVICE, "access_reason", "rule", "since", "days"),
        rows=_quarantined_waiting,
    ),
    Report(
        name="rules",
        says="what is wrong with device access rules",
        columns=("rule", "problem", "why", "remedy"),
        rows=_rules,
    ),
    Report(
        name="outlook",
        says="policy settings that somebody has changed and Outlook mobile does not obey",
        columns=("policy", "setting", "value", "outlook", "outlook_devices"),
        rows=_outlook,
        needs_policies=True,
    ),
)
REPORTS = {report.name: report for report in _ALL}
