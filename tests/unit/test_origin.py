"""Who is behind a change of access: every pair of lists, every reason, every operation."""

from datetime import timedelta
from itertools import product

import pytest

from shared.devices.model import AccessState, Action
from shared.devices.origin import Acted, Cause, origin
from tests.unit.builders import NOW
from tests.unit.seen_builders import seen

SINCE = NOW - timedelta(hours=1)
LISTS = list(product((True, False), repeat=2))
REACHES = {
    Action.ALLOW: (True, False),
    Action.BLOCK: (False, True),
    Action.QUARANTINE: (False, False),
    Action.CLEAR: (False, False),
}
BY_EXCHANGE = {
    "Global": "the organisation's default access level",
    "DeviceRule": "the device access rule no iPads",
    "Policy": "the mailbox policy (not named)",
    "Upgrade": "after an upgrade",
    "RecentCommands": "for how it behaved",
    "ExternalCompliance": "outside Exchange",
    "Unknown": "names no reason",
    "": "names no reason",
    "Invented": "Exchange says Invented",
}


def acted(action: Action, age: timedelta = timedelta()) -> Acted:
    """Return what an operation did, so long before now."""
    return Acted(operation_id="op-1", action=action, at=NOW - age)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("before", LISTS)
@pytest.mark.parametrize("after", LISTS)
def test_lists_are_ours_only_as_our_operation_left_them(
    before: tuple[bool, bool], after: tuple[bool, bool], action: Action
) -> None:
    """Whoever changed them again after our operation, or without one, is a person."""
    for age in (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)):
        found = origin(seen(before), seen(after), acted=acted(action, age), since=SINCE)
        is_ours = REACHES.get(action) == after and age < timedelta(hours=1)
        if before == after:
            assert found is None
        else:
            assert found is not None
            assert found.cause is (Cause.OURS if is_ours else Cause.PERSON)


@pytest.mark.parametrize("operation", [None, *Action])
@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("is_first", [True, False])
def test_state_that_lists_give_is_ours_if_we_put_it_there(
    lists: tuple[bool, bool], operation: Action | None, *, is_first: bool
) -> None:
    """Exchange may show it only long after, or when a device comes that was put on before."""
    before = None if is_first else seen(lists, access_reason="Global")
    after = seen(lists, access=AccessState.ALLOWED, access_reason="Individual")
    ours = acted(operation, timedelta(days=3)) if operation else None

    found = origin(before, after, acted=ours, since=SINCE)

    is_ours = operation is not None and REACHES.get(operation) == lists
    assert found is not None
    assert found.cause is (Cause.OURS if is_ours else Cause.PERSON)


@pytest.mark.parametrize("reason", BY_EXCHANGE)
@pytest.mark.parametrize("operation", [None, *Action])
@pytest.mark.parametrize("lists", LISTS)
def test_any_other_state_is_of_exchanges_making(
    reason: str, operation: Action | None, lists: tuple[bool, bool]
) -> None:
    """Its reason names the rule, level or policy, whatever else we did to the device."""
    ours = acted(operation) if operation else None
    after = seen(lists, access_reason=reason, access=AccessState.BLOCKED, rule="no iPads")
    for before in (None, seen(lists, access_reason="Individual")):
        found = origin(before, after, acted=ours, since=SINCE)
        assert found is not None
        assert found.cause is Cause.EXCHANGE
        assert BY_EXCHANGE[reason] in found.reason


def test_quarantine_on_first_sync_says_so() -> None:
    """The commonest change of all."""
    found = origin(None, seen(), acted=None, since=SINCE)
    assert found is not None
    assert found.reason == (
        "first sync; Quarantined: the organisation's default access level decides"
    )


def test_another_rule_with_the_same_result_is_a_change() -> None:
    """Whoever removes the one finds out that the other holds the device now."""
    before = seen(access_reason="DeviceRule", rule="one")
    after = seen(access_reason="DeviceRule", rule="other")
    found = origin(before, after, acted=None, since=SINCE)
    assert found is not None
    assert "rule other" in found.reason


def test_change_that_access_does_not_rest_on_has_no_cause() -> None:
    """A new version of the operating system is nobody's deed."""
    assert origin(seen(), seen(os="iOS 20"), acted=acted(Action.BLOCK), since=SINCE) is None
