"""Exchange's rows, as far as we read them, and our nouns made from them."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from shared.devices.model import (
    AccessLevel,
    AccessRule,
    AccessState,
    Device,
    WipeCycle,
    WipeState,
)
from shared.errors import Misconfigured

T = TypeVar("T")


class MobileDevice(msgspec.Struct, rename="pascal"):
    """A row of Get-MobileDevice."""

    device_id: str
    guid: str
    device_access_state: str | None = None
    device_access_state_reason: str | None = None
    device_type: str | None = None
    device_model: str | None = None
    device_os: str | None = msgspec.field(name="DeviceOS", default=None)
    device_user_agent: str | None = None
    client_type: str | None = None
    client_version: str | None = None
    first_sync_time: str | None = None


class CasMailbox(msgspec.Struct):
    """A row of Get-CASMailbox."""

    allowed: list[str] | None = msgspec.field(name="ActiveSyncAllowedDeviceIDs", default=None)
    blocked: list[str] | None = msgspec.field(name="ActiveSyncBlockedDeviceIDs", default=None)


class Statistics(msgspec.Struct, rename="pascal"):
    """A row of Get-MobileDeviceStatistics."""

    device_wipe_request_time: datetime | None = None
    device_wipe_sent_time: datetime | None = None
    device_wipe_ack_time: datetime | None = None
    account_only_device_wipe_request_time: datetime | None = None
    account_only_device_wipe_sent_time: datetime | None = None
    account_only_device_wipe_ack_time: datetime | None = None
    is_remote_wipe_supported: bool | None = None
    last_success_sync: datetime | None = None


class DeviceAccessRule(msgspec.Struct, rename="pascal", kw_only=True):
    """A row of Get-ActiveSyncDeviceAccessRule."""

    name: str
    characteristic: str
    query_string: str = ""
    access_level: AccessLevel


class OrganizationSettings(msgspec.Struct, rename="pascal"):
    """The row of Get-ActiveSyncOrganizationSettings."""

    default_access_level: AccessLevel


def read(row: dict[str, Any], shape: type[T]) -> T:
    """Return the row as *shape*; Misconfigured if Exchange no longer sends what we rely on."""
    told = {name: value for name, value in row.items() if value not in (None, "")}
    try:
        return msgspec.convert(told, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Misconfigured(
            f"Exchange's rows have changed; update this app (reading {shape.__name__}: {error})"
        ) from error


def device(mailbox: str, row: MobileDevice, lists: CasMailbox) -> Device:
    """Return the partnership, with its place on the mailbox's two lists."""
    return Device(
        mailbox=mailbox,
        device_id=row.device_id,
        guid=row.guid,
        access=AccessState(row.device_access_state or "Unknown"),
        access_reason=row.device_access_state_reason or "",
        on_allowed_list=holds(lists.allowed, row.device_id),
        on_blocked_list=holds(lists.blocked, row.device_id),
        device_type=row.device_type or "",
        model=row.device_model or "",
        os=row.device_os or "",
        user_agent=row.device_user_agent or "",
        client_type=row.client_type or "",
        client_version=row.client_version or "",
    )


def wipe_state(row: Statistics) -> WipeState:
    """Return how far wipes of the device have come."""
    return WipeState(
        device=WipeCycle(
            requested_at=utc(row.device_wipe_request_time),
            sent_at=utc(row.device_wipe_sent_time),
            acknowledged_at=utc(row.device_wipe_ack_time),
        ),
        account=WipeCycle(
            requested_at=utc(row.account_only_device_wipe_request_time),
            sent_at=utc(row.account_only_device_wipe_sent_time),
            acknowledged_at=utc(row.account_only_device_wipe_ack_time),
        ),
        is_supported=row.is_remote_wipe_supported is not False,
        last_sync_at=utc(row.last_success_sync),
    )


def rule(row: DeviceAccessRule) -> AccessRule:
    """Return the rule in our words."""
    return AccessRule(
        name=row.name,
        characteristic=row.characteristic,
        query=row.query_string,
        level=row.access_level,
    )


def holds(device_ids: list[str] | None, device_id: str) -> bool:
    """Whether a list holds the id; Exchange compares without case."""
    return device_id.casefold() in {each.casefold() for each in device_ids or ()}


def on_both(lists: CasMailbox) -> list[str]:
    """Return the ids that stand on both lists, as the allowed one spells them: they are blocked."""
    return [each for each in lists.allowed or () if holds(lists.blocked, each)]


def utc(moment: datetime | None) -> datetime | None:
    """Return an aware time: Exchange's times are UTC, also where they do not say so."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
