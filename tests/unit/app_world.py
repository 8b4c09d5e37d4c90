"""The app with stand-ins behind every port, and what the platform would hand to its functions."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from shared import wiring
from shared.config import Limits, Tenant
from shared.devices.certificate import App, Certificate, KeyFacts
from shared.devices.model import Trust
from shared.flows.ports import AccessFacts
from shared.mdm.senders import Sender, Senders
from shared.records.certificates import Certificates
from shared.records.deliveries import Deliveries
from shared.services import Services
from tests.unit.builders import TENANT, a_device
from tests.unit.certificates import FakeVault, an_app
from tests.unit.signing import SECRET
from tests.unit.stand_ins import FakeQueue, FakeTable
from tests.unit.world import SETTLE, World


def a_tenant(**changes: object) -> Tenant:
    """Return a tenant of this deployment."""
    return Tenant(
        app=an_app(**changes),
        organization="contoso.onmicrosoft.com",
        limits=Limits(wipe_settle=SETTLE.total_seconds()),
    )


class OneSecret:
    """The vault's only secret."""

    def live(self, name: str, at_most: timedelta = timedelta()) -> tuple[str, ...]:
        """Return it."""
        assert (name, at_most >= timedelta()) == ("portal-secret", True)
        return (SECRET,)


class GoodVault(FakeVault):
    """A vault in which all is well."""

    def key_facts(self, certificate: Certificate) -> KeyFacts:
        """Return what it says of the key."""
        assert certificate.version
        return KeyFacts(kind="RSA", bits=2048, operations=frozenset({"sign"}), is_exportable=False)

    def proves_key(self, certificate: Certificate) -> bool:
        """Say that the key fits."""
        return bool(certificate.version)


class GoodEntra:
    """An Entra ID in which all is well."""

    def roles(self, app: App, certificate: Certificate) -> tuple[str, ...]:
        """Return the role."""
        assert app.tenant_id
        assert certificate.version
        return ("Exchange.ManageAsApp",)


@dataclass
class Deployment:
    """The app, serving one tenant unless a test adds another."""

    world: World = field(default_factory=lambda: World([a_device()]))
    queue: FakeQueue = field(default_factory=FakeQueue)
    vault: GoodVault = field(default_factory=GoodVault)
    deliveries: FakeTable = field(default_factory=FakeTable)
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))
    pings: dict[str, Callable[[], None]] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=lambda: {TENANT: a_tenant()})

    def __post_init__(self) -> None:
        self.pings = {
            "tables": self.world.journal.ping,
            "queues": lambda: None,
            "exchange": self.world.exchange.ping,
        }

    @property
    def services(self) -> Services:
        """Return the ports."""
        portal = Sender(
            name="portal", tenant_id=TENANT, secret_name="portal-secret", trust=Trust.FULL
        )
        clock = self.world.clock
        return Services(
            tenants=self.tenants,
            exchange=dict.fromkeys(self.tenants, self.world.exchange).__getitem__,
            access_facts=dict[str, AccessFacts]().__getitem__,
            journal=self.world.journal,
            postures=self.world.postures,
            orders=self.world.orders,
            deliveries=Deliveries(self.deliveries, clock),
            queues=self.queue,
            senders=Senders(senders={"portal": portal}, secrets=OneSecret(), clock=clock),
            events=self.world.events,
            vault=self.vault,
            entra=GoodEntra(),
            pins=self.pins,
            pings=self.pings,
            clock=clock,
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the functions use these ports."""
        with wiring.using(self.services):
            yield


@dataclass(frozen=True)
class Message:
    """A queue message, as far as our functions look at one."""

    body: bytes

    def get_body(self) -> bytes:
        """Return what was sent."""
        return self.body


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, as far as our functions look at one."""

    method: str
    body: bytes
    route_params: Mapping[str, str]
    params: Mapping[str, str]
    headers: Mapping[str, str]

    def get_body(self) -> bytes:
        """Return what was sent."""
        return self.body


class Answer(Protocol):
    """What a function answers."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def mimetype(self) -> str:
        """The type of the body."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""
        ...

    def get_body(self) -> bytes:
        """Return the body."""
        ...


Function = Callable[[Request], Answer]


def request(
    method: str = "GET",
    body: bytes = b"",
    *,
    route: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return a request."""
    return Request(
        method=method,
        body=body,
        route_params=route or {},
        params=params or {},
        headers=headers or {},
    )


def call(app: Deployment, function: Function, asked: Request) -> Answer:
    """Let the host call a function."""
    with app.running():
        return function(asked)


def told(answer: Answer) -> dict[str, object]:
    """Return what an answer says."""
    found = json.loads(answer.get_body())
    assert isinstance(found, dict)
    assert answer.headers["Cache-Control"] == "no-store"
    return found
