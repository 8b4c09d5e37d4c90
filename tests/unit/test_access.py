"""Which layer decides about a device on neither personal list."""

import pytest

from shared.devices.access import level_without_exemption
from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, AccessState
from tests.unit.builders import a_device

FACTS = {
    "UserAgent": "Apple-iPhone15C2/2301.1",
    "DeviceOS": "iOS 19.2",
    "DeviceModel": "iPhone15C2",
    "DeviceType": "iPhone",
}


def rule(characteristic: str, query: str, level: AccessLevel) -> AccessRule:
    """Return a rule, named as Exchange names it."""
    name = f"{query} ({characteristic})"
    return AccessRule(name=name, characteristic=characteristic, query=query, level=level)


@pytest.mark.parametrize("winner", range(len(FACTS)))
def test_characteristics_are_looked_at_in_one_order(winner: int) -> None:
    """User agent, OS, model, type: the first that matches wins, wherever it stands in the list."""
    rules = [
        rule(name, value, AccessLevel.BLOCK if place == winner else AccessLevel.ALLOW)
        for place, (name, value) in enumerate(FACTS.items())
        if place >= winner
    ]
    policy = AccessPolicy(default=AccessLevel.ALLOW, rules=tuple(reversed(rules)))

    level, layer = level_without_exemption(a_device(), policy)

    assert level is AccessLevel.BLOCK
    assert layer == f"device access rule {rules[0].name}"


@pytest.mark.parametrize("query", ["iphone", "iPhon", "iPhone ", "*", ""])
def test_rule_for_another_value_says_nothing(query: str) -> None:
    """Rules compare exactly and know no wildcards."""
    policy = AccessPolicy(
        default=AccessLevel.QUARANTINE, rules=(rule("DeviceType", query, AccessLevel.ALLOW),)
    )
    assert level_without_exemption(a_device(), policy) == (
        AccessLevel.QUARANTINE,
        "the organisation's default access level",
    )


def test_characteristic_we_know_nothing_of_is_passed_over() -> None:
    """Exchange has one kind of rule whose fact it does not show."""
    policy = AccessPolicy(
        default=AccessLevel.ALLOW, rules=(rule("XMSWLHeader", "iPhone", AccessLevel.BLOCK),)
    )
    assert level_without_exemption(a_device(), policy)[0] is AccessLevel.ALLOW


def test_access_state_of_the_future_reads_as_unknown() -> None:
    """A fact we do not know is no reason to fail."""
    assert AccessState("HalfAllowed") is AccessState.UNKNOWN
