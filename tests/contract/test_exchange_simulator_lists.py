"""Personal lists and the other settings of Set-CASMailbox."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.exchange_world import World, amend, body_of

ALLOWED, BLOCKED = "ActiveSyncAllowedDeviceIDs", "ActiveSyncBlockedDeviceIDs"


def change(world: World, **parameters: object) -> list[str]:
    """Set, and return the warnings."""
    body = world.done("Set-CASMailbox", Identity="adele@contoso.com", Confirm=False, **parameters)
    assert body["value"] == []
    return list(body["@adminapi.warnings"])


def shown(world: World) -> dict[str, Any]:
    [row] = world.rows("Get-CASMailbox", Identity="adele@contoso.com")
    return row


def test_ids_are_added_removed_replaced_and_cleared() -> None:
    world = World()

    change(world, ActiveSyncAllowedDeviceIDs=amend(Add=["A1", "B2"]))
    change(world, ActiveSyncAllowedDeviceIDs=amend(add="C3", remove="a1"))
    assert shown(world)[ALLOWED] == ["B2", "C3"]
    change(world, ActiveSyncAllowedDeviceIDs=["D4"])
    assert world.mailbox.allowed_ids == ["D4"]
    change(world, ActiveSyncAllowedDeviceIDs=None)
    assert shown(world)[ALLOWED] == []


def test_adding_again_in_another_case_changes_nothing_and_says_so() -> None:
    world = World()
    change(world, ActiveSyncAllowedDeviceIDs=amend(Add=["A1"]))

    warnings = change(world, ActiveSyncAllowedDeviceIDs=amend(Add=["a1", "A1"], Remove=["Z9"]))

    assert world.mailbox.allowed_ids == ["A1"]
    [warning] = warnings
    assert warning == (
        "The command completed successfully but no settings of"
        f" '{world.mailbox.name}' have been modified."
    )


def test_one_command_may_not_put_an_id_on_both_lists() -> None:
    world = World()
    both = {ALLOWED: amend(Add=["A1"]), BLOCKED: amend(Add=["a1"])}

    response = world.invoke("Set-CASMailbox", {"Identity": "adele@contoso.com", **both})

    assert response.status_code == 400
    assert body_of(response)["error"]["details"][0]["message"].startswith("||")
    assert (world.mailbox.allowed_ids, world.mailbox.blocked_ids) == ([], [])


def test_an_id_moves_between_the_lists_in_one_command() -> None:
    world = World()
    change(world, ActiveSyncAllowedDeviceIDs=["A1"])

    change(world, **{ALLOWED: amend(Remove=["A1"]), BLOCKED: amend(Add=["A1"])})

    assert (world.mailbox.allowed_ids, world.mailbox.blocked_ids) == ([], ["A1"])


@pytest.mark.parametrize(("automatic", "left"), [(True, []), (False, ["A1"])])
def test_whether_the_other_list_gives_an_id_up_by_itself_is_a_switch(
    automatic: bool,  # noqa: FBT001 (a value of the parametrisation)
    left: list[str],
) -> None:
    world = World()
    world.tenant.organization.lists_exclude_each_other = automatic
    change(world, ActiveSyncAllowedDeviceIDs=["A1"])

    change(world, ActiveSyncBlockedDeviceIDs=amend(Add=["a1"]))

    assert (world.mailbox.allowed_ids, world.mailbox.blocked_ids) == (left, ["a1"])


def test_partnerships_follow_the_lists_at_once() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    def state() -> tuple[str, str]:
        return (device.access.state, device.access.reason)

    assert state() == ("Allowed", "Global")
    change(world, ActiveSyncBlockedDeviceIDs=amend(Add=["a1"]))
    assert state() == ("Blocked", "Individual")
    change(world, **{BLOCKED: amend(Remove=["A1"]), ALLOWED: amend(Add=["A1"])})
    assert state() == ("Allowed", "Individual")
    change(world, ActiveSyncAllowedDeviceIDs=None)
    assert state() == ("Unknown", "Unknown")
    assert device.access_state == "Allowed"  # evaluated anew by whoever reads


def test_an_id_may_be_listed_before_its_device_connects() -> None:
    world = World()
    world.tenant.set_default_access_level("Block")
    change(world, ActiveSyncAllowedDeviceIDs=amend(Add=["a1"]))

    device = world.tenant.add_device(world.mailbox, device_id="A1")

    assert device.access_state == "Allowed"


def test_other_settings_change_and_a_disabled_protocol_stops_sync() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    change(world, ActiveSyncEnabled=False)

    assert shown(world)["ActiveSyncEnabled"] is False
    assert world.tenant.contact(device) is False


def test_a_policy_is_assigned_by_name_and_taken_back_with_null() -> None:
    world = World()

    change(world, ActiveSyncMailboxPolicy="default")
    assert shown(world)["ActiveSyncMailboxPolicyIsDefaulted"] is False
    change(world, ActiveSyncMailboxPolicy=None)
    assert shown(world)["ActiveSyncMailboxPolicyIsDefaulted"] is True

    unknown = {"Identity": "adele@contoso.com", "ActiveSyncMailboxPolicy": "Nothing"}
    assert world.invoke("Set-CASMailbox", unknown).status_code == 404


def test_a_mailbox_is_found_by_any_of_its_keys_and_by_filter() -> None:
    world = World()
    lee = world.tenant.add_mailbox("lee@contoso.com", aliases=["l.gu@contoso.com"])
    world.tenant.add_device(lee, device_id="L1")
    keys = ["LEE@contoso.com", "l.gu@contoso.com", str(lee.guid), lee.name, lee.distinguished_name]

    found = [world.rows("Get-CASMailbox", Identity=key) for key in keys]
    partners = world.rows("Get-CASMailbox", Filter="HasActiveSyncDevicePartnership -eq 'True'")

    assert [row["PrimarySmtpAddress"] for [row] in found] == ["lee@contoso.com"] * 5
    assert [row["PrimarySmtpAddress"] for row in partners] == ["lee@contoso.com"]
    assert world.invoke("Get-CASMailbox", {"Identity": "lee"}).status_code == 404


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns far more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_changes_from_many_threads_are_all_kept() -> None:
    world = World()

    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            pool.submit(change, world, ActiveSyncAllowedDeviceIDs=amend(Add=f"D{number}"))

    assert set(world.mailbox.allowed_ids) == {f"D{number}" for number in range(100)}
