"""A change of the default access level: who is covered, and what ends it."""

from datetime import timedelta

import httpx
import pytest

from infra.local.simulators.exchange import access
from shared.devices.coverage import Phase
from shared.devices.model import AccessLevel
from shared.errors import Conflict, Retryable
from shared.flows import default_access
from tests.unit.default_access_world import (
    ALLOW,
    BLOCK,
    QUARANTINE,
    SET_DEFAULT,
    Scene,
    an_order,
    answered,
    requests_without_fault,
)


@pytest.mark.parametrize("wanted", [BLOCK, QUARANTINE])
def test_everyone_keeps_access_and_the_default_changes(wanted: AccessLevel) -> None:
    scene = Scene()

    change = scene.change(wanted)

    assert (change.phase, change.before, scene.default) == (Phase.DONE, ALLOW, wanted)
    assert (change.devices, change.covered) == (8, 3)
    assert scene.records.covers == {"adele@contoso.com": {"A1", "a2"}, "bob@contoso.com": {"B1"}}
    assert list(dict.fromkeys(scene.records.phases)) == [
        *(Phase.SNAPSHOT, Phase.COVERING, Phase.VERIFIED),
        *(Phase.SWITCHING, Phase.WATCHING, Phase.DONE),
    ]


def test_only_who_rests_on_the_default_is_written_and_a_mailbox_in_one_go() -> None:
    scene = Scene()

    scene.change()

    writes = [call for call in scene.world.exchange.calls if call.cmdlet == "Set-CASMailbox"]
    assert len(writes) == 2
    assert scene.tenant.find_mailbox("adele@contoso.com").allowed_ids == ["A1", "a2"]
    bob = scene.tenant.find_mailbox("bob@contoso.com")
    assert (bob.allowed_ids, bob.blocked_ids) == (["LISTED", "B1"], ["both", "BLOCKED"])


@pytest.mark.parametrize("delay", [2, 20, 60, 200])
def test_writes_that_show_late_are_waited_for(delay: int) -> None:
    scene = Scene()
    scene.tenant.replication_delay = timedelta(seconds=delay)

    assert scene.change().phase is Phase.DONE
    assert scene.default == BLOCK


def test_a_default_that_never_shows_is_taken_back() -> None:
    scene = Scene()
    scene.tenant.replication_delay = timedelta(seconds=400)

    change = scene.change()

    assert (change.phase, scene.default) == (Phase.ROLLED_BACK, ALLOW)
    assert "did not show" in change.why


@pytest.mark.parametrize("other", [BLOCK, QUARANTINE])
def test_somebody_elses_change_of_the_default_is_left_alone(other: AccessLevel) -> None:
    refused = 0
    for moment in range(5, requests_without_fault() - 8):
        scene = Scene()
        scene.may_be_shut_out = {"A1", "a2", "B1"}  # not by us

        def change_it(request: int, scene: Scene = scene, moment: int = moment) -> None:
            if request == moment and SET_DEFAULT not in scene.cmdlets:
                scene.tenant.set_default_access_level(other)

        scene.before_request = change_it
        change = scene.change()
        if SET_DEFAULT not in scene.cmdlets:
            assert (change.phase, scene.default) == (Phase.REFUSED, other)
            assert "somebody else" in change.why
            refused += 1
    assert refused > 10


def test_a_device_blocked_since_it_was_planned_stays_blocked() -> None:
    scene = Scene()

    def block(request: int) -> None:
        if request == 5:
            scene.world.done(
                "Set-CASMailbox",
                Identity="adele@contoso.com",
                ActiveSyncBlockedDeviceIDs=["A1"],
            )

    scene.may_be_shut_out = {"A1"}
    scene.before_request = block

    assert scene.change().phase is Phase.DONE
    adele = scene.tenant.find_mailbox("adele@contoso.com")
    assert (adele.allowed_ids, adele.blocked_ids) == (["a2"], ["A1"])


def test_a_rule_that_goes_before_the_last_look_is_made_up_for() -> None:
    scene = Scene()

    def go(_: int) -> None:
        if Phase.COVERING in scene.records.phases:
            scene.tenant.organization.rules.pop("pixel 9 (devicemodel)", None)

    scene.before_request = go

    assert scene.change().phase is Phase.DONE
    assert "RULED" in scene.records.covers["bob@contoso.com"]


