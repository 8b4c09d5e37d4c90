"""Allow, block, quarantine, clear and remove, from the order to Exchange, record and event."""

from typing import Any

import httpx
import pytest

from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import a_phone, carried_out, refused
from tests.e2e.looking import carried_out_by_exchange, course, events_about

CHANGED = "easgate.device.access_changed.v1"
GONE = "easgate.device.gone.v1"


def the_event(world: World, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what the one event about an operation says, with its type and subject."""
    (event,) = events_about(world, operation["operation_id"])
    return {**event["data"], "type": event["type"], "subject": event["subject"]}


def lists(phone: Device) -> tuple[bool, bool]:
    """Tell whether the phone is on the allowed and on the blocked list of its mailbox."""
    return (
        phone.device_id in phone.mailbox.allowed_ids,
        phone.device_id in phone.mailbox.blocked_ids,
    )


@pytest.mark.parametrize(
    ("action", "start", "end", "state"),
    [
        ("allow", (False, False), (True, False), "Allowed"),
        ("allow", (False, True), (True, False), "Allowed"),
        ("block", (False, False), (False, True), "Blocked"),
        ("block", (True, False), (False, True), "Blocked"),
        ("clear", (True, False), (False, False), "Allowed"),
        ("clear", (False, True), (False, False), "Allowed"),
    ],
)
def test_an_access_order_changes_lists_record_and_is_announced(
    world: World,
    client: httpx.Client,
    action: str,
    start: tuple[bool, bool],
    end: tuple[bool, bool],
    state: str,
) -> None:
    phone = a_phone(world, f"{action}{int(start[0])}{int(start[1])}")
    _put_on(phone, allowed=start[0], blocked=start[1])
    world.tenant.contact(phone)

    operation = carried_out(world, client, phone, action)

    assert lists(phone) == end
    assert operation["decision"]["action"] == action
    assert "ordered by helpdesk:jo: as agreed" in operation["decision"]["reason"]
    assert _lists_in(operation["before"]) == start
    assert _lists_in(operation["after"]) == end
    assert course(operation) == ["waiting", "planned", "done"]
    event = the_event(world, operation)
    assert event["type"] == CHANGED
    assert event["subject"] == f"devices/{phone.guid}"
    assert (event["action"], event["asked_by"]) == (action, "helpdesk:jo")
    assert _lists_in(event["before"]) == start
    assert _lists_in(event["after"]) == end
    world.tenant.contact(phone)  # Exchange decides anew when the phone syncs
    assert phone.access_state == state


@pytest.mark.parametrize(
    ("action", "on"),
    [("allow", (True, False)), ("block", (False, True)), ("clear", (False, False))],
)
def test_an_order_for_what_is_so_already_is_done_without_a_write_or_an_event(
    world: World, client: httpx.Client, action: str, on: tuple[bool, bool]
) -> None:
    phone = a_phone(world, f"already{action}")
    _put_on(phone, allowed=on[0], blocked=on[1])

    operation = carried_out(world, client, phone, action)

    assert operation["decision"]["action"] is None
    assert "already" in operation["decision"]["reason"]
    assert operation["after"] is None
    assert events_about(world, operation["operation_id"]) == []
    assert carried_out_by_exchange(world, "Set-CASMailbox", phone) == 0


def test_the_other_phones_of_a_mailbox_stay_as_they_are(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "oneoftwo")
    phone.mailbox.allowed_ids.append("OTHERPHONE")
    phone.mailbox.blocked_ids.append("STOLENPHONE")

    carried_out(world, client, phone, "block")
    carried_out(world, client, phone, "allow")

    assert phone.mailbox.allowed_ids == ["OTHERPHONE", "ONEOFTWO"]
    assert phone.mailbox.blocked_ids == ["STOLENPHONE"]


def test_quarantine_is_refused_where_nothing_would_hold_the_phone(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "free")
    phone.mailbox.blocked_ids.append(phone.device_id)

    reason = refused(world, client, phone, "quarantine")

    assert "quarantine would not hold" in reason
    assert "set the default to Quarantine, or order block" in reason
    assert lists(phone) == (False, True)


def test_quarantine_holds_where_the_default_quarantines(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "held")
    phone.mailbox.allowed_ids.append(phone.device_id)
    world.tenant.set_default_access_level("Quarantine")
    try:
        operation = carried_out(world, client, phone, "quarantine")
        world.tenant.contact(phone)
        shown = phone.access_state
    finally:
        world.tenant.set_default_access_level("Allow")

    assert (lists(phone), shown) == ((False, False), "Quarantined")
    assert "the organisation's default" in operation["decision"]["reason"]
    assert the_event(world, operation)["type"] == CHANGED


def test_quarantine_holds_where_a_rule_quarantines(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "ruled", model="OldPhone7")
    phone.mailbox.blocked_ids.append(phone.device_id)
    world.tenant.add_rule("DeviceModel", "OldPhone7", "Quarantine")

    operation = carried_out(world, client, phone, "quarantine")

    world.tenant.contact(phone)
    assert (lists(phone), phone.access_state) == ((False, False), "Quarantined")
    assert "OldPhone7 (DeviceModel)" in operation["decision"]["reason"]


def test_a_removed_phone_is_gone_and_that_is_announced(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "sold")

    operation = carried_out(world, client, phone, "remove")

    assert phone.guid not in phone.mailbox.devices
    assert (operation["before"]["device_id"], operation["after"]) == ("SOLD", None)
    event = the_event(world, operation)
    assert (event["type"], event["after"]) == (GONE, None)
    assert "no device SOLD" in refused(world, client, phone, "remove")


def _put_on(phone: Device, *, allowed: bool, blocked: bool) -> None:
    phone.mailbox.allowed_ids += [phone.device_id] * allowed
    phone.mailbox.blocked_ids += [phone.device_id] * blocked


def _lists_in(device: dict[str, Any]) -> tuple[bool, bool]:
    return device["on_allowed_list"], device["on_blocked_list"]
