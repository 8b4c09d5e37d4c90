"""Our policies client and the simulated Exchange: what is put is what is shown."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.simulators.exchange import faults
from shared.devices.policy import Settings, check, difference
from shared.errors import Conflict, Rejected, Retryable
from tests.contract.exchange_world import World
from tests.contract.policies_world import policies_of
from tests.unit.policy_examples import DEFAULTS, EXAMPLES

SET = "Set-MobileDeviceMailboxPolicy"
NEW = "New-MobileDeviceMailboxPolicy"
ONE_BY_ONE = [(name, given) for name, example in EXAMPLES.items() for given, _ in example.takes]


def settings_of(world: World, name: str = "Strict") -> Settings:
    """Return what Exchange shows of a policy, read through our client."""
    return {each.name: each.settings for each in policies_of(world).list()}[name]


def calls_of(world: World, cmdlet: str) -> list[dict[str, Any]]:
    """Return the parameters of each call of a cmdlet."""
    return [dict(call.parameters) for call in world.exchange.calls if call.cmdlet == cmdlet]


def test_a_new_policy_shows_every_default() -> None:
    world = World()

    change = policies_of(world).put("Strict", {})

    assert change.before is None
    assert change.after is not None
    assert change.after.settings == DEFAULTS | {"Name": "Strict"}


@pytest.mark.parametrize(("name", "given"), ONE_BY_ONE)
def test_each_setting_goes_into_a_new_policy_and_comes_back(name: str, given: object) -> None:
    world = World()
    wanted = check({name: given})

    policies_of(world).put("Strict", {name: given})

    assert difference(wanted, settings_of(world, str(wanted.get("Name", "Strict")))) == {}


@pytest.mark.parametrize(("name", "given"), ONE_BY_ONE)
def test_each_setting_goes_into_a_standing_policy_and_comes_back(name: str, given: object) -> None:
    world = World()
    wanted = check({name: given})
    policies_of(world).put("Standing", {})

    change = policies_of(world).put("Standing", {name: given})

    assert change.before is not None
    assert change.after is not None
    assert difference(wanted, change.after.settings) == {}
    assert (name in change.changes) == (wanted[name] != DEFAULTS[name])


@pytest.mark.parametrize(
    "name", ["MinPasswordLength", "ApprovedApplicationList", "MaxAttachmentSize"]
)
def test_null_clears(name: str) -> None:
    world = World()
    policies_of(world).put("Strict", {name: EXAMPLES[name].takes[0][0]})
    assert settings_of(world)[name] != DEFAULTS[name]

    policies_of(world).put("Strict", {name: None})

    assert settings_of(world)[name] == DEFAULTS[name]


def test_all_settings_go_in_at_once_and_a_repeat_writes_nothing() -> None:
    world = World()
    order = {name: example.takes[0][0] for name, example in EXAMPLES.items() if name != "Name"}
    order |= {"DeviceEncryptionEnabled": True}

    policies_of(world).put("Strict", order)
    repeat = policies_of(world).put("Strict", order)

    assert repeat.is_in_place
    assert difference(check(order), settings_of(world)) == {}
    assert len(calls_of(world, NEW)) == 1
    assert calls_of(world, SET) == []


def test_only_what_differs_is_sent_and_nothing_asks_for_confirmation() -> None:
    world = World()
    made = policies_of(world).put("Strict", {"AllowCamera": False}).after
    assert made is not None

    policies_of(world).put("strict", {"AllowCamera": False, "AllowWiFi": False})

    assert calls_of(world, SET) == [
        {"AllowWiFi": False, "Identity": made.identity, "Confirm": False}
    ]


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in {"Name", "IsDefault"}])
def test_a_change_behind_our_back_is_found_in_its_field_and_repaired(name: str) -> None:
    world = World()
    desired = check({each: DEFAULTS[each] for each in DEFAULTS if each != "Name"})
    policies_of(world).put("Strict", desired)
    [other, *_] = [given for given, value in EXAMPLES[name].takes if value != DEFAULTS[name]]
    world.done(SET, Identity="Strict", **{name: other})
    drift = difference(desired, settings_of(world))

    effects = {"DeviceEncryptionEnabled"} if name == "RequireStorageCardEncryption" else set()
    assert set(drift) == {name} | effects
    assert policies_of(world).put("Strict", desired).changes == drift
    assert difference(desired, settings_of(world)) == {}


def test_a_new_default_takes_the_flag_from_the_old_one_and_says_so() -> None:
    world = World()

    change = policies_of(world).put("Strict", {"IsDefault": True})

    assert change.default_taken_from == "Default"
    defaults = [policy.name for policy in policies_of(world).list() if policy.is_default]
    assert defaults == ["Strict"]


def test_the_default_flag_cannot_just_be_taken_away() -> None:
    with pytest.raises(Rejected, match="make another one the default"):
        policies_of(World()).put("Default", {"IsDefault": False})


def test_a_new_name_keeps_the_policy_and_a_repeat_does_no_harm() -> None:
    world = World()
    made = policies_of(world).put("Strict", {"AllowCamera": False}).after
    renamed = policies_of(world).put("Strict", {"Name": "Stricter"}).after
    repeated = policies_of(world).put("Strict", {"Name": "Stricter"})

    assert made is not None
    assert renamed is not None
    assert (renamed.identity, renamed.settings["AllowCamera"]) == (made.identity, False)
    assert repeated.is_in_place


def test_a_name_of_another_policy_is_refused() -> None:
    world = World()
    policies_of(world).put("Strict", {})

    with pytest.raises(Conflict):
        policies_of(world).put("Strict", {"Name": "Default"})


def test_a_wrong_order_reaches_exchange_in_no_part() -> None:
    world = World()

    with pytest.raises(Rejected, match="AllowCamera"):
        policies_of(world).put("Strict", {"AllowCamera": "no", "AllowWiFi": False})

    assert world.exchange.calls == []


def test_a_write_is_waited_for_until_it_shows() -> None:
    world = World()
    world.tenant.replication_delay = timedelta(seconds=3)

    change = policies_of(world).put("Strict", {"AllowCamera": False})

    assert change.after is not None
    assert change.after.settings["AllowCamera"] is False


def test_a_write_that_does_not_show_is_to_be_tried_again_and_then_holds() -> None:
    world = World()
    world.tenant.replication_delay = timedelta(seconds=60)
    with pytest.raises(Retryable, match="does not show it yet") as unseen:
        policies_of(world).put("Strict", {"AllowCamera": False})
    assert unseen.value.after is not None

    # Still unseen: the second attempt is told that the policy exists.
    with pytest.raises(Retryable):
        policies_of(world).put("Strict", {"AllowCamera": False})

    world.clock.advance(seconds=60)
    assert policies_of(world).put("Strict", {"AllowCamera": False}).is_in_place
    assert len([policy for policy in policies_of(world).list() if policy.name == "Strict"]) == 1


def test_a_lost_answer_creates_no_second_policy() -> None:
    world = World()
    world.exchange.faults.inject(faults.dropped_after_effect(), cmdlet=NEW)

    policies_of(world).put("Strict", {"AllowCamera": False})

    assert settings_of(world)["AllowCamera"] is False
