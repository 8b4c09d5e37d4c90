"""App roles given to service principals in Graph: what their next tokens say."""

import uuid
from typing import Any

import httpx
import pytest

from tests.contract.graph_world import (
    ASSIGN_APP_ROLES,
    EXCHANGE,
    EXCHANGE_APP_ID,
    GRAPH_APP_ID,
    MANAGE_AS_APP,
    READ,
    World,
    refused,
)

READ_ALL = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"


@pytest.fixture
def world() -> World:
    return World()


def find(world: World, app_id: str) -> str:
    """Return the id of a service principal."""
    found = world.call("GET", f"/servicePrincipals(appId='{app_id}')", READ)
    return str(found.json()["id"])


def grant(
    world: World, *, side: str = "appRoleAssignments", token: str = "", **change: object
) -> httpx.Response:
    """Give the application Exchange.ManageAsApp, unless something is changed."""
    own = find(world, world.client_id)
    resource = find(world, str(change.pop("app_id", EXCHANGE_APP_ID)))
    path = own if side == "appRoleAssignments" else resource
    body = {"principalId": own, "resourceId": resource, "appRoleId": MANAGE_AS_APP} | change
    roles = () if token else (READ, ASSIGN_APP_ROLES)
    return world.call("POST", f"/servicePrincipals/{path}/{side}", *roles, token=token, body=body)


def held(world: World) -> list[dict[str, Any]]:
    path = f"/servicePrincipals(appId='{world.client_id}')/appRoleAssignments"
    grants: list[dict[str, Any]] = world.call("GET", path, READ).json()["value"]
    return grants


@pytest.mark.parametrize("side", ["appRoleAssignments", "appRoleAssignedTo"])
def test_a_role_that_was_given_stands_in_the_next_token(world: World, side: str) -> None:
    assert "roles" not in world.claims(resource=EXCHANGE)

    given = grant(world, side=side)

    assert given.status_code == 201
    shape = given.json()
    assert f"/{side}/$entity" in shape.pop("@odata.context")
    assert held(world) == [shape]
    assert (shape["principalType"], shape["resourceDisplayName"]) == (
        "ServicePrincipal",
        "Office 365 Exchange Online",
    )
    assert world.claims(resource=EXCHANGE)["roles"] == ["Exchange.ManageAsApp"]
    assert "roles" not in world.claims()


@pytest.mark.parametrize("side", ["appRoleAssignments", "appRoleAssignedTo"])
def test_a_role_that_was_taken_back_is_gone_from_the_next_token(world: World, side: str) -> None:
    given = grant(world).json()
    end = given["principalId" if side == "appRoleAssignments" else "resourceId"]
    path = f"/servicePrincipals/{end}/{side}/{given['id']}"

    assert world.call("DELETE", path, ASSIGN_APP_ROLES).status_code == 204

    assert "roles" not in world.claims(resource=EXCHANGE)
    assert refused(world.call("DELETE", path, ASSIGN_APP_ROLES))[0] == 404


def test_a_role_given_to_one_is_not_taken_from_another(world: World) -> None:
    given = grant(world).json()
    graph = find(world, GRAPH_APP_ID)
    path = f"/servicePrincipals/{graph}/appRoleAssignedTo/{given['id']}"

    assert world.call("DELETE", path, ASSIGN_APP_ROLES).status_code == 404
    assert len(held(world)) == 1


def test_of_several_roles_only_the_one_that_is_named_is_taken_back(world: World) -> None:
    exchange = grant(world).json()
    graph = grant(world, app_id=GRAPH_APP_ID, appRoleId=READ_ALL).json()
    path = f"/servicePrincipals/{graph['principalId']}/appRoleAssignments/{graph['id']}"

    assert world.call("DELETE", path, ASSIGN_APP_ROLES).status_code == 204

    assert [one["id"] for one in held(world)] == [exchange["id"]]


def test_who_holds_a_role_is_seen_from_the_resource(world: World) -> None:
    given = grant(world).json()
    grant(world, app_id=GRAPH_APP_ID, appRoleId=READ_ALL)

    path = f"/servicePrincipals(appId='{EXCHANGE_APP_ID}')/appRoleAssignedTo"
    listed = world.call("GET", path, READ).json()["value"]

    assert [one["id"] for one in listed] == [given["id"]]
    assert len(held(world)) == 2


def test_a_role_is_given_once(world: World) -> None:
    assert grant(world).status_code == 201

    again = grant(world, side="appRoleAssignedTo")

    assert refused(again) == (400, "Request_BadRequest")
    assert "already exists" in again.json()["error"]["message"]
    assert len(held(world)) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"appRoleId": READ_ALL}, 400),
        ({"appRoleId": "Exchange.ManageAsApp"}, 400),
        ({"appRoleId": None}, 400),
        ({"principalId": str(uuid.uuid4())}, 400),
        ({"resourceId": str(uuid.uuid4())}, 404),
        ({"resourceId": None}, 400),
        ({"comment": "please"}, 400),
    ],
)
def test_a_grant_that_cannot_be_is_refused(
    world: World, change: dict[str, Any], status: int
) -> None:
    assert grant(world, **change).status_code == status
    assert held(world) == []


def test_only_a_resource_offers_roles_and_only_an_application_takes_them(world: World) -> None:
    own = find(world, world.client_id)
    exchange = find(world, EXCHANGE_APP_ID)
    path = f"/servicePrincipals/{exchange}/appRoleAssignedTo"
    to_microsoft = {"principalId": exchange, "resourceId": exchange, "appRoleId": MANAGE_AS_APP}

    assert grant(world, resourceId=own).status_code == 400
    answer = world.call("POST", path, READ, ASSIGN_APP_ROLES, body=to_microsoft)
    assert answer.status_code == 400


def test_giving_roles_takes_a_permission_to_read_as_well(world: World) -> None:
    assert refused(grant(world, token=world.token(ASSIGN_APP_ROLES)))[0] == 403


@pytest.mark.parametrize(
    ("role", "app_id", "app_role", "status"),
    [
        (None, EXCHANGE_APP_ID, MANAGE_AS_APP, 403),
        (APPLICATION_ADMINISTRATOR, EXCHANGE_APP_ID, MANAGE_AS_APP, 201),
        (APPLICATION_ADMINISTRATOR, GRAPH_APP_ID, READ_ALL, 403),
        (GLOBAL_ADMINISTRATOR, GRAPH_APP_ID, READ_ALL, 201),
    ],
)
def test_a_person_gives_roles_as_far_as_their_own_role_goes(
    world: World, role: str | None, app_id: str, app_role: str, status: int
) -> None:
    """Permissions on Graph take a higher role than permissions on Exchange."""
    token = world.token(scp=f"{READ} {ASSIGN_APP_ROLES}", wids=[role] if role else [])

    assert grant(world, token=token, app_id=app_id, appRoleId=app_role).status_code == status


def test_a_person_takes_back_as_little_as_they_give(world: World) -> None:
    given = grant(world).json()
    path = f"/servicePrincipals/{given['principalId']}/appRoleAssignments/{given['id']}"

    answer = world.call("DELETE", path, token=world.token(scp=ASSIGN_APP_ROLES))

    assert answer.status_code == 403
