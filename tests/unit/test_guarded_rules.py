"""An access rule is one change in the budget, and may shut out every phone of a kind."""

import pytest

from shared.devices.guard import SYSTEM, change_needs_approval
from shared.devices.model import AccessLevel
from shared.devices.tenant_change import PutAccessRule, RemoveAccessRule


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
