"""Wipes, confirmed and called back, from the order to Exchange, record and event."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.exchange import Acknowledgement, Device
from infra.local.world import World
from tests.e2e.asking import (
    a_phone,
    an_order,
    awaits_the_phone,
    carried_out,
    ended,
    obey,
    order,
    post,
    refused,
    report,
    requested,
    wiped,
)
from tests.e2e.looking import course, done, events_about, operation, until, wipe_requests

REQUESTED = "easgate.device.wipe_requested.v1"
ACKNOWLEDGED = "easgate.device.wipe_acknowledged.v1"
UNCONFIRMED = "easgate.device.wipe_unconfirmed.v1"
CANCELLED = "easgate.device.wipe_cancelled.v1"
OUTLOOK = {"device_type": "Outlook", "client_type": "Outlook", "client_version": ""}


def clears(world: World, phone: Device) -> list[dict[str, object]]:
    """Return the parameters of each Clear-MobileDevice that was aimed at the phone."""
    return [
        {name: value for name, value in call.parameters.items() if name != "Identity"}
        for call in tuple(world.exchange.calls)
        if call.cmdlet == "Clear-MobileDevice" and call.parameters["Identity"] == str(phone.guid)
    ]


def told(world: World, operation_id: str) -> list[str]:
    """Return the types of the events about an operation, in order."""
    return [event["type"] for event in events_about(world, operation_id)]


def last_note(found: dict[str, Any]) -> str:
    """Return the last line of an operation's history."""
    return str(found["history"][-1]["note"])


@pytest.mark.parametrize(
    ("action", "details", "expected"),
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
    expected: dict[str, object],
) -> None:
    kind = details.get("device_type", details["client_version"]).replace(".", "")
    phone = a_phone(world, f"{action}{kind}", **details)

    found = wiped(world, client, phone, action, even_if_personal=True)

    assert clears(world, phone) == [expected]
    cycle, other = (
        (phone.account_wipe, phone.wipe)
        if "AccountOnly" in expected
        else (phone.wipe, phone.account_wipe)
    )
    assert (cycle.requests, other.requests) == (1, 0)
    assert found["decision"]["action"] == action
    assert found["before"]["device_id"] == found["after"]["device_id"] == phone.device_id
    assert course(found) == ["waiting", "planned", "waiting", "done"]
    assert told(world, found["operation_id"]) == [REQUESTED, ACKNOWLEDGED]


def test_a_wipe_is_done_when_the_phone_says_so(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "obedient")
    operation_id = requested(world, client, phone, "wipe_account")
    world.tenant.contact(phone)  # it is told, and says nothing yet
    assert phone.account_wipe.sent_at is not None
    assert operation(world, client, operation_id)["acknowledged_at"] is None

    world.tenant.contact(phone)
    found = ended(world, client, operation_id)

    assert phone.account_wipe.acknowledged_at is not None
    moment = phone.account_wipe.acknowledged_at.isoformat()[:19]
    assert found["acknowledged_at"].startswith(moment)
    assert last_note(found).startswith("done: the device confirmed the wipe")


@pytest.mark.parametrize(
    ("action", "details", "said"),
    [
        ("wipe_account", {"client_version": "14.1"}, "order wipe_device to reset the whole device"),
        ("wipe_account", {"client_type": "MOWA"}, "block the device instead"),
        ("wipe_account", {"remote_wipe_supported": False}, "block it instead"),
        ("wipe_device", {"client_version": "16.1"}, "no trusted report says whose device it is"),
    ],
    ids=str,
)
def test_a_wipe_that_cannot_or_must_not_work_is_refused_and_says_what_would(
    world: World, client: httpx.Client, action: str, details: dict[str, str], said: str
) -> None:
    phone = a_phone(world, f"un{action}{next(iter(details))}", **details)

    reason = refused(world, client, phone, action)

    assert said in reason
    assert clears(world, phone) == []


def test_a_personal_phone_is_reset_only_if_somebody_insists(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "personal")
    reported = report(world, client, phone, "device.noncompliant", ownership="personal")
    until(lambda: done(world, client, reported), "the report is handled")

    reason = refused(world, client, phone, "wipe_device")
    assert "the device was reported as personal" in reason
    assert clears(world, phone) == []

    found = wiped(world, client, phone, "wipe_device", even_if_personal=True)
    assert found["even_if_personal"]
    assert clears(world, phone) == [{"Confirm": False}]


def test_a_corporate_phone_is_reset_as_ordered(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "corporate")
    for posture, ownership in (("noncompliant", "corporate"), ("compliant", None)):
        data = {"ownership": ownership} if ownership else {}
        reported = report(world, client, phone, f"device.{posture}", **data)
        until(lambda said=reported: done(world, client, said), "it is handled")  # type: ignore[misc]

    wiped(world, client, phone, "wipe_device")

    assert clears(world, phone) == [{"Confirm": False}]


