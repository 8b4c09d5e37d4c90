"""Endpoints have to agree before anybody subscribes in their name."""

import threading
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.serve import Server
from infra.local.simulators.graph import Graph, Outbound
from tests.contract.graph_notifications_world import (
    ENDPOINT,
    LIFECYCLE,
    Receiver,
    Watched,
    repeated,
)
from tests.contract.graph_world import refused

TOO_SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to be refused
MAXIMUM = timedelta(minutes=41760)


@pytest.fixture
def world() -> Watched:
    return Watched()


def ask(world: Watched, **change: object) -> httpx.Response:
    return world.ask("POST", "/subscriptions", world.wish(**change))


def test_each_endpoint_is_asked_for_a_token_of_its_own(world: Watched) -> None:
    url = f"{ENDPOINT}?code=a%2Fb"
    answer = ask(world, notificationUrl=url, lifecycleNotificationUrl=LIFECYCLE)

    first, second = world.receiver.requests
    assert answer.status_code == 201
    assert str(first.url).startswith(f"{url}&validationToken=Validation%3A+Testing+client+")
    assert str(second.url).startswith(f"{LIFECYCLE}?validationToken=")
    assert (first.method, first.content) == ("POST", b"")
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    one, other = world.receiver.tokens
    assert one != other
    assert set(" +/=&%;#?") <= set(one)


def test_one_url_for_both_is_asked_twice(world: Watched) -> None:
    assert ask(world, lifecycleNotificationUrl=ENDPOINT).status_code == 201
    assert len(set(world.receiver.tokens)) == 2


@pytest.mark.parametrize(
    "echo",
    [
        lambda token: httpx.Response(202, text=token),
        lambda token: httpx.Response(403, text=token),
        lambda token: httpx.Response(499, text=token),
        lambda token: httpx.Response(307, headers={"Location": LIFECYCLE}, text=token),
        lambda token: httpx.Response(200, html=token),
        lambda token: httpx.Response(200, json=token),
        lambda token: httpx.Response(200, content=token.encode()),
        lambda token: httpx.Response(200, text=token + "\n"),
        lambda token: httpx.Response(200, text=token.replace(" ", "+")),
        lambda _: httpx.Response(200, text=""),
    ],
)
def test_an_endpoint_that_answers_otherwise_gets_nothing(
    world: Watched, echo: Callable[[str], httpx.Response]
) -> None:
    world.receiver.echo = echo

    assert refused(ask(world)) == (400, "ValidationError")
    assert world.listed() == []


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout])
def test_an_endpoint_that_cannot_be_reached_gets_nothing(
    world: Watched, error: type[httpx.TransportError]
) -> None:
    def fail(_: str) -> httpx.Response:
        raise error("ordered")

    world.receiver.echo = fail

    assert refused(ask(world)) == (400, "ValidationError")


def test_ten_seconds_are_enough_to_answer_and_more_are_too_many(world: Watched) -> None:
    world.receiver.seconds = 10.0
    assert ask(world).status_code == 201
    world.receiver.seconds = 10.1
    assert refused(ask(world)) == (400, "ValidationError")


def test_a_refusing_lifecycle_endpoint_is_enough_to_fail(world: Watched) -> None:
    def once(token: str) -> httpx.Response:
        return repeated(token) if len(world.receiver.tokens) == 1 else httpx.Response(500)

    world.receiver.echo = once

    assert refused(ask(world, lifecycleNotificationUrl=LIFECYCLE)) == (400, "ValidationError")
    assert world.listed() == []


def test_others_are_served_while_an_endpoint_thinks(world: Watched) -> None:
    answers: list[int] = []

    def meanwhile(token: str) -> httpx.Response:
        other = threading.Thread(
            target=lambda: answers.append(world.ask("GET", "/users").status_code)
        )
        other.start()
        other.join(timeout=5)
        return repeated(token) if answers else httpx.Response(500)

    world.receiver.echo = meanwhile

    assert ask(world).status_code == 201
    assert answers == [200]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.4", "[::1]", "app"])
def test_an_endpoint_on_this_machine_takes_a_permission_of_the_worlds_owner(host: str) -> None:
    assert refused(ask(Watched(), notificationUrl=f"https://{host}/x")) == (400, "ValidationError")

    open_world = Watched(loopback=True)
    for scheme in ("http", "https"):
        answer = ask(open_world, notificationUrl=f"{scheme}://{host}:7071/x")
        assert answer.status_code == 201
    public = ask(open_world, notificationUrl=ENDPOINT.replace("https", "http"))
    assert refused(public) == (400, "InvalidRequest")


def test_an_endpoint_on_a_real_port_is_asked_and_told(world: Watched) -> None:
    receiver = Receiver(world.clock)
    with Server(None) as server, httpx.Client(trust_env=False) as client:
        url = server.mount(receiver, name="app", tls=False) + "/api/graph"
        world.graph = Graph(
            directory=world.directory,
            jwks=world.jwks,
            clock=world.clock,
            outbound=Outbound(client=client, sign=world.entra.notification_token, loopback=True),
        )
        world.subscribe(notificationUrl=url)
        world.graph.users.add(world.tenant, "new@contoso.example")
        (attempt,) = world.graph.notifications.deliver()

    assert attempt.status == 202
    assert [request.url.path for request in receiver.requests] == ["/api/graph"] * 2


def test_without_a_way_out_nobody_subscribes(world: Watched) -> None:
    world.graph = Graph(directory=world.directory, jwks=world.jwks, clock=world.clock)

    assert refused(ask(world)) == (400, "ValidationError")
    assert world.graph.notifications.deliver() == []
