"""From an ordered policy and those there are to what is to be done."""

from collections.abc import Mapping

import pytest

from shared.devices.policy import Policy, Settings, check, plan, read
from shared.errors import Conflict, Rejected
from tests.unit.policy_examples import DEFAULTS, EXAMPLES


def a_policy(name: str = "Strict", settings: Mapping[str, object] | None = None) -> Policy:
    """Return a policy with defaults where nothing else is said."""
    shown = read({**DEFAULTS, "Name": name, **(settings or {})})
    return Policy(
        name=name,
        identity=f"guid of {name}",
        is_default=shown["IsDefault"] is True,
        settings=shown,
    )


STANDARD = a_policy("Default", {"IsDefault": True})


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"Name"}))
def test_carrying_out_a_plan_leaves_nothing_to_do(name: str) -> None:
    wanted = check({name: EXAMPLES[name].takes[0][0]})
    change = plan("Strict", wanted, [STANDARD])

    made = a_policy(settings={each: should for each, (_, should) in change.changes.items()})

    assert plan("Strict", wanted, [STANDARD, made]).is_in_place


def test_a_missing_policy_is_created() -> None:
    change = plan("Strict", check({"AllowCamera": False}), [STANDARD])

    assert change.before is None
    assert change.changes == {"AllowCamera": (None, False)}
    assert change.says == "policy Strict created (AllowCamera)"


def test_a_policy_is_known_by_its_name_in_any_case() -> None:
    change = plan("STRICT", {}, [STANDARD, a_policy()])

    assert change.is_in_place
    assert change.says == "policy STRICT is as ordered already"


def test_only_what_differs_is_changed() -> None:
    wanted = check({"AllowCamera": False, "AllowWiFi": True})

    assert plan("Strict", wanted, [STANDARD, a_policy()]).changes == {"AllowCamera": (True, False)}


def test_a_new_default_says_from_which_policy_the_flag_moves() -> None:
    change = plan("Strict", check({"IsDefault": True}), [STANDARD, a_policy()])

    assert change.default_taken_from == "Default"
    assert change.says == "policy Strict changed (IsDefault); the default instead of Default"


@pytest.mark.parametrize(("name", "wanted"), [("Default", {"IsDefault": True}), ("Strict", {})])
def test_otherwise_the_default_stays_where_it_is(name: str, wanted: Settings) -> None:
    assert plan(name, wanted, [STANDARD, a_policy()]).default_taken_from == ""


def test_the_default_cannot_just_cease_to_be_it() -> None:
    with pytest.raises(Rejected, match="make another one the default"):
        plan("Default", {"IsDefault": False}, [STANDARD])


def test_a_device_stays_encrypted_while_its_card_must_be() -> None:
    strict = a_policy(settings=check({"RequireStorageCardEncryption": True}))
    with pytest.raises(Rejected, match="make both false"):
        plan("Strict", check({"DeviceEncryptionEnabled": False}), [strict])

    both = check({"DeviceEncryptionEnabled": False, "RequireStorageCardEncryption": False})
    assert set(plan("Strict", both, [strict]).changes) == set(both)


def test_a_policy_gets_a_new_name_once() -> None:
    wanted = check({"Name": "Stricter"})

    change = plan("Strict", wanted, [STANDARD, a_policy()])
    assert (change.name, change.changes) == ("Stricter", {"Name": ("Strict", "Stricter")})
    assert plan("Strict", wanted, [STANDARD, a_policy("Stricter")]).is_in_place


def test_a_name_in_use_is_not_taken_from_another_policy() -> None:
    with pytest.raises(Conflict, match="already is a policy Default"):
        plan("Strict", check({"Name": "default"}), [STANDARD, a_policy()])
