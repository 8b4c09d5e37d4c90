"""Rules and policies are read to the last page of the simulated Exchange, or not at all."""

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.paging import Links
from shared.errors import CutShort
from shared.exchange.policies import Policies
from shared.exchange.rules import AccessRules
from tests.contract.exchange_client import ClientWorld

GET = "Get-MobileDeviceMailboxPolicy"
MANY = 1100  # more than a page holds


def test_all_rules_are_read() -> None:
    world = ClientWorld()
    for number in range(MANY):
        world.tenant.add_rule("DeviceModel", f"Phone {number}", "Block")

    rules = AccessRules(world.transport).policy().rules

    assert [rule.query for rule in rules] == [f"Phone {number}" for number in range(MANY)]


def test_all_policies_are_read() -> None:
    world = with_many_policies()

    names = {policy.name for policy in Policies(world.transport).list()}

    assert names == {"Default", *(f"Policy {number}" for number in range(MANY))}


def test_rules_whose_second_page_is_not_to_be_had_are_no_short_list() -> None:
    world = ClientWorld()
    world.exchange.paging.links = Links.DEAD
    for number in range(MANY):
        world.tenant.add_rule("DeviceModel", f"Phone {number}", "Block")

    with pytest.raises(CutShort):
        AccessRules(world.transport).list()


def test_a_listing_that_has_to_start_again_shows_each_policy_once() -> None:
    world = with_many_policies()
    # The first page is served, its link is dead, and all is well after that.
    world.exchange.faults.inject(faults.dead_link(), cmdlet=GET, times=2)

    names = [policy.name for policy in Policies(world.transport).list()]

    assert len(names) == len(set(names)) == MANY + 1
    assert [call.cmdlet for call in world.exchange.calls].count(GET) == 4


def with_many_policies() -> ClientWorld:
    world = ClientWorld()
    for number in range(MANY):
        world.done("New-MobileDeviceMailboxPolicy", Name=f"Policy {number}", Confirm=False)
    return world
