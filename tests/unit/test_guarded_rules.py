"""One change in the budget may reach many: a rule all phones of a kind, the default policy all."""

import pytest

from shared.devices.guard import SYSTEM, change_needs_approval
from shared.devices.model import AccessLevel
from shared.devices.tenant_change import PutAccessRule, PutPolicy, RemoveAccessRule


@pytest.mark.parametrize("level", [AccessLevel.BLOCK, AccessLevel.QUARANTINE])
def test_a_rule_that_shuts_out_needs_a_second_person(level: AccessLevel) -> None:
    """Whatever the budgets are."""
    change = PutAccessRule(characteristic="DeviceType", query="iPhone", level=level)
    assert change_needs_approval(change, SYSTEM)


def test_a_rule_that_lets_in_needs_none_and_its_removal_does() -> None:
    """What let phones in may have been all that did."""
    allowing = PutAccessRule(characteristic="DeviceType", query="iPhone", level=AccessLevel.ALLOW)
    assert not change_needs_approval(allowing, SYSTEM)
    removal = RemoveAccessRule(characteristic="DeviceType", query="iPhone")
    assert change_needs_approval(removal, SYSTEM)


def test_the_default_policy_needs_a_second_person_and_another_policy_does_not() -> None:
    """Also one that is about to become the default, however its name is spelt."""
    change = PutPolicy(policy="Strict", settings={"PasswordEnabled": True})
    assert change_needs_approval(
        change, SYSTEM, {"name": "Strict", "settings": {"IsDefault": True}}
    )
    assert not change_needs_approval(
        change, SYSTEM, {"name": "Strict", "settings": {"IsDefault": False}}
    )
    assert not change_needs_approval(change, SYSTEM, None)
    becomes = PutPolicy(policy="Strict", settings={"isdefault": True})
    assert change_needs_approval(becomes, SYSTEM, None)
