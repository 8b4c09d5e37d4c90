"""Graph on a bad day: errors, cut connections, late objects; and a journal of every call."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.graph import Moment, Operation
from tests.contract.graph_certificates import Certificate, a_key, key_credential
from tests.contract.graph_world import OWNED, READ, WRITE, World, refused

NEW = Certificate(key=a_key(1))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def address(authority: Authority, world: World) -> Iterator[str]:
    with Server(authority) as server:
        yield server.mount(world.graph, name="graph")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "Authorization_RequestDenied"),
        (429, "Request_ThrottledTemporarily"),
        (503, "Service_ServiceUnavailable"),
        (504, "GatewayTimeout"),
        (500, "UnknownError"),
    ],
)
def test_a_call_fails_as_often_as_was_ordered(world: World, status: int, code: str) -> None:
    world.graph.fail_next(status, on="addKey", times=2, headers={"Retry-After": "7"})
    assert world.call("GET", world.path, READ).status_code == 200

    failures = [world.add_key(NEW) for _ in range(2)]

    assert [refused(failure) for failure in failures] == [(status, code)] * 2
    assert failures[0].headers["Retry-After"] == "7"
    assert len(world.registered()) == 1
    assert world.add_key(NEW).status_code == 200


def test_any_call_fails_and_with_any_code(world: World) -> None:
    world.graph.fail_next(409, code="Request_MultipleObjectsWithSameKeyValue")

    answer = world.call("GET", "/organization", "Organization.Read.All")

    assert refused(answer) == (409, "Request_MultipleObjectsWithSameKeyValue")


def test_a_failure_is_not_wasted_on_who_is_not_let_in(world: World) -> None:
    world.graph.fail_next(503)

    world.call("GET", world.path, headers={"Authorization": ""})

    assert world.call("GET", world.path, READ).status_code == 503


def test_an_error_may_come_after_the_work_was_done(world: World) -> None:
    world.graph.fail_next(504, on="addKey", moment=Moment.AFTER)

    assert world.add_key(NEW).status_code == 504
    assert len(world.registered()) == 2


def test_work_that_is_refused_is_refused_even_if_the_answer_should_be_lost(world: World) -> None:
    world.graph.drop_next(moment=Moment.AFTER)

    assert world.call("GET", world.path).status_code == 403


@pytest.mark.parametrize(("moment", "keys"), [(Moment.BEFORE, 1), (Moment.AFTER, 2)])
def test_a_connection_is_cut_before_or_after_the_work(
    world: World, moment: Moment, keys: int
) -> None:
    world.graph.drop_next(on="addKey", moment=moment)

    with pytest.raises(httpx.RemoteProtocolError):
        world.add_key(NEW)

    assert len(world.registered()) == keys
    assert next((one.name, one.status) for one in world.graph.operations) == ("addKey", 0)


def test_on_a_port_the_connection_is_cut_and_paths_keep_their_quotes(
    world: World, address: str, authority: Authority
) -> None:
    path = f"{address}/v1.0/applications(appId='{world.client_id}')"
    headers = {"Authorization": f"Bearer {world.token(READ)}"}
    context = ssl.create_default_context(cafile=authority.certificate)

    with httpx.Client(verify=context, headers=headers) as client:
        found = client.get(path)
        world.graph.drop_next(on="getApplication")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(path)
        page = client.get(f"{address}/v1.0/servicePrincipals?$top=1&$select=id").json()

    assert found.json()["id"] == world.app.object_id
    assert page["@odata.nextLink"].startswith(f"{address}/v1.0/servicePrincipals?")


def test_calls_take_their_time(world: World) -> None:
    world.graph.latency.update({"getApplication": 3.0, "*": 0.5})

    world.call("GET", world.path, READ)
    world.call("GET", "/applications", READ)

    assert world.naps == [3.0, 0.5]


def test_a_new_application_is_not_found_at_first(world: World) -> None:
    world.graph.replication.reads = 2
    made = world.call("POST", "/applications", WRITE, body={"displayName": "new"}).json()
    path, query = f"/applications/{made['id']}", f"$filter=appId eq '{made['appId']}'"

    first = world.call("GET", path, READ)
    second = world.call("GET", f"/applications?{query}", READ).json()
    third = world.call("GET", f"/applications?{query}", READ).json()

    assert refused(first) == (404, "Request_ResourceNotFound")
    assert (len(second["value"]), len(third["value"])) == (0, 1)
    assert world.call("PATCH", path, WRITE, body={"notes": "x"}).status_code == 204


def test_a_new_application_cannot_be_given_a_principal_at_first(world: World) -> None:
    world.graph.replication.reads = 1
    made = world.call("POST", "/applications", WRITE, body={"displayName": "new"}).json()
    body = {"appId": made["appId"]}

    first = world.call("POST", "/servicePrincipals", WRITE, body=body)
    second = world.call("POST", "/servicePrincipals", WRITE, body=body)

    assert refused(first) == (400, "Request_BadRequest")
    assert second.status_code == 201
    path = f"/servicePrincipals/{second.json()['id']}"
    assert [world.call("GET", path, READ).status_code for _ in range(2)] == [404, 200]


def test_every_call_is_in_the_journal(world: World) -> None:
    token = world.token(oid="0b9a1c68-6f56-4a86-8b2a-6f8a3c1a9009", roles=[READ])

    world.call("GET", f"{world.path}?$select=id", token=token)
    world.call("PATCH", world.path, token=token, body={})
    world.call("GET", "/nothing", token=token)
    world.call("DELETE", world.path, headers={"Authorization": ""})

    own = "0b9a1c68-6f56-4a86-8b2a-6f8a3c1a9009"
    path = f"/v1.0{world.path}"
    expected = [
        ("getApplication", "GET", path, own, 200),
        ("updateApplication", "PATCH", path, own, 403),
        ("", "GET", "/v1.0/nothing", own, 400),
        ("deleteApplication", "DELETE", path, "", 401),
    ]
    assert world.graph.operations == [
        Operation(name=name, method=method, path=path, principal_id=who, status=status)
        for name, method, path, who, status in expected
    ]
    assert world.graph.count("getApplication") == 1


def test_a_request_can_be_named_before_it_is_made(world: World) -> None:
    """So that a test can choose the call at which the app dies."""
    base = "https://graph.microsoft.com/v1.0"
    request = httpx.Request("POST", f"{base}/applications(appId='{world.client_id}')/addKey")

    assert world.graph.name(request) == "addKey"
    assert world.graph.name(httpx.Request("PUT", f"{base}/applications")) == ""
    assert world.graph.operations == []


def test_the_callers_request_id_comes_back(world: World) -> None:
    sent = {"client-request-id": "4a2f3c1e-0000-4000-8000-000000000001"}

    found = world.call("GET", world.path, READ, headers=sent)
    missed = world.call("GET", "/applications/x", READ, headers=sent)

    assert found.headers["client-request-id"] == sent["client-request-id"]
    assert missed.json()["error"]["innerError"]["client-request-id"] == sent["client-request-id"]
    assert missed.headers["request-id"] == missed.json()["error"]["innerError"]["request-id"]


def test_keys_sent_at_once_are_all_kept(world: World) -> None:
    owner = world.token(OWNED)
    entry = {"displayName": "own", "keyCredentials": [key_credential(NEW)] * 3}

    made = world.call("POST", "/applications", token=owner, body=entry).json()

    assert len({key["keyId"] for key in made["keyCredentials"]}) == 3
