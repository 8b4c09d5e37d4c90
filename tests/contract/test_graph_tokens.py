"""Graph lets nobody in without a token of its own, and nobody do what the token does not say."""

import httpx
import pytest

from tests.contract.graph_world import (
    ASSIGN_APP_ROLES,
    EXCHANGE,
    GRAPH,
    GRAPH_APP_ID,
    OWNED,
    READ,
    WRITE,
    World,
    refused,
)

NOBODY = "00000000-0000-0000-0000-0000000000ff"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
GET_NEEDS = {
    "/applications": READ,
    f"/applications/{NOBODY}": READ,
    "/directory/deletedItems/microsoft.graph.application": READ,
    "/servicePrincipals": READ,
    f"/servicePrincipals/{NOBODY}": READ,
    f"/servicePrincipals/{NOBODY}/appRoleAssignments": READ,
    f"/servicePrincipals/{NOBODY}/appRoleAssignedTo": READ,
    "/roleManagement/directory/roleAssignments": "RoleManagement.Read.Directory",
    f"/roleManagement/directory/roleAssignments/{NOBODY}": "RoleManagement.Read.Directory",
    "/roleManagement/directory/roleDefinitions": "RoleManagement.Read.Directory",
    f"/roleManagement/directory/roleDefinitions/{NOBODY}": "RoleManagement.Read.Directory",
    "/organization": "Organization.Read.All",
    f"/organization/{NOBODY}": "Organization.Read.All",
    "/domains": "Domain.Read.All",
    f"/domains/{NOBODY}": "Domain.Read.All",
    "/policies/defaultAppManagementPolicy": "Policy.Read.All",
    "/policies/appManagementPolicies": "Policy.Read.All",
    f"/policies/appManagementPolicies/{NOBODY}": "Policy.Read.All",
    f"/applications/{NOBODY}/appManagementPolicies": "Policy.Read.All",
}
CHANGE_NEEDS = {
    ("POST", "/applications"): WRITE,
    ("PATCH", f"/applications/{NOBODY}"): WRITE,
    ("DELETE", f"/applications/{NOBODY}"): WRITE,
    ("POST", f"/directory/deletedItems/{NOBODY}/restore"): WRITE,
    ("POST", "/servicePrincipals"): WRITE,
    ("DELETE", f"/servicePrincipals/{NOBODY}"): WRITE,
    ("POST", f"/servicePrincipals/{NOBODY}/appRoleAssignments"): ASSIGN_APP_ROLES,
    ("POST", f"/servicePrincipals/{NOBODY}/appRoleAssignedTo"): ASSIGN_APP_ROLES,
    ("DELETE", f"/servicePrincipals/{NOBODY}/appRoleAssignments/x"): ASSIGN_APP_ROLES,
    ("POST", "/roleManagement/directory/roleAssignments"): "RoleManagement.ReadWrite.Directory",
    ("DELETE", "/roleManagement/directory/roleAssignments/x"): "RoleManagement.ReadWrite.Directory",
}
EVERYTHING = {*GET_NEEDS.values(), *CHANGE_NEEDS.values()}


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": EXCHANGE},
        {"aud": None},
        {"iss": f"https://sts.windows.net/{NOBODY}/"},
        {"exp": 1777896000},  # the very second it is
        {"exp": None},
        {"nbf": 1777896000 + 301},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(world: World, claims: dict[str, object]) -> None:
    answer = world.call("GET", "/applications", token=world.token(READ, **claims))

    assert refused(answer) == (401, "InvalidAuthenticationToken")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("audience", [GRAPH, f"{GRAPH}/", GRAPH_APP_ID])
def test_graph_answers_to_its_url_and_to_its_id(world: World, audience: str) -> None:
    answer = world.call("GET", "/applications", token=world.token(READ, aud=audience))

    assert answer.status_code == 200


def test_a_token_whose_signature_was_touched_is_refused(world: World) -> None:
    header, payload, signature = world.token(READ).split(".")
    forged = signature[:-8] + ("AAAAAAAA" if signature[-8:] != "AAAAAAAA" else "BBBBBBBB")

    answer = world.call("GET", "/applications", token=f"{header}.{payload}.{forged}")

    assert refused(answer) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer no.jwt.here"])
def test_something_else_than_a_token_is_refused(world: World, header: str) -> None:
    answer = world.call("GET", "/applications", headers={"Authorization": header})

    assert refused(answer) == (401, "InvalidAuthenticationToken")


