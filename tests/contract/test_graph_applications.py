"""Applications in Graph: found by either id, selected, paged, made, changed, deleted, restored."""

import uuid
from typing import Any

import pytest

from tests.contract.graph_certificates import Certificate, a_key, key_credential
from tests.contract.graph_world import (
    DOMAIN,
    EXCHANGE_APP_ID,
    MANAGE_AS_APP,
    READ,
    WRITE,
    World,
    refused,
)

ACCESS = [
    {
        "resourceAppId": EXCHANGE_APP_ID,
        "resourceAccess": [{"id": MANAGE_AS_APP, "type": "Role"}],
    }
]


@pytest.fixture
def world() -> World:
    return World()


def made(world: World, **body: object) -> dict[str, Any]:
    answer = world.call("POST", "/applications", WRITE, body={"displayName": "new"} | body)
    assert answer.status_code == 201
    shape: dict[str, Any] = answer.json()
    return shape


@pytest.mark.parametrize(
    "form", ["/applications/{0.object_id}", "/applications(appId='{0.client_id}')"]
)
def test_an_application_is_found_by_either_id(world: World, form: str) -> None:
    answer = world.call("GET", form.format(world.app), READ)

    shape = answer.json()
    assert answer.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert shape["@odata.context"].endswith("/v1.0/$metadata#applications/$entity")
    assert (shape["id"], shape["appId"]) == (world.app.object_id, world.client_id)
    assert shape["publisherDomain"] == DOMAIN


def test_the_two_ids_are_not_exchangeable(world: World) -> None:
    by_wrong_id = world.call("GET", f"/applications/{world.client_id}", READ)
    no_id = world.call("GET", "/applications/easgate", READ)

    assert refused(by_wrong_id) == (404, "Request_ResourceNotFound")
    assert refused(no_id) == (400, "Request_BadRequest")


def test_the_filter_finds_one_application(world: World) -> None:
    made(world)
    query = f"$filter=appId eq '{world.client_id.upper()}'&$select=id,appId"

    answer = world.call("GET", f"/applications?{query}", READ).json()

    assert answer["@odata.context"].endswith("#applications(id,appId)")
    assert answer["value"] == [{"id": world.app.object_id, "appId": world.client_id}]


def test_the_filter_joins_and_unescapes(world: World) -> None:
    name = made(world, displayName="Ann's app")["displayName"]

    both = f"displayName eq 'Ann''s app' and appId eq '{uuid.uuid4()}'"

    def found(condition: str) -> list[Any]:
        answer = world.call("GET", f"/applications?$filter={condition}", READ).json()
        return [shape["displayName"] for shape in answer["value"]]

    assert found("displayName eq 'Ann''s app'") == [name]
    assert found(both) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("$select=id,colour", "BadRequest"),
        ("$filter=appId is 'x'", "BadRequest"),
        ("$filter=appId eq 'x' or appId eq 'y'", "BadRequest"),
        ("$filter=notes eq 'x'", "Request_UnsupportedQuery"),
        ("$expand=owners", "Request_UnsupportedQuery"),
        ("$top=0", "Request_BadRequest"),
        ("$top=1000", "Request_BadRequest"),
        ("$top=many", "Request_BadRequest"),
        ("$skiptoken=!", "Directory_ExpiredPageToken"),
    ],
)
def test_a_query_that_means_nothing_is_refused(world: World, query: str, code: str) -> None:
    assert refused(world.call("GET", f"/applications?{query}", READ)) == (400, code)


def test_other_parameters_are_overlooked(world: World) -> None:
    assert world.call("GET", "/applications?trace=1", READ).status_code == 200


def test_an_unknown_property_and_a_fixed_one_are_told_apart(world: World) -> None:
    def said(body: dict[str, str]) -> str:
        answer = world.call("PATCH", world.path, WRITE, body=body)
        return str(answer.json()["error"]["message"])

    assert said({"colour": "red"}) == "Invalid property 'colour'."
    assert "read-only" in said({"appId": world.client_id})


def test_one_application_cannot_be_filtered(world: World) -> None:
    answer = world.call("GET", f"{world.path}?$filter=appId eq 'x'", READ)

    assert refused(answer) == (400, "Request_UnsupportedQuery")


def test_a_long_list_comes_in_pages_whose_links_keep_the_query(world: World) -> None:
    ids = {made(world, displayName="many")["id"] for _ in range(5)}
    url = "/applications?$filter=displayName eq 'many'&$select=id&$top=2"
    sizes, seen = [], set()

    while url:
        page = world.call("GET", url, READ).json()
        sizes.append(len(page["value"]))
        assert all(set(shape) == {"id"} for shape in page["value"])
        seen |= {shape["id"] for shape in page["value"]}
        url = page.get("@odata.nextLink", "")

    assert (sizes, seen) == ([2, 2, 1], ids)


