"""Service principals in Graph: made once for an application, found by either id, deleted."""

import uuid
from typing import Any

import pytest

from tests.contract.graph_world import (
    ASSIGN_APP_ROLES,
    EXCHANGE,
    EXCHANGE_APP_ID,
    GRAPH_APP_ID,
    MANAGE_AS_APP,
    OWNED,
    READ,
    WRITE,
    World,
    refused,
)

READ_ALL = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"


@pytest.fixture
def world() -> World:
    return World()


def find(world: World, app_id: str) -> dict[str, Any]:
    query = f"$filter=appId eq '{app_id}'"
    found = world.call("GET", f"/servicePrincipals?{query}", READ).json()["value"]
    assert len(found) == 1
    principal: dict[str, Any] = found[0]
    return principal


def test_exchange_offers_the_role_that_apps_need(world: World) -> None:
    exchange = find(world, EXCHANGE_APP_ID)

    assert exchange["displayName"] == "Office 365 Exchange Online"
    offered = {role["id"]: role["value"] for role in exchange["appRoles"]}
    assert offered[MANAGE_AS_APP] == "Exchange.ManageAsApp"
    by_id = world.call("GET", f"/servicePrincipals/{exchange['id']}", READ).json()
    assert by_id["appRoles"] == exchange["appRoles"]


def test_graph_offers_the_roles_it_asks_for(world: World) -> None:
    offered = {role["value"]: role["id"] for role in find(world, GRAPH_APP_ID)["appRoles"]}

    assert offered[READ] == READ_ALL
    assert {OWNED, WRITE, ASSIGN_APP_ROLES} <= set(offered)


def test_an_application_stands_in_a_tenant_once(world: World) -> None:
    answer = world.call("POST", "/servicePrincipals", WRITE, body={"appId": world.client_id})

    assert refused(answer) == (409, "Request_MultipleObjectsWithSameKeyValue")


def test_a_service_principal_needs_an_application(world: World) -> None:
    answer = world.call("POST", "/servicePrincipals", WRITE, body={"appId": str(uuid.uuid4())})

    assert refused(answer) == (400, "Request_BadRequest")
    codes = [detail["code"] for detail in answer.json()["error"]["details"]]
    assert codes == ["NoBackingApplicationObject"]


@pytest.mark.parametrize("body", [{}, {"appId": "easgate"}, {"colour": "red"}])
def test_a_service_principal_that_cannot_be_is_refused(
    world: World, body: dict[str, object]
) -> None:
    made = world.call("POST", "/applications", WRITE, body={"displayName": "new"}).json()
    body = {"appId": made["appId"], **body} if body else body

    assert world.call("POST", "/servicePrincipals", WRITE, body=body).status_code == 400


def test_owned_by_makes_and_deletes_what_stands_for_its_own(world: World) -> None:
    owner, stranger = world.token(OWNED), world.token(OWNED)
    made = world.call("POST", "/applications", token=owner, body={"displayName": "own"}).json()
    body = {"appId": made["appId"]}

    refusal = world.call("POST", "/servicePrincipals", token=stranger, body=body)
    standing = world.call("POST", "/servicePrincipals", token=owner, body=body)

    assert (refusal.status_code, standing.status_code) == (403, 201)
    path = f"/servicePrincipals/{standing.json()['id']}"
    assert world.call("DELETE", path, token=stranger).status_code == 403
    assert world.call("DELETE", path, token=owner).status_code == 204


def test_without_its_service_principal_an_application_gets_no_tokens(world: World) -> None:
    roles = {EXCHANGE: ["Exchange.ManageAsApp"]}
    world.directory.add_application(world.client_id, tenant_id=world.tenant, roles=roles)
    assert world.claims(resource=EXCHANGE)["roles"] == ["Exchange.ManageAsApp"]

    path = f"/servicePrincipals(appId='{world.client_id}')"
    assert world.call("DELETE", path, WRITE).status_code == 204

    assert world.login().json()["error_codes"] == [700016]
    assert world.call("GET", world.path, READ).status_code == 200
    body = {"appId": world.client_id}
    assert world.call("POST", "/servicePrincipals", WRITE, body=body).status_code == 201
    assert "roles" not in world.claims(resource=EXCHANGE)


def test_microsofts_own_principals_cannot_be_deleted(world: World) -> None:
    path = f"/servicePrincipals(appId='{EXCHANGE_APP_ID}')"

    assert refused(world.call("DELETE", path, WRITE)) == (403, "Authorization_RequestDenied")


def test_a_principal_that_is_not_there_is_not_found(world: World) -> None:
    for path in (
        f"/servicePrincipals/{uuid.uuid4()}",
        f"/servicePrincipals(appId='{uuid.uuid4()}')",
    ):
        assert refused(world.call("GET", path, READ)) == (404, "Request_ResourceNotFound")


def test_a_managed_identity_stands_for_itself(world: World) -> None:
    """It can be given roles, and there is no application behind it."""
    identity = world.directory.add_managed_identity(str(uuid.uuid4()), tenant_id=world.tenant)

    shape = find(world, identity.client_id)

    assert (shape["servicePrincipalType"], shape["id"]) == (
        "ManagedIdentity",
        next(iter(identity.principals.values())).object_id,
    )
    assert (shape["appDisplayName"], shape["appOwnerOrganizationId"]) == (None, None)
    own = find(world, world.client_id)
    assert (own["appDisplayName"], own["appOwnerOrganizationId"]) == ("app", world.tenant)
    query = f"$filter=appId eq '{identity.client_id}'"
    assert world.call("GET", f"/applications?{query}", READ).json()["value"] == []
