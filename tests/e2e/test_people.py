"""People at the app's door: signed in by the platform, each with a role, four eyes on a wipe."""

import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from infra.local import contoso, people
from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import a_phone, an_order, obey
from tests.e2e.looking import until, wipe_requests

CALLER = people.PEOPLE["approver"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world in which nothing grave is done on one person's word."""
    with World(embedded=True, wipe_settle=2.0, guarded=True) as world:
        yield world


@contextmanager
def somebody(world: World, who: str) -> Iterator[httpx.Client]:
    """Sign in as one of the local people."""
    address = f"{world.url}/api/portal/api/"
    with httpx.Client(timeout=30.0, base_url=address) as client:
        yield people.signed_in(world.url, client, who)


def known(client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Return an operation as a person sees it."""
    found: dict[str, Any] = client.get(f"operations/{operation_id}").json()
    return found


def held(world: World, client: httpx.Client, phone: Device) -> str:
    """Order that a phone be wiped, and see the order wait for an approver."""
    order = an_order(phone, "wipe_device", even_if_personal=True, requested_by="somebody else")
    answer = client.post("commands", json=order)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    operation_id = str(order["command_id"])
    until(lambda: known(client, operation_id)["state"] == "held", "it waits for an approver")
    assert not wipe_requests(world, phone)
    return operation_id


def say(client: httpx.Client, operation_id: str, word: str) -> httpx.Response:
    """Say something to a held operation."""
    return client.post(f"operations/{operation_id}/{word}", json={"note": "we talked about it"})


def test_a_wipe_takes_a_second_person_who_may_approve(world: World) -> None:
    """Who has ordered it is still one person, with whatever role."""
    with (
        somebody(world, "approver") as anna,
        somebody(world, "approver2") as aron,
        somebody(world, "operator") as otto,
    ):
        phone = a_phone(world, "foureyes")
        operation_id = held(world, anna, phone)
        found = known(otto, operation_id)
        assert found["asked_by"] == CALLER.user_principal_name
        assert found["asked_as"] == f"person:{CALLER.object_id}"
        assert found["hold"]["reason"] == "approval"

        for client in (anna, otto):
            assert say(client, operation_id, "approve").status_code == httpx.codes.FORBIDDEN
        assert known(otto, operation_id)["state"] == "held"

        assert say(aron, operation_id, "approve").status_code == httpx.codes.ACCEPTED
        until(lambda: wipe_requests(world, phone), "the approved wipe is requested")
        obey(world, phone)
        until(lambda: known(otto, operation_id)["state"] == "done", "the wipe is confirmed")
        approval = known(otto, operation_id)["approval"]
        assert approval["by"] == people.PEOPLE["approver2"].object_id
        assert approval["note"] == "we talked about it"


def test_what_is_refused_is_not_done(world: World) -> None:
    with somebody(world, "operator") as otto, somebody(world, "approver") as anna:
        operation_id = held(world, otto, a_phone(world, "refused"))
        assert say(anna, operation_id, "refuse").status_code == httpx.codes.ACCEPTED
        until(lambda: known(otto, operation_id)["state"] == "abandoned", "the refusal ends it")
        assert say(anna, operation_id, "approve").status_code == httpx.codes.CONFLICT


def test_a_key_opens_no_door_that_is_for_people(world: World) -> None:
    """Neither what approves, nor the portal."""
    with somebody(world, "operator") as otto, httpx.Client() as client:
        operation_id = held(world, otto, a_phone(world, "keyed"))
        key = {"x-functions-key": world.function_key}
        for place in ("api", "api/portal/api"):
            address = f"{world.url}/{place}/operations/{operation_id}/approve"
            answer = client.post(address, headers=key, json={})
            assert answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.UNAUTHORIZED}
        assert known(otto, operation_id)["state"] == "held"


def test_nobody_is_who_he_says_he_is(world: World) -> None:
    """Only the platform is believed, and it takes off what it has not put there."""
    claims = {"oid": CALLER.object_id, "tid": contoso.TENANT_ID, "name": "x", "roles": "Approver"}
    said = {
        "auth_typ": "aad",
        "claims": [{"typ": name, "val": value} for name, value in claims.items()],
    }
    principal = base64.b64encode(json.dumps(said).encode()).decode()
    spoofed = {"X-MS-CLIENT-PRINCIPAL": principal, "X-MS-CLIENT-PRINCIPAL-ID": CALLER.object_id}
    with httpx.Client(headers=spoofed) as stranger, somebody(world, "viewer") as vera:
        me = f"{world.url}/api/portal/api/me"
        assert stranger.get(me).status_code == httpx.codes.UNAUTHORIZED
        vera.headers.update(spoofed)
        told = vera.get("me").json()
        assert (told["id"], told["roles"]) == (people.PEOPLE["viewer"].object_id, ["Viewer"])


def test_a_viewer_looks_and_a_newcomer_does_not(world: World) -> None:
    order = an_order(a_phone(world, "looked-at"), "block")
    with somebody(world, "viewer") as vera, somebody(world, "nobody") as noel:
        assert vera.get("certificate").status_code == httpx.codes.OK
        assert noel.get("certificate").status_code == httpx.codes.FORBIDDEN
        for client in (vera, noel):
            assert client.post("commands", json=order).status_code == httpx.codes.FORBIDDEN
        assert vera.get(f"operations/{order['command_id']}").status_code == httpx.codes.NOT_FOUND


def test_another_site_cannot_use_a_persons_session(world: World) -> None:
    """A form on it would send the cookie, and neither header."""
    order = an_order(a_phone(world, "forged"), "block")
    with somebody(world, "operator") as otto:
        for headers in (
            {"Origin": "https://evil.example"},
            {"X-Requested-With": ""},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = otto.post("commands", json=order, headers=headers)
            assert answer.status_code == httpx.codes.FORBIDDEN
        assert otto.post("commands", json=order).status_code == httpx.codes.ACCEPTED


def test_a_message_on_a_queue_speaks_for_no_person(world: World) -> None:
    """Whoever may write there is a system, whatever name it gives."""
    phone = a_phone(world, "queued")
    order = an_order(phone, "block", requested_by=CALLER.user_principal_name)
    pretending = {**order, "command_id": str(uuid.uuid4()), "asked_as": "person:x"}
    world.put("device-commands", json.dumps(order))
    world.put("device-commands", json.dumps(pretending))
    with somebody(world, "viewer") as vera:
        place = f"operations/{order['command_id']}"
        until(lambda: vera.get(place).is_success, "the message is handled")
        assert vera.get(place).json()["asked_as"] == "system"
        until(
            lambda: vera.get("operations", params={"state": "abandoned"}).json()["operations"],
            "what pretends is refused",
        )
