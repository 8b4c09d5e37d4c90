"""The app with stand-ins behind every port, and what the platform would hand to its functions."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, Protocol

from shared import wiring
from shared.alerts.delivery import Delivery
from shared.audit.daily_seal import Sealing
from shared.braking import Brake
from shared.credentials.webhook_secret import LiveSecret
from shared.flows.changes import ExchangeChanging
from shared.flows.long_stories import LongRecords
from shared.flows.mdm_poll import Polling
from shared.flows.one_exchange import OneExchange
from shared.flows.poll_ports import PolledSender
from shared.flows.recognition_ports import Named
from shared.flows.rotation_ports import RotationPorts
from shared.limits import Limits
from shared.mdm.senders import Secrets, Sender, Senders
from shared.rate_limits import RateLimits
from shared.records.announcements import Announcements
from shared.records.audit_export import AuditExport
from shared.records.audit_log import AuditLog
from shared.records.awaited import Awaited
from shared.records.certificates import Certificates
from shared.records.held import Held
from shared.records.kept_words import KeptWords
from shared.records.links import Links
from shared.records.offboardings import Offboardings
from shared.records.operation_list import OperationList
from shared.records.polled import Polled
from shared.records.reports import Reports
from shared.records.rotations import Rotations
from shared.records.stale import StalePlans
from shared.records.subscriptions import Chores
from shared.records.tenant_orders import TenantOrders
from shared.records.throttle import Throttles
from shared.records.unheeded import Unheeded
from shared.records.validations import Validations
from shared.services import Services
from shared.sign_in import SignIn
from shared.tenants import Tenant
from tests.unit.audit_world import FakeBlobs
from tests.unit.builders import TENANT, a_device
from tests.unit.certificates import an_app
from tests.unit.default_access_world import Records
from tests.unit.signing import SECRET, a_secret, a_sender
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable
from tests.unit.trust_watch_world import FakeTrustEvents
from tests.unit.trust_world import FakeLists, FakeTenant, TrustWorld
from tests.unit.validation_chain import Chain
from tests.unit.world import SETTLE, World


def a_tenant(**changes: object) -> Tenant:
    """Return a tenant of this deployment."""
    return Tenant(
        app=an_app(**changes),
        organization="contoso.onmicrosoft.com",
        limits=Limits(
            wipe_settle=SETTLE.total_seconds(),
            rotate_ahead=0,
            wipes_per_hour=10**6,
            blocks_per_hour=10**6,
            removals_per_hour=10**6,
            policy_changes_per_hour=10**6,
            fleet_share=1,
            approvals=False,
        ),
    )


class OneSecret:
    """The vault's only secret."""

    def live(self, name: str, at_most: timedelta = timedelta()) -> tuple[LiveSecret, ...]:
        """Return it."""
        assert (name, at_most >= timedelta()) == ("portal-secret", True)
        return (a_secret(SECRET),)

    def expires_at(self, name: str) -> None:
        """Say that it carries no date."""
        assert name == "portal-secret"


