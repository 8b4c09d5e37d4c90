"""Device access rules in Exchange: what is sent, what is read back, what a repeat does."""

import pytest

from shared.devices.model import AccessLevel, AccessRule
from shared.errors import Rejected, Retryable
from shared.exchange.rules import AccessRules
from tests.unit.exchange_answers import Server, answer, error, rows, server

GET, NEW, SET, REMOVE = (
    f"{verb}-ActiveSyncDeviceAccessRule" for verb in ("Get", "New", "Set", "Remove")
)
NONE = rows()
EXISTS = error(400, "||The rule already exists.")
GONE = error(404, "||The operation couldn't be performed: couldn't be found on 'DC01'.")


def saying(level: str, query: str = "iPhone") -> object:
    """Return a row of Get-ActiveSyncDeviceAccessRule."""
    name = f"{query} (DeviceType)"
    row = {"Identity": name, "Name": name, "QueryString": query, "AccessLevel": level}
    return {**row, "Characteristic": "DeviceType"}


BLOCKS, ALLOWS = rows(saying("Block")), rows(saying("Allow"), saying("Block", "iPad"))
NAME = "iPhone (DeviceType)"


def put(known: Server, level: AccessLevel = AccessLevel.BLOCK) -> None:
    """Make iPhones' rule say *level*."""
    AccessRules(known.transport, known.slept.append).put("DeviceType", "iPhone", level=level)


def remove(known: Server) -> None:
    """Remove iPhones' rule."""
    AccessRules(known.transport, known.slept.append).remove("DeviceType", "iPhone")


def writes(known: Server) -> list[tuple[str, dict[str, object]]]:
    """Return what was asked for beyond reading."""
    return [call for call in known.calls if call[0] != GET]


def test_rules_are_listed_in_our_words() -> None:
    """A tenant without rules has an empty list."""
    known = server(Get_ActiveSyncDeviceAccessRule=[BLOCKS, NONE])
    rules = AccessRules(known.transport)
    assert rules.list() == (
        AccessRule(name=NAME, characteristic="DeviceType", query="iPhone", level=AccessLevel.BLOCK),
    )
    assert rules.list() == ()


def test_new_rule_is_created_and_read_back() -> None:
    """Exchange must not ask whether we are sure."""
    known = server(
        Get_ActiveSyncDeviceAccessRule=[NONE, NONE, BLOCKS], New_ActiveSyncDeviceAccessRule=BLOCKS
    )
    put(known)
    created = {"Characteristic": "DeviceType", "QueryString": "iPhone", "AccessLevel": "Block"}
    assert writes(known) == [(NEW, {**created, "Confirm": False})]
    assert known.slept == [0, 1]


def test_rule_that_stands_is_changed_by_its_name() -> None:
    """Only its level can be changed."""
    known = server(
        Get_ActiveSyncDeviceAccessRule=[ALLOWS, BLOCKS], Set_ActiveSyncDeviceAccessRule=NONE
    )
    put(known)
    change = {"Identity": NAME, "AccessLevel": "Block", "Confirm": False}
    assert writes(known) == [(SET, change)]


def test_rule_that_already_says_so_is_left_alone() -> None:
    """So a repeat does nothing."""
    known = server(Get_ActiveSyncDeviceAccessRule=BLOCKS)
    put(known)
    assert writes(known) == []


@pytest.mark.parametrize("found", [BLOCKS, ALLOWS])
def test_rule_that_another_attempt_has_made_is_no_failure(found: object) -> None:
    """Its level is put right if need be."""
    known = server(
        Get_ActiveSyncDeviceAccessRule=[NONE, NONE, found, BLOCKS],  # type: ignore[list-item]  # made above
        New_ActiveSyncDeviceAccessRule=EXISTS,
        Set_ActiveSyncDeviceAccessRule=NONE,
    )
    put(known)
    assert [cmdlet for cmdlet, _ in writes(known)] == ([NEW] if found is BLOCKS else [NEW, SET])


def test_rule_that_exchange_refuses_is_refused() -> None:
    """It has been looked for before the refusal is believed."""
    known = server(Get_ActiveSyncDeviceAccessRule=NONE, New_ActiveSyncDeviceAccessRule=EXISTS)
    with pytest.raises(Rejected, match="already exists"):
        put(known)
    assert known.slept == [0, 1, 3]


def test_rule_that_does_not_show_is_looked_for_later() -> None:
    """A write may be read from a server that has not seen it."""
    known = server(Get_ActiveSyncDeviceAccessRule=ALLOWS, Set_ActiveSyncDeviceAccessRule=NONE)
    with pytest.raises(Retryable, match="does not show"):
        put(known)


def test_rule_is_removed_by_its_name_and_seen_to_be_gone() -> None:
    """Exchange must not ask whether we are sure."""
    known = server(
        Get_ActiveSyncDeviceAccessRule=[BLOCKS, BLOCKS, NONE],
        Remove_ActiveSyncDeviceAccessRule=NONE,
    )
    remove(known)
    assert writes(known) == [(REMOVE, {"Identity": NAME, "Confirm": False})]


def test_rule_that_is_not_there_needs_no_removal() -> None:
    """Whether it never was, or another attempt has just removed it."""
    absent = server(Get_ActiveSyncDeviceAccessRule=NONE)
    remove(absent)
    assert writes(absent) == []

    late = server(Get_ActiveSyncDeviceAccessRule=BLOCKS, Remove_ActiveSyncDeviceAccessRule=GONE)
    remove(late)
    assert len(writes(late)) == 1


def test_removed_rule_that_still_shows_is_looked_for_later() -> None:
    """Done is said only when it is seen."""
    known = server(Get_ActiveSyncDeviceAccessRule=BLOCKS, Remove_ActiveSyncDeviceAccessRule=NONE)
    with pytest.raises(Retryable, match="does not show"):
        remove(known)


def test_busy_exchange_is_not_taken_for_an_answer() -> None:
    """The order comes again later."""
    known = server(Get_ActiveSyncDeviceAccessRule=answer(503, Retry_After="60"))
    with pytest.raises(Retryable):
        put(known)
