"""What bears on one device's access: which rows it is read from, and what may be missing."""

from datetime import UTC, datetime

import pytest

from shared.devices.access import Case, ConditionalAccess
from shared.errors import NotFound, Rejected
from shared.exchange.access_facts import AccessFacts
from tests.unit.builders import ALLOW_BY_DEFAULT, DEVICE_ID, GUID, MAILBOX, NOW, a_device
from tests.unit.exchange_answers import Server, answer, device_row, error, mailbox_row, rows, server

OWNER = "8c1f"
IDENTITY = f"{OWNER}\\ExchangeActiveSyncDevices\\iPhone§{DEVICE_ID}"
DEVICE = device_row(Identity=IDENTITY)
OWNERS = {**mailbox_row(), "PrimarySmtpAddress": MAILBOX, "ActiveSyncMailboxPolicy": "Default"}
ENFORCED = rows({"DevicePolicyApplicationStatus": "AppliedInFull"})


def a_server(
    *, device: object = DEVICE, mailbox: object = OWNERS, statistics: object = ENFORCED
) -> Server:
    """Return an Exchange with one device."""
    return server(
        Get_MobileDevice=rows(device),
        Get_CASMailbox=rows(mailbox),
        Get_MobileDeviceStatistics=statistics,  # type: ignore[arg-type]  # an answer, by convention
        Get_MobileDeviceMailboxPolicy=rows({"AllowNonProvisionableDevices": False}),
    )


def read(known: Server, guid: str = GUID) -> Case:
    """Return the case of the device with this GUID."""
    return AccessFacts(known.transport).case(
        guid,
        policy=ALLOW_BY_DEFAULT,
        conditional_access=ConditionalAccess.UNKNOWN,
        now=NOW,
    )


def test_everything_is_found_from_the_devices_guid() -> None:
    """The mailbox is named by the device's own identity, and then by its address."""
    known = a_server(
        device={**DEVICE, "DeviceAccessControlRule": "iPhone (DeviceType)"},
        mailbox={**OWNERS, "ActiveSyncEnabled": False, "OutlookMobileEnabled": None},
    )
    case = read(known)
    assert case.device == a_device()
    assert case.shown_rule == "iPhone (DeviceType)"
    assert case.policy_status == "AppliedInFull"
    assert case.first_sync_at == datetime(2026, 2, 3, 8, 7, 47, tzinfo=UTC)
    assert case.mailbox.switched_off == {"ActiveSyncEnabled"}
    assert known.calls == [
        ("Get-MobileDevice", {"Identity": GUID}),
        ("Get-CASMailbox", {"Identity": OWNER}),
        ("Get-MobileDeviceStatistics", {"Identity": GUID}),
    ]


@pytest.mark.parametrize(
    "statistics",
    [
        rows({"DevicePolicyApplicationStatus": None}),
        rows(),
        answer(503, Retry_After="60"),
        error(400, "||The mailbox is over quota."),
    ],
)
def test_statistics_that_cannot_be_read_leave_the_policy_open(statistics: object) -> None:
    """The rest can be explained all the same; what the policy would admit is read for it."""
    case = read(a_server(statistics=statistics))
    assert (case.policy_status, case.mailbox.admits_unmanaged) == ("", False)


def test_mailbox_without_a_named_policy_leaves_open_what_it_admits() -> None:
    """No policy is asked for by an empty name: that would return them all."""
    known = a_server(mailbox={**OWNERS, "ActiveSyncMailboxPolicy": None}, statistics=rows())
    assert read(known).mailbox.admits_unmanaged is None
    assert known.parameters("Get-MobileDeviceMailboxPolicy") == []


def test_first_sync_without_a_zone_is_utc() -> None:
    """Otherwise its age could not be told."""
    case = read(a_server(device={**DEVICE, "FirstSyncTime": "2026-02-03T08:07:47"}))
    assert case.first_sync_at == datetime(2026, 2, 3, 8, 7, 47, tzinfo=UTC)


def test_device_that_does_not_exist_is_not_found() -> None:
    """Nor is one without a name looked for: that would return them all."""
    known = server(Get_MobileDevice=rows())
    with pytest.raises(NotFound):
        read(known)
    with pytest.raises(Rejected, match="must be named"):
        read(known, " ")
