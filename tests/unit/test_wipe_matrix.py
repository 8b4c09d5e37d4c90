"""Which client is told what, or why it is told nothing: the whole matrix of wipes."""

from itertools import product

import pytest

from shared.devices import decide
from shared.devices.model import Action, Device, Ownership, Posture, Trust
from shared.errors import Rejected
from tests.unit.builders import GUID, a_device, never_wiped
from tests.unit.exchange_answers import rows, server

Told = dict[str, object] | str  # what Clear-MobileDevice gets, or words of the refusal
CORPORATE, PERSONAL, UNKNOWN = Ownership.CORPORATE, Ownership.PERSONAL, Ownership.UNKNOWN
# Erases Outlook's own data; of others, all that is on the device.
ERASE: Told = {"Identity": GUID, "Confirm": False}
ACCOUNT: Told = {"Identity": GUID, "Confirm": False, "AccountOnly": True}
TOO_OLD = "account-only wipe needs 16.1: block it, or order wipe_device"
STRANGE = "is not known: block the device instead"
OURS = "reported as personal, and wipe_device would erase all that is on it: order wipe_account, "
WHOSE = "no trusted report says whose device it is, and wipe_device would erase all that is on it: "
OR_BLOCK = (
    "on it: order block, have the MDM report it as corporate, or repeat with even_if_personal"
)


def eas(version: str) -> Device:
    """Return a phone's own mail app, by the protocol it speaks."""
    return a_device(client_type="EAS", client_version=version)


# The client: told an account wipe; told a device wipe of a corporate, a personal, an unknown
# device; and of one that is not corporate, but is to be wiped all the same.
TABLE: dict[str, tuple[Device, Told, Told, Told, Told, Told]] = {
    "Outlook for iOS": (
        a_device(device_type="Outlook", client_type="Outlook", os="iOS 19.2"),
        *(ERASE,) * 5,
    ),
    "Outlook for Android": (
        a_device(device_type="Outlook", client_type="Outlook", os="Android 16"),
        *(ERASE,) * 5,
    ),
    "Outlook, by its type alone": (
        a_device(device_type="Outlook", client_type="EAS", client_version="14.1"),
        *(ERASE,) * 5,
    ),
    "Outlook, by its client alone": (
        a_device(device_type="iPhone", client_type="Outlook", client_version=""),
        *(ERASE,) * 5,
    ),
    "Outlook, by its older client": (
        a_device(device_type="", client_type="REST", client_version="161"),
        *(ERASE,) * 5,
    ),
    "EAS 12.1": (eas("12.1"), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "EAS 14.0": (eas("14.0"), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "EAS 14.1": (eas("14.1"), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "EAS 16.0": (eas("16.0"), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "EAS 16.1": (eas("16.1"), ACCOUNT, ERASE, OURS, WHOSE, ERASE),
    "EAS 16.2": (eas("16.2"), ACCOUNT, ERASE, OURS, WHOSE, ERASE),
    "EAS, no version": (eas(""), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "EAS, odd version": (eas("16.1 beta"), TOO_OLD, ERASE, OR_BLOCK, OR_BLOCK, ERASE),
    "OWA for devices": (a_device(client_type="MOWA"), *(STRANGE,) * 5),
    "Windows mail": (a_device(client_type="UniversalOutlook"), *(STRANGE,) * 5),
    "an unknown client": (a_device(client_type="Something"), *(STRANGE,) * 5),
    "no client type": (a_device(client_type=""), *(STRANGE,) * 5),
}


def cases() -> list[tuple[str, Action, Ownership, bool, Told]]:
    """Return every client x action x ownership x override, with what follows."""
    found = []
    for name, (_, account, corporate, personal, unknown, overridden) in TABLE.items():
        of_device = {CORPORATE: corporate, PERSONAL: personal, UNKNOWN: unknown}
        for ownership, override in product(Ownership, (False, True)):
            found.append((name, Action.WIPE_ACCOUNT, ownership, override, account))
            told = overridden if override and ownership is not CORPORATE else of_device[ownership]
            found.append((name, Action.WIPE_DEVICE, ownership, override, told))
    return found


def told(device: Device, action: Action, ownership: Ownership, *, override: bool) -> Told:
    """Return what Exchange is told, or the refusal."""
    try:
        decision = decide.erase(
            action,
            device=device,
            state=never_wiped(),
            why="ordered",
            ownership=ownership,
            even_if_personal=override,
        )
    except Rejected as refusal:
        return str(refusal)
    known = server(Clear_MobileDevice=rows())
    known.admin.wipe(decision)
    ((_, parameters),) = known.calls
    return parameters


@pytest.mark.parametrize(("name", "action", "ownership", "override", "expected"), cases())
def test_each_client_is_told_what_it_can_obey_or_the_order_is_refused(
    name: str, action: Action, ownership: Ownership, expected: Told, *, override: bool
) -> None:
    """Exactly this, for each client, order, ownership and override."""
    found = told(TABLE[name][0], action, ownership, override=override)
    if isinstance(expected, str):
        assert isinstance(found, str)
        assert expected in found
    else:
        assert found == expected


@pytest.mark.parametrize("name", TABLE)
def test_report_of_a_lost_device_resets_none(name: str) -> None:
    """It takes the mail where that is possible, and blocks where it is not."""
    device, account = TABLE[name][:2]
    decision = decide.for_posture(Posture.LOST, Trust.FULL, device=device, wipe_state=never_wiped())
    expected = Action.BLOCK if isinstance(account, str) else Action.WIPE_ACCOUNT
    assert decision.action is expected


@pytest.mark.parametrize(
    "action", [Action.WIPE_ACCOUNT, Action.WIPE_DEVICE], ids=["account", "device"]
)
@pytest.mark.parametrize("name", TABLE)
def test_device_without_remote_wipe_is_never_told(name: str, action: Action) -> None:
    """Whoever's it is, and whatever is insisted on."""
    with pytest.raises(Rejected):
        decide.erase(
            action,
            device=TABLE[name][0],
            state=never_wiped(is_supported=False),
            why="ordered",
            ownership=CORPORATE,
            even_if_personal=True,
        )


def test_refusal_is_short_enough_to_be_kept_whole() -> None:
    """The ways out stand at its end."""
    for name, action, ownership, override, expected in cases():
        if isinstance(expected, str):
            assert len(str(told(TABLE[name][0], action, ownership, override=override))) < 300
