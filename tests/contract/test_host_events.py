"""The Event Grid endpoint of the embedded host: handshake, schemas, failure."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.host.launch import FunctionHost
from tests.contract.host_world import World

PATH = "/runtime/webhooks/EventGrid"


@pytest.fixture(scope="module")
def world(storage: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(storage, tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module")
def host(world: World) -> Iterator[FunctionHost]:
    with world.host(function_key="key") as host:
        yield host


@pytest.fixture(autouse=True)
def forget(world: World) -> None:
    Path(world.seen).unlink(missing_ok=True)


def post(
    host: FunctionHost, content: list[Any], kind: str = "Notification", function: str = "on_event"
) -> httpx.Response:
    return httpx.post(
        host.url + PATH,
        params={"functionName": function, "code": "key"},
        headers={"aeg-event-type": kind},
        json=content,
    )


def event(name: str) -> dict[str, Any]:
    return {"id": name, "eventType": "t", "subject": "s", "eventTime": "2026-01-01T00:00:00Z"}


def test_the_handshake_is_answered_without_the_function(host: FunctionHost, world: World) -> None:
    answer = post(host, [{"data": {"validationCode": "abc"}}], "SubscriptionValidation")

    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "abc"})
    assert world.records("on_event") == []


def test_each_event_of_either_schema_is_a_call(host: FunctionHost, world: World) -> None:
    cloud = {"specversion": "1.0", "id": "two", "source": "s", "type": "t"}
    answer = post(host, [event("one"), cloud])

    assert answer.status_code == 202
    kinds = {seen["id"]: seen["kind"] for seen in world.records("on_event")}
    assert kinds == {"one": "EventGridEvent", "two": "CloudEvent"}


def test_one_bad_event_fails_the_delivery_though_the_others_ran(
    host: FunctionHost, world: World
) -> None:
    assert post(host, [event("good"), event("bad")]).status_code == 500
    assert {seen["id"] for seen in world.records("on_event")} == {"good", "bad"}


@pytest.mark.parametrize(
    ("kind", "function", "status"),
    [
        ("Unsubscribe", "on_event", 202),
        ("Surprise", "on_event", 400),
        ("Notification", "work", 404),
        ("Notification", "nobody", 404),
    ],
)
def test_other_deliveries_are_answered_as_the_extension_does(
    host: FunctionHost, kind: str, function: str, status: int
) -> None:
    assert post(host, [], kind, function).status_code == status


def test_a_delivery_without_the_key_is_refused(host: FunctionHost) -> None:
    assert httpx.post(host.url + PATH, params={"functionName": "on_event"}).status_code == 401