def test_a_missing_token_is_told_from_a_bad_one(world: World) -> None:
    def said(header: str) -> str:
        answer = world.call("GET", "/applications", headers={"Authorization": header})
        return str(answer.json()["error"]["message"])

    good = world.token(READ)
    assert {said(""), said("Bearer"), said(f"Basic {good}")} == {"Access token is empty."}
    assert said(f"bearer {good}x") == "Access token validation failure. Invalid signature."


def test_graph_is_not_to_be_had_without_tls(world: World) -> None:
    plain = httpx.Request("GET", "http://graph.microsoft.com/v1.0/applications")

    assert refused(world.graph(plain)) == (400, "BadRequest")


@pytest.mark.parametrize(("path", "needed"), GET_NEEDS.items())
def test_reading_takes_its_permission(world: World, path: str, needed: str) -> None:
    others = EVERYTHING - {needed, WRITE, ASSIGN_APP_ROLES, "RoleManagement.ReadWrite.Directory"}

    assert refused(world.call("GET", path, *others)) == (403, "Authorization_RequestDenied")
    assert world.call("GET", path, needed).status_code in {200, 404}


@pytest.mark.parametrize(("method", "path", "needed"), [(*k, v) for k, v in CHANGE_NEEDS.items()])
def test_changing_takes_its_permission(world: World, method: str, path: str, needed: str) -> None:
    without = world.call(method, path, *(EVERYTHING - {needed}), body={})

    assert refused(without) == (403, "Authorization_RequestDenied")
    assert world.call(method, path, READ, needed, body={}).status_code in {400, 404}


def test_a_persons_roles_are_not_the_apps_permissions(world: World) -> None:
    """In a delegated token `scp` counts; `roles` would be the person's own."""
    without = world.token(READ, scp="User.Read")
    with_scope = world.token(scp=f"openid {READ}")

    assert world.call("GET", "/applications", token=without).status_code == 403
    assert world.call("GET", "/applications", token=with_scope).status_code == 200


def test_a_person_may_see_the_organization_with_the_smallest_scope(world: World) -> None:
    token = world.token(scp="User.Read")

    assert world.call("GET", "/organization", token=token).status_code == 200


def test_a_person_who_administers_nothing_changes_nothing(world: World) -> None:
    somebody = world.token(scp=WRITE)
    administrator = world.token(scp=WRITE, wids=[GLOBAL_ADMINISTRATOR])

    change = {"displayName": "renamed"}

    assert world.call("PATCH", world.path, token=somebody, body=change).status_code == 403
    assert world.call("PATCH", world.path, token=administrator, body=change).status_code == 204


def test_a_person_changes_what_they_own(world: World) -> None:
    owner = "0b9a1c68-6f56-4a86-8b2a-6f8a3c1a9009"
    token = world.token(scp=WRITE, oid=owner)
    made = world.call("POST", "/applications", token=token, body={"displayName": "mine"}).json()

    change = world.call("PATCH", f"/applications/{made['id']}", token=token, body={"notes": "x"})

    assert change.status_code == 204


def test_owned_by_reaches_only_what_the_caller_owns(world: World) -> None:
    owner = world.token(OWNED)
    made = world.call("POST", "/applications", token=owner, body={"displayName": "own"}).json()
    path = f"/applications/{made['id']}"

    assert world.call("PATCH", world.path, token=owner, body={"notes": "x"}).status_code == 403
    assert world.call("DELETE", world.path, token=owner).status_code == 403
    assert world.call("GET", world.path, token=owner).status_code == 200
    assert world.call("PATCH", path, token=owner, body={"notes": "x"}).status_code == 204
    assert world.call("DELETE", path, token=owner).status_code == 204


def test_a_tenant_sees_nothing_of_another(world: World) -> None:
    other = World()
    token = other.token(READ)

    assert world.call("GET", world.path, token=token).status_code == 404
    found = world.call("GET", "/applications?$select=id", token=token).json()["value"]
    assert found == [{"id": other.app.object_id}]


def test_a_token_of_a_tenant_that_is_not_here_is_refused(world: World) -> None:
    token = world.token(READ, tid=NOBODY, iss=f"https://sts.windows.net/{NOBODY}/")

    assert world.call("GET", "/applications", token=token).status_code == 403


def test_an_unknown_path_and_a_wrong_method_are_told_apart(world: World) -> None:
    assert refused(world.call("GET", "/apps", READ)) == (400, "BadRequest")
    beta = "https://graph.microsoft.com/beta/applications"
    assert refused(world.call("GET", beta, READ)) == (400, "BadRequest")
    assert refused(world.call("PUT", "/applications", WRITE)) == (405, "Request_BadRequest")