def test_bytes_of_keys_are_shown_only_to_who_selects_them_on_one_application(
    world: World,
) -> None:
    def first_key(path: str) -> dict[str, Any]:
        shape = world.call("GET", path, READ).json()
        keys: list[dict[str, Any]] = shape.get("value", [shape])[0]["keyCredentials"]
        return keys[0]

    assert first_key(world.path)["key"] is None
    assert first_key("/applications?$select=keyCredentials")["key"] is None
    assert first_key(f"{world.path}?$select=id,keyCredentials")["key"] == world.certificate.base64


def test_an_application_begins_with_what_was_sent_and_no_standing(world: World) -> None:
    second = Certificate(key=a_key(1))

    shape = made(
        world,
        signInAudience="AzureADMyOrg",
        requiredResourceAccess=ACCESS,
        keyCredentials=[key_credential(second)],
    )

    assert shape["requiredResourceAccess"] == ACCESS
    assert shape["keyCredentials"][0]["customKeyIdentifier"]
    refusal = world.login(second, client_id=shape["appId"]).json()
    assert refusal["error_codes"] == [700016]
    standing = world.call("POST", "/servicePrincipals", WRITE, body={"appId": shape["appId"]})
    assert standing.status_code == 201
    assert "access_token" in world.login(second, client_id=shape["appId"]).json()


def test_who_names_no_audience_gets_an_application_for_everybody(world: World) -> None:
    assert made(world)["signInAudience"] == "AzureADandPersonalMicrosoftAccount"


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": ""},
        {"displayName": None},
        {"displayName": 7},
        {"displayName": "x" * 257},
        {"colour": "red"},
        {"appId": str(uuid.uuid4())},
        {"id": str(uuid.uuid4())},
        {"signInAudience": "Everybody"},
        {"requiredResourceAccess": {}},
        {"requiredResourceAccess": [7]},
        {"requiredResourceAccess": [{"resourceAppId": EXCHANGE_APP_ID}]},
        {"requiredResourceAccess": [{"resourceAppId": "exchange", "resourceAccess": []}]},
        {"requiredResourceAccess": [{"resourceAppId": EXCHANGE_APP_ID, "resourceAccess": {}}]},
        {
            "requiredResourceAccess": [
                {
                    "resourceAppId": EXCHANGE_APP_ID,
                    "resourceAccess": [{"id": MANAGE_AS_APP, "type": "Application"}],
                }
            ]
        },
        {
            "requiredResourceAccess": [
                {
                    "resourceAppId": EXCHANGE_APP_ID,
                    "resourceAccess": [{"id": "Exchange.ManageAsApp", "type": "Role"}],
                }
            ]
        },
    ],
)
def test_a_change_that_cannot_be_is_refused_as_a_whole(
    world: World, body: dict[str, object]
) -> None:
    answer = world.call("PATCH", world.path, WRITE, body={"notes": "changed"} | body)

    assert answer.status_code == 400
    assert world.call("GET", world.path, READ).json()["notes"] is None
    assert world.call("POST", "/applications", WRITE, body={"notes": "x"} | body).status_code == 400


def test_a_body_that_is_no_json_object_is_refused(world: World) -> None:
    mislabelled = world.call(
        "PATCH", world.path, WRITE, body={"notes": "x"}, headers={"Content-Type": "text/plain"}
    )

    assert refused(mislabelled) == (400, "BadRequest")
    assert refused(world.call("PATCH", world.path, WRITE, body=[])) == (400, "BadRequest")
    assert refused(world.call("PATCH", world.path, WRITE)) == (400, "BadRequest")


def test_a_change_leaves_alone_what_it_does_not_name(world: World) -> None:
    world.call("PATCH", world.path, WRITE, body={"notes": "kept", "displayName": "first"})

    answer = world.call("PATCH", world.path, WRITE, body={"requiredResourceAccess": ACCESS})

    assert (answer.status_code, answer.content) == (204, b"")
    shape = world.call("GET", world.path, READ).json()
    assert shape["requiredResourceAccess"] == ACCESS
    assert (shape["displayName"], shape["notes"]) == ("first", "kept")
    assert len(shape["keyCredentials"]) == 1


def test_a_deleted_application_gets_no_tokens_until_it_is_restored(world: World) -> None:
    assert world.call("DELETE", world.path, WRITE).status_code == 204

    assert world.call("GET", world.path, READ).status_code == 404
    assert world.login().json()["error_codes"] == [700016]
    deleted = "/directory/deletedItems"
    listed = world.call("GET", f"{deleted}/microsoft.graph.application", READ).json()["value"]
    assert [(one["id"], one["deletedDateTime"]) for one in listed] == [
        (world.app.object_id, "2026-05-04T12:00:00Z")
    ]

    back = world.call("POST", f"{deleted}/{world.app.object_id}/restore", WRITE)

    assert back.status_code == 200
    assert world.login().status_code == 200
    assert world.call("GET", world.path, READ).json()["deletedDateTime"] is None
    again = world.call("POST", f"{deleted}/{world.app.object_id}/restore", WRITE)
    assert again.status_code == 404


def test_a_caller_restores_only_what_it_owns(world: World) -> None:
    world.call("DELETE", world.path, WRITE)

    path = f"/directory/deletedItems/{world.app.object_id}/restore"

    assert world.call("POST", path, "Application.ReadWrite.OwnedBy").status_code == 403
