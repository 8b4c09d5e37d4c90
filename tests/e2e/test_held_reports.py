"""Reports on a device that may be another: a person says which it is, once and for all."""

from functools import partial

import httpx

from infra.local.world import World
from tests.e2e.asking import get, post
from tests.e2e.looking import events_about, finished, operation, until
from tests.e2e.managing import carried_out, held, managed, reported, which

# What current iOS calls itself follows from nothing that an MDM knows.
MADE_UP = "K7Q2M9TB4H1V83NDR5C0GJ6LXA"
JOINED_GROUP = "SmartGroupMobileDeviceMembershipChange"


def test_a_held_report_is_linked_and_carried_out_and_later_ones_go_through(
    world: World, client: httpx.Client
) -> None:
    mine = managed(world, "alike", device_id=MADE_UP)
    held_id = reported(world, client, "jamf", JOINED_GROUP, mine.phone)
    waits = until(lambda: held(world, client, mine.phone), "it waits for a person")
    assert waits["operation_id"] == held_id
    assert [each["device_id"] for each in waits["candidates"]] == [MADE_UP]
    (told,) = events_about(world, held_id)
    assert told["type"] == "easgate.operation.held.v1"
    assert mine.device.access_state == "Allowed"

    answer = post(world, client, f"operations/{held_id}/link", which(mine))
    assert answer.status_code == 202
    linked = until(lambda: carried_out(world, client, held_id), "it is carried out")
    assert mine.device.access_state == "Blocked"
    assert "helpdesk:jo said so" in str(linked[0]["history"])
    assert held(world, client, mine.phone) == {}

    for vendor, event, state in (
        ("jamf", "MobileDeviceEnrolled", "Allowed"),
        ("meraki", "sm_security_policy_violated", "Blocked"),  # it knows the same serial
    ):
        later = reported(world, client, vendor, event, mine.phone)
        until(partial(carried_out, world, client, later), "it goes through by itself")
        assert mine.device.access_state == state


def test_a_sender_that_may_only_tighten_gets_nothing_allowed_by_way_of_a_link(
    world: World, client: httpx.Client
) -> None:
    for vendor, gone, back in (
        ("simplemdm", "device.unenrolled", "device.enrolled"),
        ("fleet", "mdm_unenrolled", "mdm_enrolled"),
    ):
        mine = managed(world, f"unsigned-{vendor}")
        held_id = reported(world, client, vendor, gone, mine.phone)
        until(partial(held, world, client, mine.phone), "it waits for a person")
        post(world, client, f"operations/{held_id}/link", which(mine)).raise_for_status()
        until(partial(carried_out, world, client, held_id), "it is carried out")
        assert mine.device.access_state == "Blocked"

        back_id = reported(world, client, vendor, back, mine.phone)
        found = until(partial(finished, world, client, back_id), "it is handled")
        link = post(world, client, f"operations/{back_id}/link", which(mine))

        assert found["history"][-1]["note"] == "nothing done: this sender may only tighten access"
        assert found["signal_ids"] == []
        assert link.status_code == 409
        assert mine.device.access_state == "Blocked"


def test_a_report_linked_to_nothing_is_closed_and_later_ones_are_as_well(
    world: World, client: httpx.Client
) -> None:
    mine = managed(world, "nothing")
    held_id = reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    until(lambda: held(world, client, mine.phone), "it waits for a person")
    word = {"requested_by": "helpdesk:jo", "links": []}
    post(world, client, f"operations/{held_id}/link", word).raise_for_status()
    until(lambda: carried_out(world, client, held_id), "it is closed")
    later = reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    (found,) = until(lambda: carried_out(world, client, later), "the next one is closed at once")

    assert (found["matched"], found["candidates"]) == ([], [])
    assert mine.device.access_state == "Allowed"


def test_a_link_needs_the_key_a_held_report_and_an_honest_body(
    world: World, client: httpx.Client
) -> None:
    mine = managed(world, "honest")
    held_id = reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    until(lambda: held(world, client, mine.phone), "it waits for a person")
    here = f"operations/{held_id}/link"

    without_key = client.post(f"{world.url}/api/{here}", json=which(mine))
    nobody = post(world, client, here, {"links": which(mine)["links"]})
    unknown = post(
        world, client, "operations/00000000-0000-4000-8000-000000000000/link", which(mine)
    )
    no_state = get(world, client, "operations?state=open")

    assert without_key.status_code == 401
    assert nobody.status_code == 400
    assert unknown.status_code == 404
    assert no_state.status_code == 400
    assert operation(world, client, held_id)["state"] == "held"
    assert mine.device.access_state == "Allowed"