def test_a_mailbox_that_cannot_be_written_refuses_the_change() -> None:
    scene = Scene()

    def out_of_scope(request: httpx.Request) -> httpx.Response:
        if b"Set-CASMailbox" in request.content:
            said = "'x' isn't within your current write scopes. Can't perform save operation."
            return answered(400, f'{{"error": {{"message": "{said}"}}}}')(request)
        return scene.world.exchange(request)

    scene.faults = dict.fromkeys(range(1, 99), out_of_scope)

    change = scene.change()

    assert (change.phase, scene.default) == (Phase.REFUSED, ALLOW)
    assert "write scope" in change.why


def test_devices_that_show_as_held_by_an_earlier_default_refuse_the_change() -> None:
    scene = Scene()
    scene.tenant.organization.recompute_on_read = False
    next(scene.devices()).access = access.Access(
        access.AccessState.QUARANTINED, access.Reason.GLOBAL
    )

    change = scene.change()

    assert (change.phase, scene.default) == (Phase.REFUSED, ALLOW)
    assert "allow or block them by name" in change.why


@pytest.mark.parametrize("before", [BLOCK, QUARANTINE])
def test_back_to_allow_needs_neither_cover_nor_watch(before: AccessLevel) -> None:
    scene = Scene()
    scene.may_be_shut_out = {"A1", "a2", "B1"}
    scene.tenant.set_default_access_level(before)

    change = scene.change(ALLOW)

    assert (change.phase, scene.default) == (Phase.DONE, ALLOW)
    assert scene.cmdlets.count("Get-MobileDevice") == scene.cmdlets.count("Set-CASMailbox") == 0


def test_what_is_the_default_already_is_done() -> None:
    scene = Scene()

    assert scene.change(ALLOW).phase is Phase.DONE
    assert SET_DEFAULT not in scene.cmdlets


def test_an_id_stands_for_one_level() -> None:
    scene = Scene()
    scene.change(BLOCK)

    with pytest.raises(Conflict):
        scene.step(an_order(QUARANTINE, scene.clock()))


@pytest.mark.parametrize("steps", range(1, 6))
def test_giving_up_takes_back_what_nobody_has_watched(steps: int) -> None:
    """An abandoned message leaves no default behind that nobody has looked at."""
    scene = Scene()
    scene.tenant.replication_delay = timedelta(seconds=100)
    order = an_order(BLOCK, scene.clock())
    for _ in range(steps):
        with pytest.raises(Retryable):
            scene.step(order)
        scene.clock.advance(seconds=40)
    scene.tenant.replication_delay = timedelta(0)

    change = default_access.give_up(
        order, "abandoned", exchange=scene.exchange, changes=scene.records, clock=scene.clock
    )

    was_switched = SET_DEFAULT in scene.cmdlets
    assert change.phase is (Phase.ROLLED_BACK if was_switched else Phase.REFUSED)
    assert was_switched == (steps > 3)
    assert scene.default == ALLOW


def test_three_thousand_devices_are_covered_in_slices() -> None:
    scene = Scene()
    scene.tenant.populate(mailboxes=600, devices_per_mailbox=5, seed=3)
    scene.let_in = scene.let_in_now()
    scene.looks = False  # takes long: here only at the end

    change = scene.change(at_once=100)

    scene.look()
    assert (change.phase, scene.default) == (Phase.DONE, BLOCK)
    assert change.devices == 3008
    covered = sum(len(ids) for ids in scene.records.covers.values())
    assert change.covered == covered
    writes = scene.cmdlets.count("Set-CASMailbox")
    assert writes == len(scene.records.covers) <= 602


def test_outlook_that_passes_the_rules_is_covered_by_name() -> None:
    """Where Conditional Access lets it pass, the rule that allows it does not count."""
    scene = Scene()
    scene.tenant.add_rule("DeviceType", "Outlook", "Allow")
    scene.tenant.find_mailbox("empty@contoso.com").conditional_access = True
    scene.tenant.add_device("empty@contoso.com", device_id="O", device_type="Outlook")

    assert scene.change().phase is Phase.DONE
    assert scene.records.covers["empty@contoso.com"] == {"O"}
