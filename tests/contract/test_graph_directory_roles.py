"""Directory roles in Graph: what is assigned stands in the next token as `wids`."""

import uuid
from typing import Any

import httpx
import pytest

from tests.contract.graph_world import READ, World, refused

EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PATH = "/roleManagement/directory/roleAssignments"
ROLES_READ, ROLES_WRITE = "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"


@pytest.fixture
def world() -> World:
    return World()


def principal(world: World) -> str:
    path = f"/servicePrincipals(appId='{world.client_id}')"
    return str(world.call("GET", path, READ).json()["id"])


def assign(world: World, *, token: str = "", **change: object) -> httpx.Response:
    body = {
        "roleDefinitionId": EXCHANGE_ADMINISTRATOR,
        "principalId": principal(world),
        "directoryScopeId": "/",
    } | change
    roles = () if token else (ROLES_WRITE,)
    return world.call("POST", PATH, *roles, token=token, body=body)


def test_a_role_that_was_assigned_stands_in_the_next_token_until_it_is_taken(
    world: World,
) -> None:
    given = assign(world)

    shape = given.json()
    assert given.status_code == 201
    assert shape.pop("@odata.context").endswith(f"#{PATH[1:]}/$entity")
    assert world.claims()["wids"] == [EXCHANGE_ADMINISTRATOR]
    single = world.call("GET", f"{PATH}/{shape['id']}", ROLES_READ).json()
    assert {name: single[name] for name in shape} == shape

    assert world.call("DELETE", f"{PATH}/{shape['id']}", ROLES_WRITE).status_code == 204

    assert "wids" not in world.claims()
    assert refused(world.call("DELETE", f"{PATH}/{shape['id']}", ROLES_WRITE))[0] == 404
    assert refused(world.call("GET", f"{PATH}/{shape['id']}", ROLES_READ))[0] == 404


def test_assignments_are_found_by_who_holds_them(world: World) -> None:
    given = assign(world).json()["id"]

    def found(condition: str) -> list[str]:
        answer = world.call("GET", f"{PATH}?$filter={condition}", ROLES_READ).json()
        return [one["id"] for one in answer["value"]]

    assert found(f"principalId eq '{principal(world)}'") == [given]
    assert found(f"principalId eq '{uuid.uuid4()}'") == []
    assert found(f"roleDefinitionId eq '{EXCHANGE_ADMINISTRATOR}'") == [given]
    assert found(f"roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'") == []


def test_a_role_over_one_application_is_no_role_over_the_tenant(world: World) -> None:
    assert assign(world, directoryScopeId=f"/{world.app.object_id}").status_code == 201
    assert "wids" not in world.claims()
    assert assign(world).status_code == 201


def test_a_role_is_assigned_once(world: World) -> None:
    assert assign(world).status_code == 201

    again = assign(world)

    assert refused(again) == (400, "Request_BadRequest")
    assert "conflicting object" in again.json()["error"]["message"]
    assert world.claims()["wids"] == [EXCHANGE_ADMINISTRATOR]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"roleDefinitionId": str(uuid.uuid4())}, 404),
        ({"roleDefinitionId": "Exchange Administrator"}, 400),
        ({"principalId": str(uuid.uuid4())}, 404),
        ({"principalId": None}, 400),
        ({"directoryScopeId": None}, 400),
        ({"directoryScopeId": "everywhere"}, 400),
        ({"directoryScopeId": f"/{uuid.uuid4()}"}, 404),
        ({"comment": "please"}, 400),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(
    world: World, change: dict[str, Any], status: int
) -> None:
    assert assign(world, **change).status_code == status
    assert "wids" not in world.claims()


def test_microsofts_own_principals_take_no_roles(world: World) -> None:
    path = "/servicePrincipals(appId='00000002-0000-0ff1-ce00-000000000000')"
    exchange = world.call("GET", path, READ).json()["id"]

    assert assign(world, principalId=exchange).status_code == 404


def test_a_person_assigns_only_with_a_role_that_lets_them(world: World) -> None:
    somebody = world.token(scp=ROLES_WRITE, wids=[EXCHANGE_ADMINISTRATOR])
    administrator = world.token(scp=ROLES_WRITE, wids=[GLOBAL_ADMINISTRATOR])

    assert refused(assign(world, token=somebody)) == (403, "Authorization_RequestDenied")
    given = assign(world, token=administrator)
    assert given.status_code == 201
    path = f"{PATH}/{given.json()['id']}"
    assert world.call("DELETE", path, token=somebody).status_code == 403
    assert world.call("DELETE", path, token=administrator).status_code == 204


def test_roles_are_found_by_name_and_by_id(world: World) -> None:
    path = "/roleManagement/directory/roleDefinitions"
    query = "$filter=displayName eq 'Exchange Administrator'&$select=id"

    listed = world.call("GET", f"{path}?{query}", ROLES_READ).json()["value"]

    assert listed == [{"id": EXCHANGE_ADMINISTRATOR}]
    single = world.call("GET", f"{path}/{EXCHANGE_ADMINISTRATOR}", ROLES_READ).json()
    assert (single["displayName"], single["isBuiltIn"]) == ("Exchange Administrator", True)
    assert refused(world.call("GET", f"{path}/{uuid.uuid4()}", ROLES_READ))[0] == 404
