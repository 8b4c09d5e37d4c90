"""Whose a device is, who may say so, and what that keeps anybody from doing to it."""

from datetime import timedelta
from itertools import permutations

import pytest

from shared.devices.model import Action, Ownership, Posture, Signal, Trust
from shared.devices.operation import State
from shared.errors import Conflict, Rejected
from shared.records.postures import Postures
from tests.unit.builders import (
    DEVICE_ID,
    MAILBOX,
    NOW,
    TENANT,
    a_command,
    a_device,
    a_newer_signal,
    a_signal,
)
from tests.unit.stand_ins import FakeTable
from tests.unit.world import World

CORPORATE, PERSONAL, UNKNOWN = Ownership.CORPORATE, Ownership.PERSONAL, Ownership.UNKNOWN
RESET = a_command(action=Action.WIPE_DEVICE)
OUTLOOK = a_device(device_type="Outlook", client_type="Outlook", client_version="")


def known(postures: Postures) -> Ownership:
    """Return whose the device is."""
    return postures.ownership(TENANT, MAILBOX, device_id=DEVICE_ID)


def test_newest_report_that_says_whose_it_is_stands() -> None:
    """In whatever order they come; one that does not say takes nothing back."""
    reports = [
        a_signal(signal_id="1", ownership=PERSONAL, occurred_at=NOW - timedelta(hours=2)),
        a_signal(signal_id="2", ownership=CORPORATE, occurred_at=NOW - timedelta(hours=1)),
        a_signal(signal_id="3", ownership=UNKNOWN, occurred_at=NOW),
    ]
    for order in permutations(reports):
        postures = Postures(FakeTable())
        for signal in order:
            postures.keep(signal)
        assert known(postures) is CORPORATE
        assert postures.newest(reports[0]) == reports[2]


def test_device_nobody_reported_on_is_of_unknown_ownership() -> None:
    """So is one whose reports never said."""
    postures = Postures(FakeTable())
    assert known(postures) is UNKNOWN
    postures.keep(a_signal())
    assert known(postures) is UNKNOWN


@pytest.mark.parametrize("ownership", [CORPORATE, PERSONAL])
def test_word_of_a_sender_of_little_trust_does_not_count(ownership: Ownership) -> None:
    """Neither to open the way to a reset nor to close it."""
    postures = Postures(FakeTable())
    said = a_newer_signal(trust=Trust.TIGHTEN, ownership=ownership)
    postures.keep(said)
    assert known(postures) is UNKNOWN
    other = PERSONAL if ownership is CORPORATE else CORPORATE
    postures.keep(a_signal(ownership=other))
    postures.keep(said)
    assert known(postures) is other


def test_ownership_is_known_without_regard_to_case() -> None:
    """As devices are."""
    postures = Postures(FakeTable())
    postures.keep(a_signal(ownership=CORPORATE))
    shouted = postures.ownership(TENANT, MAILBOX.upper(), device_id=DEVICE_ID.lower())
    assert shouted is CORPORATE
    assert postures.ownership(TENANT, "eve@contoso.com", device_id=DEVICE_ID) is UNKNOWN


def reported(*signals: Signal) -> World:
    """Return how things stand after these reports."""
    world = World([a_device()])
    for signal in signals:
        world.report(signal)
    return world


def test_device_reported_as_corporate_may_be_reset() -> None:
    """By a sender of full trust."""
    world = reported(a_signal(ownership=CORPORATE))
    world.order(RESET)
    assert [wiped.account_only for wiped in world.exchange.wiped] == [False]


@pytest.mark.parametrize(
    ("signal", "why"),
    [
        (a_signal(ownership=PERSONAL), "the device was reported as personal"),
        (a_signal(ownership=UNKNOWN), "no trusted report says whose device it is"),
        (a_signal(ownership=CORPORATE, trust=Trust.TIGHTEN), "no trusted report says whose"),
    ],
)
def test_device_not_known_to_be_the_companys_is_not_reset(signal: Signal, why: str) -> None:
    """The refusal names the ways out, and each of them is one."""
    world = reported(signal)
    with pytest.raises(Rejected, match=why) as refusal:
        world.order(RESET)
    assert world.exchange.wiped == []

    assert "order wipe_account" in str(refusal.value)
    world.order(a_command(command_id="a", action=Action.WIPE_ACCOUNT))
    assert "have the MDM report it as corporate" in str(refusal.value)
    world.report(a_newer_signal(ownership=CORPORATE))
    world.order(a_command(command_id="b", action=Action.WIPE_DEVICE))
    world.exchange.states.clear()
    assert "or repeat with even_if_personal under a new command_id" in str(refusal.value)
    world.order(a_command(command_id="c", action=Action.WIPE_DEVICE, even_if_personal=True))
    assert [wiped.account_only for wiped in world.exchange.wiped] == [True, False, False]


def test_override_is_on_record() -> None:
    """Whoever asks later why a personal phone was reset finds who insisted."""
    world = reported(a_signal(ownership=PERSONAL))
    insisted = a_command(action=Action.WIPE_DEVICE, even_if_personal=True)
    world.order(insisted)
    operation = world.operation(insisted.command_id)
    assert operation.even_if_personal
    assert operation.decision is not None
    assert operation.decision.reason.endswith("left on a train; even if personal")
    assert str(world.events.sent[-1].data["reason"]).endswith("even if personal")


@pytest.mark.parametrize("insists", [True, False])
def test_one_command_id_does_not_stand_for_both(*, insists: bool) -> None:
    """An override slipped into a repeat would be a new order."""
    world = World([a_device()])
    world.accept(a_command(action=Action.WIPE_DEVICE, even_if_personal=insists))
    with pytest.raises(Conflict, match="under a new command_id"):
        world.accept(a_command(action=Action.WIPE_DEVICE, even_if_personal=not insists))


def test_outlook_may_be_erased_whoever_it_belongs_to() -> None:
    """Only the app's own data goes."""
    world = World([OUTLOOK])
    world.report(a_signal(ownership=PERSONAL))
    world.order(RESET)
    assert len(world.exchange.wiped) == 1


def test_lost_report_never_resets_even_a_corporate_phone() -> None:
    """Only a person orders that."""
    world = reported(a_signal(ownership=CORPORATE, posture=Posture.LOST))
    assert [wiped.account_only for wiped in world.exchange.wiped] == [True]


def test_refused_reset_is_no_operation_that_waits() -> None:
    """It was decided before anything was done."""
    world = World([a_device()])
    with pytest.raises(Rejected):
        world.order(RESET)
    operation = world.operation(RESET.command_id)
    assert (operation.state, operation.attempted_at) == (State.WAITING, None)
