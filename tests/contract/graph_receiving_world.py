"""Our receiving side and Microsoft Graph's, which call each other."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec

from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Trust
from shared.devices.subject import Report
from shared.directory.people import People
from shared.directory.signing_keys import SigningKeys
from shared.directory.subscriptions import Subscriptions
from shared.directory.tenant_directory import TenantDirectory
from shared.errors import Failure, Unverified
from shared.flows import webhook_delivery
from shared.flows.graph_subscriptions import GraphSubscriptions
from shared.flows.subscription_ports import Listener
from shared.mdm import graph
from shared.mdm.call import Answer, Call
from shared.mdm.schemes.shared_secret import InBody
from shared.mdm.senders import Sender, Senders
from shared.mdm.settings import SenderSettings
from shared.records.subscriptions import Chores
from tests.contract.graph_notifications_world import READ_USERS, Receiver, Watched
from tests.contract.graph_world import GRAPH, LOGIN
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable

ADDRESS = "https://app.contoso.example/api/mdm/entra"


@dataclass
class Secrets:
    """The sender's secret in the vault, as many versions as there are."""

    versions: list[LiveSecret] = field(default_factory=list)

    def rotate(self) -> None:
        """Store a new version; the one before it counts still."""
        version = uuid.uuid4().hex
        new = LiveSecret(name="graph-secret", version=version, value=f"a secret {version}")
        self.versions = [new, *self.versions[:1]]

    def live(self, name: str, at_most: timedelta = timedelta()) -> tuple[LiveSecret, ...]:
        """Return the live versions."""
        assert (name, at_most >= timedelta()) == ("graph-secret", True)
        return tuple(self.versions)

    def expires_at(self, name: str) -> datetime | None:
        """Say that they carry no dates."""
        del name
        return None


@dataclass
class Webhook(Receiver):
    """Our address: what the app's function does, without the platform."""

    senders: Senders | None = None
    queue: FakeQueue = field(default_factory=FakeQueue)
    chores: Chores = field(default_factory=lambda: Chores(FakeTable(), FakeClock()))
    refused: list[Failure] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        call = Call(
            method=request.method,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=dict(parse_qsl(request.url.query.decode())),
            body=request.content,
        )
        assert self.senders is not None
        try:
            return self._taken(self.senders, call)
        except Failure as failure:
            self.refused.append(failure)
            return httpx.Response(401 if isinstance(failure, Unverified) else 503)

    def _taken(self, senders: Senders, call: Call) -> httpx.Response:
        greeting = senders.greet("entra", call)
        if greeting is not None:
            return _response(greeting)
        delivery = senders.read("entra", call)
        webhook_delivery.take_in(
            "entra", delivery, queue=self.queue, unheeded=Nothing(), chores=self.chores
        )
        return httpx.Response(senders.answers("entra").taken)


class Nothing:
    """Counts what nobody knows: there must be nothing of the kind."""

    def count(self, sender: str, kind: str) -> None:
        """Refuse to."""
        raise AssertionError((sender, kind))

    def of(self, sender: str) -> list[Any]:
        """Return none."""
        del sender
        return []


class Receiving(Watched):
    """A tenant whose users we watch."""

    def __init__(self, opened: graph.Open | None = None, **options: Any) -> None:  # noqa: ANN401 - as Watched has them
        super().__init__(**options)
        self.secrets = Secrets()
        self.secrets.rotate()
        self.chores = Chores(FakeTable(), self.clock)
        self.webhook = Webhook(self.clock, chores=self.chores)
        self.receiver: Receiver = self.webhook
        self.roles: tuple[str, ...] = (READ_USERS,)
        self.creator = str(uuid.uuid4())
        self.open_with(opened)
        http = httpx.Client(transport=httpx.MockTransport(self.graph))
        self.ours = TenantDirectory(
            people=People(http, GRAPH), listed=Subscriptions(http, GRAPH), token=self._token
        )

    def open_with(self, opened: graph.Open | None) -> None:
        """Let the sender read content, or not."""
        settings = msgspec.convert(
            {"vendor": "graph", "tenant_id": self.tenant, "secret_name": "graph-secret"},
            SenderSettings,
        )
        vendor = graph.vendor_for(settings, opened)
        sender = Sender(
            name="entra",
            tenant_id=self.tenant,
            secret_name="graph-secret",
            trust=Trust.FULL,
            vendor=vendor,
            scheme=InBody(vendor.body_secret),
        )
        self.webhook.senders = Senders(
            senders={"entra": sender}, secrets=self.secrets, clock=self.clock
        )

    @property
    def reports(self) -> list[Report]:
        """What was put on the queue."""
        return self.webhook.queue.reports

    @property
    def signing_keys(self) -> SigningKeys:
        """The login service's keys, not read yet."""
        http = httpx.Client(transport=httpx.MockTransport(self.entra))
        return SigningKeys(http, LOGIN, self.clock)

    def key(self) -> Any:  # noqa: ANN401 - a function of one text
        """Return how a key of this tenant's issuer is found."""
        return partial(self.signing_keys.key, self.tenant)

    def look(self) -> list[Failure]:
        """Run the story."""
        story = GraphSubscriptions(
            directory=lambda _: self.ours,
            secrets=self.secrets,
            chores=self.chores,
            queue=self.webhook.queue,
            clock=self.clock,
        )
        return story.look([self.listener])

    @property
    def listener(self) -> Listener:
        """Who is notified."""
        return Listener(
            sender="entra",
            tenant_id=self.tenant,
            trust=Trust.FULL,
            secret_name="graph-secret",
            address=ADDRESS,
        )

    def delivered(self) -> list[int]:
        """Have Graph send what is due, and return how it was answered."""
        return [attempt.status for attempt in self.graph.notifications.deliver()]

    def settled(self) -> "Receiving":
        """Return the world after everything is subscribed and caught up."""
        assert self.look() == []
        self.delivered()
        self.reports.clear()
        return self

    def subscription_id(self) -> str:
        """Return the only subscription's id."""
        (only,) = self.ours.subscriptions()
        return only.subscription_id

    def _token(self) -> str:
        return self.token(*self.roles, appid=self.app_id, oid=self.creator)


def _response(answer: Answer) -> httpx.Response:
    headers = {"Content-Type": answer.content_type, **answer.headers}
    return httpx.Response(answer.status, content=answer.text.encode(), headers=headers)
