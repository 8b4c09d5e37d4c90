"""Users' certificates end to end: looked at, changed by two people, watched, and revoked."""

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.local import contoso, people
from infra.local.simulators.certificate_authority import Authority, CrlMode
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.world import World
from tests.e2e.asking import ended, get, post
from tests.e2e.keys import run_the_watch, told
from tests.e2e.looking import operation, until
from tests.e2e.trusting import certified, trusted


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world in which nothing grave is done on one person's word."""
    watched = {"watch_user_certificates": True}
    with World(embedded=True, wipe_settle=2.0, guarded=True, limits=watched) as world:
        # Too strong a role to have by default: only switching modern authentication takes it.
        world.role_group.roles |= {ManagementRole.ORGANIZATION_CONFIGURATION}
        yield world


@pytest.fixture(scope="module")
def authority(world: World) -> Authority:
    """Return an authority that the tenant trusts."""
    return trusted(world, "contoso-root")


def graded(world: World, client: httpx.Client, **asked: str) -> dict[str, dict[str, Any]]:
    """Let everything be looked at; return the rows by their names."""
    answer = post(world, client, "user-certificates/validate", asked)
    assert answer.status_code == httpx.codes.OK, answer.text
    return {row["row"]: row for row in answer.json()["reports"][0]["rows"]}


def order(world: World, client: httpx.Client, action: str, **fields: object) -> str:
    """Order a change, and see it wait for an approver; returns the operation's id."""
    command = {
        "schema": "easgate.command.v1",
        "command_id": str(uuid.uuid4()),
        "tenant_id": contoso.TENANT_ID,
        "action": action,
        "reason": "as agreed",
        "requested_by": "helpdesk:jo",
        **fields,
    }
    answer = post(world, client, "commands", command)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    operation_id = str(command["command_id"])
    until(lambda: operation(world, client, operation_id)["state"] == "held", f"{action} is held")
    return operation_id


def approved(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Let another person approve an operation; return it once it is done."""
    assert people.says(world.url, "approver", operation_id, "approve") in {200, 202}
    found = ended(world, client, operation_id)
    assert found["state"] == "done", found["history"]
    return found


def test_a_certificate_is_seen_to_be_its_users_until_it_is_revoked(
    world: World, client: httpx.Client, authority: Authority
) -> None:
    _, issued = certified(world, authority, "carla")
    asked = {"user": "carla@contoso.com", "certificate": base64.b64encode(issued.der).decode()}
    rows = graded(world, client, **asked)
    assert sorted(rows) == sorted([*(f"X{number}" for number in range(1, 13)), "X3b"])
    assert (rows["X3"]["grade"], rows["X7"]["grade"]) == ("pass", "pass")
    assert rows["X5"]["grade"] != "fail"  # the account may be as new as the list, to the second

    authority.revoke(issued.serial)
    rows = graded(world, client, **asked)
    assert rows["X5"]["grade"] == "fail"
    assert "revoked" in str(rows["X5"]["details"])


def test_a_change_takes_two_people_and_can_be_taken_back(
    world: World, client: httpx.Client, authority: Authority
) -> None:
    other = world.authorities.root("fabrikam-root")
    adding = order(
        world,
        client,
        "add_trusted_ca",
        certificate=base64.b64encode(other.der).decode(),
        is_root=True,
        crl_url=other.crl_url,
    )
    known = get(world, client, "user-certificates").json()["tenants"][0]["authorities"]
    assert [each["is_root"] for each in known] == [True]

    done = approved(world, client, adding)
    assert done["altered"]["before"] is None
    known = get(world, client, "user-certificates").json()["tenants"][0]["authorities"]
    assert {each["crl_url"] for each in known} == {authority.crl_url, other.crl_url}

    undoing = post(world, client, f"operations/{adding}/undo", {"requested_by": "helpdesk:jo"})
    assert undoing.status_code == httpx.codes.ACCEPTED, undoing.text
    undo_id = undoing.json()["operation_id"]
    until(lambda: operation(world, client, undo_id)["state"] == "held", "the undo is held")
    approved(world, client, undo_id)
    known = get(world, client, "user-certificates").json()["tenants"][0]["authorities"]
    assert {each["crl_url"] for each in known} == {authority.crl_url}


def test_modern_authentication_is_switched_in_exchange_and_back(
    world: World, client: httpx.Client
) -> None:
    off = order(world, client, "set_modern_authentication", enabled=False)
    approved(world, client, off)
    assert graded(world, client)["X1"]["grade"] == "fail"
    on = order(world, client, "set_modern_authentication", enabled=True)
    approved(world, client, on)
    assert graded(world, client)["X1"]["grade"] == "pass"


def test_a_list_that_nobody_can_go_by_is_told_once_and_so_is_its_end(
    world: World, client: httpx.Client, authority: Authority
) -> None:
    stale, fresh = "easgate.trust.crl_stale.v1", "easgate.trust.crl_fresh.v1"
    authority.crl_mode = CrlMode.STALE
    for _ in range(2):
        run_the_watch(world, client)
        until(lambda: told(world, stale), "the stale list is announced")
    authority.crl_mode = CrlMode.RIGHT
    run_the_watch(world, client)
    until(lambda: told(world, fresh), "its end is announced")
    assert len(told(world, stale)) == len(told(world, fresh)) == 1
    assert all("@" not in str(event) for event in (*told(world, stale), *told(world, fresh)))