def test_an_override_under_a_command_id_that_was_used_is_a_conflict(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "sameid")
    first = an_order(phone, "wipe_device")
    post(world, client, "commands", first)

    answer = post(world, client, "commands", first | {"even_if_personal": True})

    assert answer.status_code == httpx.codes.CONFLICT
    assert "under a new command_id" in answer.json()["detail"]


def test_a_wipe_that_is_under_way_is_not_requested_again(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "wipedtwice")
    first = requested(world, client, phone, "wipe_account")

    found = carried_out(world, client, phone, "wipe_account")
    obey(world, phone)

    assert found["decision"]["action"] is None
    assert events_about(world, found["operation_id"]) == []
    assert last_note(ended(world, client, first)).startswith("done: the device confirmed")
    assert wipe_requests(world, phone) == 1


@pytest.mark.parametrize("wipe", ["wipe_device", "wipe_account"])
def test_a_wipe_can_be_called_back_before_the_phone_is_told(
    world: World, client: httpx.Client, wipe: str
) -> None:
    phone = a_phone(world, f"found{wipe}")
    first = requested(world, client, phone, wipe, even_if_personal=True)

    found = carried_out(world, client, phone, "cancel_wipe")

    assert (phone.wipe.requested_at, phone.account_wipe.requested_at) == (None, None)
    assert told(world, found["operation_id"]) == [CANCELLED]
    assert world.tenant.contact(phone)  # it syncs, and is not wiped
    assert (phone.wipe.sent_at, phone.account_wipe.sent_at) == (None, None)
    assert found["operation_id"] in last_note(ended(world, client, first))
    assert told(world, first) == [REQUESTED]


def test_a_wipe_cannot_be_called_back_once_the_phone_was_told(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "toolate")
    first = requested(world, client, phone, "wipe_account")
    world.tenant.contact(phone)

    reason = refused(world, client, phone, "cancel_wipe")

    assert "too late to cancel" in reason
    assert phone.account_wipe.requested_at is not None
    assert len(clears(world, phone)) == 1
    obey(world, phone)
    assert last_note(ended(world, client, first)).startswith("done: the device confirmed")


def test_a_wipe_that_the_phone_hears_of_while_it_is_called_back_is_too_late(
    world: World, client: httpx.Client
) -> None:
    """Exchange answers a cancellation that comes too late with 200 and a warning."""
    phone = a_phone(world, "race")
    requested(world, client, phone, "wipe_account")

    def told_first(perform: Callable[[], httpx.Response]) -> httpx.Response:
        world.tenant.contact(phone)
        return perform()

    world.exchange.faults.inject(told_first, cmdlet="Clear-MobileDevice")
    reason = refused(world, client, phone, "cancel_wipe")

    assert "could not be cancelled" in reason
    assert "already been sent" in reason


def test_a_wipe_whose_partnership_is_removed_is_not_waited_for(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "removed")
    first = requested(world, client, phone, "wipe_account")

    carried_out(world, client, phone, "remove")

    assert "Exchange no longer has this device" in last_note(ended(world, client, first))
    assert told(world, first) == [REQUESTED, UNCONFIRMED]


def test_a_cancellation_without_a_wipe_is_done_at_once(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "nevermind")

    found = carried_out(world, client, phone, "cancel_wipe")

    assert "no wipe is pending" in found["decision"]["reason"]
    assert clears(world, phone) == []


def test_a_phone_reported_lost_is_wiped(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "lostphone")

    operation_id = report(world, client, phone, "device.lost", ownership="corporate")

    until(lambda: awaits_the_phone(world, client, operation_id), "the wipe is requested")
    obey(world, phone)
    found = ended(world, client, operation_id)
    assert found["asked_by"] == f"mdm:{contoso.SENDER}"
    assert clears(world, phone) == [{"AccountOnly": True, "Confirm": False}]
    assert told(world, operation_id) == [REQUESTED, ACKNOWLEDGED]


def test_a_lost_phone_that_cannot_be_wiped_is_blocked_instead(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "oldlost", client_version="14.1")

    operation_id = report(world, client, phone, "device.lost")

    until(lambda: done(world, client, operation_id), "the report is handled")
    assert phone.access_state == "Blocked"
    assert "not wiped" in operation(world, client, operation_id)["decision"]["reason"]
    assert clears(world, phone) == []


def test_a_phone_that_never_confirms_is_not_waited_for_for_ever() -> None:
    """Five seconds in place of three days; the phone is told, but says nothing."""
    with (
        World(embedded=True, wipe_settle=2.0, limits={"wipe_patience": 5 / 3600}) as world,
        httpx.Client(timeout=30.0) as client,
    ):
        world.tenant.acknowledgement = Acknowledgement.NEVER
        phone = a_phone(world, "silent")
        operation_id = order(world, client, phone, "wipe_account")
        until(lambda: phone.account_wipe.requested_at, "the wipe is requested")
        obey(world, phone)
        found = ended(world, client, operation_id)

        assert found["state"] == "done"
        assert "done, but not confirmed" in last_note(found)
        assert found["acknowledged_at"] is None
        assert told(world, operation_id) == [REQUESTED, UNCONFIRMED]
        assert wipe_requests(world, phone) == 1