@dataclass
class Deployment:
    """The app, serving one tenant unless a test adds another."""

    world: World = field(default_factory=lambda: World([a_device()]))
    queue: FakeQueue = field(default_factory=FakeQueue)
    vault: Chain = field(default_factory=Chain)  # and Graph, Entra ID, the app's rights
    validations: Validations = field(default_factory=lambda: Validations(FakeTable()))
    senders: dict[str, Sender] = field(default_factory=lambda: {"portal": a_sender()})
    secrets: Secrets = field(default_factory=OneSecret)
    chores: Chores = field(default_factory=lambda: Chores(FakeTable(), FakeClock()))
    polled: tuple[PolledSender, ...] = ()
    links: FakeTable = field(default_factory=FakeTable)
    reports: FakeTable = field(default_factory=FakeTable)
    held: FakeTable = field(default_factory=FakeTable)
    unheeded: FakeTable = field(default_factory=FakeTable)
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))
    announced: Announcements = field(default_factory=lambda: Announcements(FakeTable()))
    rotations: Rotations = field(default_factory=lambda: Rotations(FakeTable()))
    stale_plans: StalePlans = field(default_factory=lambda: StalePlans(FakeTable()))
    kept_words: KeptWords = field(default_factory=lambda: KeptWords(FakeTable()))
    pings: dict[str, Callable[[], None]] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=lambda: {TENANT: a_tenant()})
    sign_in: SignIn | None = None
    audit_blobs: FakeBlobs = field(default_factory=FakeBlobs)
    trusted: dict[str, FakeTenant] = field(default_factory=dict)  # by tenant; others are well
    lists: FakeLists = field(default_factory=FakeLists)
    trust_events: FakeTrustEvents = field(default_factory=FakeTrustEvents)
    alerts: Delivery | None = None

    throttles: Throttles = field(default_factory=lambda: Throttles(FakeTable(), FakeClock()))

    rates: RateLimits = field(default_factory=lambda: RateLimits(100_000, FakeClock()))

    def __post_init__(self) -> None:
        self.pings = {
            "tables": self.world.journal.ping,
            "queues": lambda: None,
            "exchange": self.world.exchange.ping,
        }

    @property
    def rotation(self) -> RotationPorts:
        """Return the record of rotations; the rest of it is tested where it is real."""
        absent: Any = None
        return RotationPorts(
            vault=absent,
            versions=absent,
            registrations=absent,
            entra=absent,
            exchange=absent,
            pins=self.pins,
            rotations=self.rotations,
            events=absent,
            clock=self.world.clock,
            overlap=timedelta(hours=24),
            apart=timedelta(seconds=20),
            ahead=timedelta(),
        )

    @property
    def exchange(self) -> OneExchange:
        """Return the tenants' Exchange; what changes its settings is tested where it is real."""
        absent: Any = None
        return OneExchange(
            devices=self.world.exchange,
            pace=partial(self.throttles.seen, TENANT),
            facts=absent,
            partnerships=absent,
            owners=absent,
            changing=ExchangeChanging(policies=absent, rules=absent),
            default_access=absent,
            organization=absent,
            inventory=absent,
            permissions=self.vault.exchange,
        )

    @property
    def brake(self) -> Brake:
        """Return the brake, by the tenants' own limits."""
        return replace(
            self.world.brake(),
            allowances={name: each.allowances for name, each in self.tenants.items()},
            expires={name: each.held_for for name, each in self.tenants.items()},
            queue=self.queue,
        )

    @property
    def services(self) -> Services:
        """Return the ports."""
        clock = self.world.clock
        absent: Any = None
        without_pictures: Any = SimpleNamespace(pictures=absent)
        return Services(
            tenants=self.tenants,
            sign_in=self.sign_in,
            rotations=dict.fromkeys(self.tenants, self.rotation),
            exchanges=dict.fromkeys(self.tenants, self.exchange),
            tenant_orders=TenantOrders(FakeTable()),
            long_records=LongRecords(
                default_changes=Records(),
                stale_plans=self.stale_plans,
                offboardings=Offboardings(self.world.records.offboardings),
            ),
            kept_words=self.kept_words,
            journal=self.world.journal,
            audit=AuditExport(self.audit_blobs),
            sealing=Sealing(
                log=AuditLog(self.audit_blobs, clock),
                vault=absent,
                pins=self.pins,
                clock=clock,
            ),
            operation_list=OperationList(self.world.journal_table),
            rates=self.rates,
            postures=self.world.postures,
            orders=self.world.orders,
            brake=self.brake,
            named=Named(
                links=Links(self.links),
                reports=Reports(self.reports),
                held=Held(self.held, clock),
                awaited=Awaited(FakeTable()),
            ),
            unheeded=Unheeded(self.unheeded, clock),
            people={},
            queues=self.queue,
            senders=Senders(senders=self.senders, secrets=self.secrets, clock=clock),
            chores=self.chores,
            subscriptions=absent,
            listeners=(),
            polling=Polling(
                senders=self.polled,
                polled=Polled(FakeTable()),
                queue=self.queue,
                unheeded=Unheeded(self.unheeded, clock),
                clock=clock,
            ),
            inventories=without_pictures,
            trust=TrustWorld(
                clock,
                {name: self.trusted.get(name) or FakeTenant() for name in self.tenants},
                self.lists,
                watched=frozenset(
                    name
                    for name, tenant in self.tenants.items()
                    if tenant.limits.watch_user_certificates
                ),
                events=self.trust_events,
            ).trusting,
            events=self.world.events,
            alerts=self.alerts or absent,
            vault=self.vault,
            entra=self.vault,
            own_registrations=self.vault,
            pins=self.pins,
            announced=self.announced,
            validations=self.validations,
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
    insertion_time: datetime | None = None
    dequeue_count: int = 1

    def get_body(self) -> bytes:
        """Return what was sent."""
        return self.body


class Fields(Mapping[str, str]):
    """Header fields, by names whose case does not matter, as in earnest."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name.lower(): value for name, value in given.items()}

    def __getitem__(self, name: str) -> str:
        return self._given[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, as far as our functions look at one."""

    method: str
    body: bytes
    route_params: Mapping[str, str]
    params: Mapping[str, str]
    headers: Mapping[str, str]
    url: str = "https://easgate.example/api"

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
        headers=Fields(headers or {}),
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
