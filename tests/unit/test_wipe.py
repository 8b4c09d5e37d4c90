"""Which wipe a device gets, and when one is under way or has landed."""

from datetime import timedelta

import pytest

from shared.devices import wipe
from shared.devices.model import Action, Device, WipeCycle, WipeState
from shared.errors import Rejected
from tests.unit.builders import NOW, a_device, never_wiped

LATER = NOW + timedelta(minutes=1)
OUTLOOKS = [
    a_device(device_type="Outlook", client_type="Outlook", client_version="1.0"),
    a_device(device_type="Outlook", client_type="EAS", client_version="16.1"),
    a_device(device_type="", client_type="REST", client_version="161"),
    a_device(device_type="", client_type="Outlook", client_version=""),
]
WIPES = [Action.WIPE_ACCOUNT, Action.WIPE_DEVICE]


@pytest.mark.parametrize("device", OUTLOOKS)
@pytest.mark.parametrize("action", WIPES)
def test_outlook_is_never_told_account_only(device: Device, action: Action) -> None:
    """Outlook erases only its own data anyway, and does not understand the switch."""
    assert wipe.account_only(action, device) is False


@pytest.mark.parametrize("version", ["16.1", "16.2", "17.0", "16.1.1"])
def test_native_client_of_16_1_loses_its_account_only(version: str) -> None:
    """Without the switch, a native mail app resets the whole phone."""
    device = a_device(client_version=version)
    assert wipe.account_only(Action.WIPE_ACCOUNT, device) is True
    assert wipe.account_only(Action.WIPE_DEVICE, device) is False


@pytest.mark.parametrize("version", ["16.0", "14.1", "12.1", "2.5", "16", "", "x.y", "16.", ".1"])
def test_native_client_before_16_1_gets_no_account_wipe(version: str) -> None:
    """It would fail, or reset the phone: the order is refused, the other wipe still possible."""
    device = a_device(client_version=version)
    with pytest.raises(Rejected, match=r"needs 16\.1"):
        wipe.account_only(Action.WIPE_ACCOUNT, device)
    assert wipe.account_only(Action.WIPE_DEVICE, device) is False


def test_version_that_only_looks_like_a_number_is_refused_too() -> None:
    """A fact of Exchange's must not become a bug of ours."""
    with pytest.raises(Rejected):
        wipe.account_only(Action.WIPE_ACCOUNT, a_device(client_version="16.²"))


@pytest.mark.parametrize("client_type", ["", "MOWA", "UniversalOutlook", "Something"])
@pytest.mark.parametrize("action", WIPES)
def test_client_of_unknown_type_is_not_wiped(client_type: str, action: Action) -> None:
    """What it would erase is not known."""
    with pytest.raises(Rejected, match="is not known"):
        wipe.account_only(action, a_device(client_type=client_type))


def acknowledged(*, last_sync_after: timedelta | None) -> WipeState:
    """Return a wipe the device confirmed, and when it synced after that."""
    return never_wiped(
        account=WipeCycle(requested_at=NOW, acknowledged_at=LATER),
        last_sync_at=None if last_sync_after is None else LATER + last_sync_after,
    )


@pytest.mark.parametrize(
    ("state", "is_under_way"),
    [
        (never_wiped(), False),
        (never_wiped(account=WipeCycle(requested_at=NOW)), True),
        (never_wiped(account=WipeCycle(requested_at=NOW, sent_at=NOW)), True),
        (never_wiped(device=WipeCycle(requested_at=NOW)), False),
        (acknowledged(last_sync_after=None), True),
        (acknowledged(last_sync_after=timedelta(seconds=-1)), True),
        (acknowledged(last_sync_after=timedelta()), True),
        (acknowledged(last_sync_after=timedelta(seconds=1)), False),
    ],
)
def test_wipe_is_under_way_until_the_device_syncs_again(
    state: WipeState, *, is_under_way: bool
) -> None:
    """Pending or done, another request adds nothing; after a new sync it does."""
    assert wipe.is_under_way(state, only_account=True) is is_under_way


def requested(at: WipeCycle) -> WipeState:
    """Return a state with this cycle of account-only wipe."""
    return never_wiped(account=at)


@pytest.mark.parametrize(
    ("before", "now", "has_landed"),
    [
        (WipeCycle(), WipeCycle(), False),
        (WipeCycle(), WipeCycle(requested_at=NOW), True),
        (WipeCycle(requested_at=NOW), WipeCycle(requested_at=NOW), False),
        (WipeCycle(requested_at=NOW), WipeCycle(requested_at=NOW, acknowledged_at=LATER), False),
        (WipeCycle(requested_at=NOW), WipeCycle(requested_at=LATER), True),
        (WipeCycle(requested_at=NOW), WipeCycle(), False),
    ],
)
def test_request_has_landed_if_it_is_not_the_one_that_stood_before(
    before: WipeCycle, now: WipeCycle, *, has_landed: bool
) -> None:
    """An older request must not be taken for ours."""
    found = wipe.has_landed(requested(before), requested(now), only_account=True)
    assert found is has_landed


@pytest.mark.parametrize(
    ("settle", "age", "pause"),
    [
        (120.0, 0.0, 30.0),
        (120.0, 29.0, 30.0),
        (120.0, 30.0, 60.0),
        (120.0, 240.0, 60.0),
        (120.0, 3600.0, 900.0),
        (120.0, 4 * 3600.0, 3600.0),
        (120.0, 71 * 3600.0, 3600.0),
        (2.0, 0.0, 1.0),
        (2.0, 3600.0, 60.0),
        (0.0, 0.0, 1.0),
        (0.0, 3600.0, 60.0),
        (7200.0, 0.0, 1800.0),
        (7200.0, 3 * 3600.0, 3600.0),
    ],
)
def test_pause_before_the_next_look_grows_with_the_wait(
    settle: float, age: float, pause: float
) -> None:
    """In production from half a minute to an hour; whatever is set, Exchange is not hammered."""
    seconds = timedelta(seconds=settle)
    found = wipe.next_look(NOW, NOW + timedelta(seconds=age), seconds)
    assert found == timedelta(seconds=pause)


def test_other_kind_of_wipe_is_not_ours() -> None:
    """The two kinds go through cycles of their own."""
    other = never_wiped(device=WipeCycle(requested_at=NOW))
    assert not wipe.has_landed(never_wiped(), other, only_account=True)
    assert wipe.has_landed(never_wiped(), other, only_account=False)
