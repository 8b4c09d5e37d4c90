"""A tenant with a user, an app that subscribes, and the endpoint that is to hear of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx

from infra.local.simulators.graph import Graph, Outbound
from tests.contract.graph_world import Clock, World

READ_USERS = "User.Read.All"
ENDPOINT = "https://app.contoso.example/api/graph"
LIFECYCLE = "https://app.contoso.example/api/graph/lifecycle"
ADELE = "adele@contoso.example"
A_DAY = timedelta(days=1)

Echo = Callable[[str], httpx.Response]


def repeated(token: str) -> httpx.Response:
    """Answer a validation request as it should be answered."""
    return httpx.Response(200, text=token)


@dataclass
class Receiver:
    """An endpoint that behaves, unless told otherwise."""

    clock: Clock
    echo: Echo = repeated
    seconds: float = 0.0  # that every answer takes
    answers: list[int | Exception] = field(default_factory=list)  # the next ones; then 202
    tokens: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        self.clock.now += timedelta(seconds=self.seconds)
        said = parse_qs(request.url.query.decode("ascii"), strict_parsing=bool(request.url.query))
        if "validationToken" in said:
            self.tokens += said["validationToken"]
            return self.echo(said["validationToken"][0])
        answer = self.answers.pop(0) if self.answers else 202
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


class Watched(World):
    """The world of Graph's tests, with a way out of it."""

    def __init__(
        self, *, loopback: bool = False, data_of_users: bool = False, version: str = "1.0"
    ) -> None:
        super().__init__()
        self.receiver = Receiver(self.clock)
        self.app_id = str(uuid.uuid4())
        self._app = {"appid": self.app_id, "oid": str(uuid.uuid4())}
        self.graph = Graph(
            directory=self.directory,
            jwks=self.jwks,
            clock=self.clock,
            sleep=self.naps.append,
            outbound=Outbound(
                client=httpx.Client(transport=httpx.MockTransport(self._received)),
                sign=partial(self.entra.notification_token, version=version),
                loopback=loopback,
                data_of_users=data_of_users,
            ),
        )
        self.adele = self.graph.users.add(self.tenant, ADELE, displayName="Adele Vance")

    def _received(self, request: httpx.Request) -> httpx.Response:
        return self.receiver(request)

    def wish(self, **change: object) -> dict[str, Any]:
        """Return a body that is accepted, unless something spoils it; None leaves a part out."""
        good = {
            "changeType": "updated,deleted",
            "notificationUrl": ENDPOINT,
            "resource": "users",
            "expirationDateTime": (self.clock.now + A_DAY).isoformat(),
            "clientState": "s3cret",
        }
        return {name: value for name, value in (good | change).items() if value is not None}

    def ask(self, method: str, path: str, body: object = None, **app: object) -> httpx.Response:
        """Call Graph as the app, or as another."""
        token = self.token(READ_USERS, **(self._app | app))
        return self.call(method, path, token=token, body=body)

    def subscribe(self, **change: object) -> dict[str, Any]:
        """Subscribe, and forget the handshake."""
        answer = self.ask("POST", "/subscriptions", self.wish(**change))
        assert answer.status_code == 201, answer.text
        self.receiver.requests.clear()
        made: dict[str, Any] = answer.json()
        return made

    def listed(self) -> list[str]:
        """Return the ids of the app's subscriptions."""
        return [one["id"] for one in self.ask("GET", "/subscriptions").json()["value"]]

    def told(self) -> list[dict[str, Any]]:
        """Deliver what is due, and return every notification that was sent."""
        sent = self.graph.notifications.deliver()
        return [one for attempt in sent for one in attempt.body["value"]]
