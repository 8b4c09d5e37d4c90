"""Wipes and their cancellation, from the order to Exchange, record and event."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import a_phone, carried_out, refused, report
from tests.e2e.looking import course, done, events_about, operation, until, wipe_requests

REQUESTED = "easgate.device.wipe_requested.v1"
CANCELLED = "easgate.device.wipe_cancelled.v1"
OUTLOOK = {"device_type": "Outlook", "client_type": "Outlook", "client_version": ""}


def clears(world: World, phone: Device) -> list[dict[str, object]]:
    """Return the parameters of each Clear-MobileDevice that was aimed at the phone."""
    return [
        {name: value for name, value in call.parameters.items() if name != "Identity"}
        for call in tuple(world.exchange.calls)
        if call.cmdlet == "Clear-MobileDevice" and call.parameters["Identity"] == str(phone.guid)
    ]


def the_event(world: World, found: dict[str, Any]) -> tuple[str, str]:
    """Return type and action of the one event about an operation."""
    (event,) = events_about(world, found["operation_id"])
    return event["type"], event["data"]["action"]


@pytest.mark.parametrize(
    ("action", "details", "told"),
    [
        ("wipe_account", {"client_version": "16.1"}, {"AccountOnly": True, "Confirm": False}),
        ("wipe_account", OUTLOOK, {"Confirm": False}),
        ("wipe_device", {"client_version": "16.1"}, {"Confirm": False}),
        ("wipe_device", {"client_version": "14.1"}, {"Confirm": False}),
        ("wipe_device", OUTLOOK, {"Confirm": False}),
    ],
    ids=str,
)
def test_a_wipe_is_requested_once_in_the_way_the_client_understands(
    world: World,
    client: httpx.Client,
    action: str,
    details: dict[str, str],
    told: dict[str, object],
) -> None:
    kind = details.get("device_type", details["client_version"]).replace(".", "")
    phone = a_phone(world, f"{action}{kind}", **details)

    found = carried_out(world, client, phone, action)

    assert clears(world, phone) == [told]
    cycle, other = (
        (phone.account_wipe, phone.wipe)
        if "AccountOnly" in told
        else (phone.wipe, phone.account_wipe)
    )
    assert (cycle.requests, other.requests) == (1, 0)
    assert found["decision"]["action"] == action
    assert found["before"]["device_id"] == found["after"]["device_id"] == phone.device_id
    assert course(found) == ["waiting", "planned", "done"]
    assert the_event(world, found) == (REQUESTED, action)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"client_version": "14.1"}, "order wipe_device to reset the whole device"),
        ({"client_type": "MOWA"}, "block the device instead"),
        ({"remote_wipe_supported": False}, "block it instead"),
    ],
    ids=str,
)
def test_an_account_wipe_that_cannot_work_is_refused_and_says_what_would(
    world: World, client: httpx.Client, details: dict[str, str], said: str
) -> None:
    phone = a_phone(world, f"unwipeable{next(iter(details))}", **details)

    reason = refused(world, client, phone, "wipe_account")

    assert said in reason
    assert clears(world, phone) == []


def test_a_wipe_that_is_under_way_is_not_requested_again(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "wipedtwice")
    carried_out(world, client, phone, "wipe_device")

    found = carried_out(world, client, phone, "wipe_device")

    assert found["decision"]["action"] is None
    assert wipe_requests(world, phone) == 1
    assert events_about(world, found["operation_id"]) == []


@pytest.mark.parametrize("wipe", ["wipe_device", "wipe_account"])
def test_a_wipe_can_be_called_back_before_the_phone_is_told(
    world: World, client: httpx.Client, wipe: str
) -> None:
    phone = a_phone(world, f"found{wipe}")
    carried_out(world, client, phone, wipe)

    found = carried_out(world, client, phone, "cancel_wipe")

    assert (phone.wipe.requested_at, phone.account_wipe.requested_at) == (None, None)
    assert the_event(world, found) == (CANCELLED, "cancel_wipe")
    assert world.tenant.contact(phone)  # it syncs, and is not wiped
    assert (phone.wipe.sent_at, phone.account_wipe.sent_at) == (None, None)


def test_a_wipe_cannot_be_called_back_once_the_phone_was_told(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "toolate")
    carried_out(world, client, phone, "wipe_device")
    world.tenant.contact(phone)

    reason = refused(world, client, phone, "cancel_wipe")

    assert "too late to cancel" in reason
    assert phone.wipe.requested_at is not None
    assert len(clears(world, phone)) == 1


def test_a_wipe_that_the_phone_hears_of_while_it_is_called_back_is_too_late(
    world: World, client: httpx.Client
) -> None:
    """Exchange answers a cancellation that comes too late with 200 and a warning."""
    phone = a_phone(world, "race")
    carried_out(world, client, phone, "wipe_device")

    def told_first(perform: Callable[[], httpx.Response]) -> httpx.Response:
        world.tenant.contact(phone)
        return perform()

    world.exchange.faults.inject(told_first, cmdlet="Clear-MobileDevice")
    reason = refused(world, client, phone, "cancel_wipe")

    assert "could not be cancelled" in reason
    assert "already been sent" in reason


def test_a_cancellation_without_a_wipe_is_done_at_once(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "nevermind")

    found = carried_out(world, client, phone, "cancel_wipe")

    assert "no wipe is pending" in found["decision"]["reason"]
    assert clears(world, phone) == []


def test_a_phone_reported_lost_is_wiped(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "lostphone")

    operation_id = report(world, client, phone, "device.lost")

    until(lambda: done(world, client, operation_id), "the report is handled")
    found = operation(world, client, operation_id)
    assert found["asked_by"] == f"mdm:{contoso.SENDER}"
    assert clears(world, phone) == [{"AccountOnly": True, "Confirm": False}]
    assert the_event(world, found) == (REQUESTED, "wipe_account")


def test_a_lost_phone_that_cannot_be_wiped_is_blocked_instead(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "oldlost", client_version="14.1")

    operation_id = report(world, client, phone, "device.lost")

    until(lambda: done(world, client, operation_id), "the report is handled")
    assert phone.access_state == "Blocked"
    assert "not wiped" in operation(world, client, operation_id)["decision"]["reason"]
    assert clears(world, phone) == []
