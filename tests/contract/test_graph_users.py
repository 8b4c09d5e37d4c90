"""Graph's users: who is there, who is disabled, and what has changed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.graph_notifications_world import ADELE, READ_USERS, Watched
from tests.contract.graph_world import refused


@pytest.fixture
def world() -> Watched:
    return Watched()


def get(world: Watched, path: str) -> dict[str, Any]:
    answer = world.ask("GET", path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_whether_an_account_is_enabled_has_to_be_asked_for(world: Watched) -> None:
    path = f"/users/{world.adele.object_id}"

    assert "accountEnabled" not in get(world, path)
    assert get(world, path)["displayName"] == "Adele Vance"
    asked = get(world, f"{path}?$select=id,accountEnabled,userPrincipalName")
    assert asked == {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata"
        "#users(id,accountEnabled,userPrincipalName)/$entity",
        "id": world.adele.object_id,
        "accountEnabled": True,
        "userPrincipalName": ADELE,
    }


def test_a_user_is_found_by_name_in_any_case_and_shows_what_was_done(world: Watched) -> None:
    path = f"/users/{ADELE.upper()}?$select=accountEnabled,jobTitle"

    world.graph.users.disable(world.adele.object_id)
    world.graph.users.update(world.adele.object_id, jobTitle="Retail Manager")
    assert get(world, path)["accountEnabled"] is False
    assert get(world, path)["jobTitle"] == "Retail Manager"
    world.graph.users.enable(world.adele.object_id)
    assert get(world, path)["accountEnabled"] is True


def test_a_deleted_user_is_not_found_and_no_longer_listed(world: Watched) -> None:
    world.graph.users.delete(world.adele.object_id)

    for name in (world.adele.object_id, ADELE, str(uuid.uuid4())):
        answer = world.ask("GET", f"/users/{name}?$select=accountEnabled")
        assert refused(answer) == (404, "Request_ResourceNotFound")
    assert get(world, "/users")["value"] == []


def test_an_unknown_property_is_refused(world: Watched) -> None:
    answer = world.ask("GET", f"/users/{ADELE}?$select=enabled")

    assert refused(answer) == (400, "BadRequest")


def test_disabled_users_are_listed_page_by_page(world: Watched) -> None:
    made = [world.graph.users.add(world.tenant, f"user{n}@contoso.example") for n in range(7)]
    off = [world.graph.users.disable(user.object_id).object_id for user in made[:5]]
    link = "/users?$filter=accountEnabled eq false&$select=id,accountEnabled&$top=2"
    pages = []
    while link:
        page = get(world, link)
        pages.append(page["value"])
        link = page.get("@odata.nextLink", "")

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [user["id"] for page in pages for user in page] == off
    assert {user["accountEnabled"] for page in pages for user in page} == {False}


@pytest.mark.parametrize(
    "clause",
    ["accountEnabled eq 'false'", "userPrincipalName eq true", "accountEnabled", "mail ne 'x'"],
)
def test_a_filter_of_the_wrong_form_is_refused(world: Watched, clause: str) -> None:
    assert refused(world.ask("GET", f"/users?$filter={clause}")) == (400, "BadRequest")


def test_another_tenants_users_are_not_seen(world: Watched) -> None:
    other = world.graph.users.add(str(uuid.uuid4()), "eve@fabrikam.example")

    assert [user["id"] for user in get(world, "/users")["value"]] == [world.adele.object_id]
    assert world.ask("GET", f"/users/{other.object_id}").status_code == 404


@pytest.mark.parametrize("path", ["/users", f"/users/{ADELE}", "/users/delta"])
def test_reading_users_takes_its_permission(world: Watched, path: str) -> None:
    without = world.call("GET", path, "Application.Read.All", "Organization.Read.All")

    assert refused(without) == (403, "Authorization_RequestDenied")
    assert world.call("GET", path, READ_USERS).status_code == 200


def test_the_directory_refuses_what_makes_no_sense(world: Watched) -> None:
    users = world.graph.users
    with pytest.raises(ValueError, match="already"):
        users.add(world.tenant, ADELE.upper())
    with pytest.raises(ValueError, match="no property colour"):
        users.update(world.adele.object_id, colour="red")
    users.delete(world.adele.object_id)
    with pytest.raises(KeyError):
        users.disable(world.adele.object_id)


def test_delta_tells_what_has_changed_since_the_last_round(world: Watched) -> None:
    users = world.graph.users
    gone = users.add(world.tenant, "gone@contoso.example")
    lost = users.add(world.tenant, "lost@contoso.example")
    first = get(world, "/users/delta?$select=accountEnabled")
    assert len(first["value"]) == 3
    users.disable(world.adele.object_id)
    users.delete(gone.object_id)
    users.purge(lost.object_id)

    second = get(world, first["@odata.deltaLink"])
    assert second["value"] == [
        {"accountEnabled": False, "id": world.adele.object_id},
        {"id": gone.object_id, "@removed": {"reason": "changed"}},
        {"id": lost.object_id, "@removed": {"reason": "deleted"}},
    ]
    assert get(world, second["@odata.deltaLink"])["value"] == []
    assert len(get(world, "/users/delta")["value"]) == 1


def test_a_change_between_two_pages_of_delta_comes_in_the_next_round(world: Watched) -> None:
    for number in range(4):
        world.graph.users.add(world.tenant, f"user{number}@contoso.example")
    token = world.token(READ_USERS)
    prefer = {"Prefer": "odata.maxpagesize=3"}
    first = world.call("GET", "/users/delta", token=token, headers=prefer).json()
    world.graph.users.disable(world.adele.object_id)
    second = world.call("GET", first["@odata.nextLink"], token=token, headers=prefer).json()

    assert [len(page["value"]) for page in (first, second)] == [3, 2]
    assert len({user["id"] for page in (first, second) for user in page["value"]}) == 5
    third = get(world, second["@odata.deltaLink"])
    assert [user["id"] for user in third["value"]] == [world.adele.object_id]


def test_delta_can_begin_now(world: Watched) -> None:
    start = get(world, "/users/delta?$deltatoken=latest")
    assert start["value"] == []
    world.graph.users.disable(world.adele.object_id)

    assert len(get(world, start["@odata.deltaLink"])["value"]) == 1


def test_a_delta_link_that_is_too_old_means_starting_over(world: Watched) -> None:
    link = get(world, "/users/delta")["@odata.deltaLink"]
    world.clock.now += timedelta(days=7, seconds=1)

    answer = world.ask("GET", link)
    assert refused(answer) == (410, "syncStateNotFound")
    assert len(get(world, answer.headers["Location"])["value"]) == 1
    assert refused(world.ask("GET", "/users/delta?$deltatoken=x")) == (400, "BadRequest")
