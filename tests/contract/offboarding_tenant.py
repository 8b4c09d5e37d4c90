"""A phone is lost where Exchange, directory and authorities are simulated on the wire."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import Authority as SimulatedAuthority
from infra.local.simulators.certificate_authority import CertificateAuthorities
from infra.local.simulators.exchange.devices import Device
from shared import tenant_messages
from shared.crl_download import Downloads
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from shared.errors import Misconfigured, Retryable
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.mailbox_owners import MailboxOwners
from shared.exchange.policies import Policies
from shared.exchange.probe import Probe
from shared.flows.crl_check import CrlCheck
from shared.flows.guarding import Guard
from shared.flows.offboarding import OffboardingStory
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.steps import Steps
from shared.flows.tenant_command import TenantSteps
from shared.records.journal import Journal
from shared.records.offboardings import Offboardings
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.tables import Table
from shared.records.tenant_orders import TenantOrders
from shared.trust.authority import Authority, Store
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import TENANT_ID
from tests.contract.storage_wire import Wire, table
from tests.contract.trust_client_world import TrustWorld
from tests.unit.brake_world import BrakeRecords
from tests.unit.stand_ins import FakeEvents

OWNER = "adele@contoso.com"
TABLES = ("offboardings", "journal", "orders", "postures", "tenantorders")
IPHONE = {"device_type": "iPhone", "client_version": "16.1"}


@dataclass
class LostPhone:
    """Exchange, Microsoft Graph and an authority, at one time of day, and our records."""

    tables: dict[str, Table]
    server: Server
    client: ClientWorld = field(default_factory=ClientWorld)
    graph: TrustWorld = field(default_factory=TrustWorld)
    events: FakeEvents = field(default_factory=FakeEvents)
    is_online: bool = True

    def __post_init__(self) -> None:
        self.pass_time(timedelta())
        self.journal = Journal(self.tables["journal"])
        self.user_id = str(self.client.mailbox.external_id)
        self.graph.graph.users.add(self.graph.tenant, OWNER, object_id=self.user_id)
        self.authorities = CertificateAuthorities(clock=self.client.clock)
        self.authorities.base_url = self.server.mount(
            self.authorities, name=f"authorities-{uuid.uuid4()}", tls=False
        )
        root = self.authorities.root("contoso-root")
        self.issuing = self.authorities.intermediate("contoso-issuing", root)
        self.graph.trust.add_authority(_trusted(root, is_root=True))
        self.graph.trust.add_authority(_trusted(self.issuing, is_root=False))
        self.phones: list[Device] = []

    @property
    def issuer(self) -> str:
        """Which authority it is, as an order says it."""
        return _trusted(self.issuing, is_root=False).thumbprint

    @property
    def user(self) -> dict[str, Any]:
        """The account as Graph shows it."""
        fields = "accountEnabled,signInSessionsValidFromDateTime"
        roles = ("User.Read.All",)
        answer = self.graph.call("GET", f"/users/{self.user_id}?$select={fields}", *roles)
        shown: dict[str, Any] = answer.json()
        return shown

    def add(self, device_id: str, **details: Any) -> Device:  # noqa: ANN401 - as the simulator has them
        """Let a phone sync for the first time."""
        told = {**IPHONE, **details}
        device = self.client.tenant.add_device(OWNER, device_id=device_id, **told)
        self.phones.append(device)
        return device

    def asked_for(self, cmdlet: str) -> int:
        """Return how often Exchange was asked to run a cmdlet."""
        return [call.cmdlet for call in self.client.exchange.calls].count(cmdlet)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass everywhere; a phone that is on tries to sync."""
        self.client.clock.now += span
        self.graph.clock.now = self.client.clock.now
        if self.is_online and span:
            for phone in self.phones:
                if phone.guid in phone.mailbox.devices:
                    self.client.tenant.contact(phone)

    def order(self, action: str, **fields: object) -> Operation:
        """Take an order in, and deliver it until it is done with."""
        command = an_order(action, **fields)
        for _ in range(200):
            try:
                self.steps().handle(command)
            except (Retryable, Misconfigured) as failure:
                after = failure.after if isinstance(failure, Retryable) else None
                self.pass_time(after or timedelta(minutes=10))
            else:
                break
        found = self.journal.find(TENANT_ID, command.command_id)
        assert found is not None
        return found

    def steps(self) -> TenantSteps:
        """Return the steps of a new worker."""
        absent: Any = None
        clock, transport = self.client.clock, self.client.transport
        admin = ExchangeAdmin(transport, Probe(transport.exported_cmdlets, clock), self._sleep)
        phone = OffboardedPhone(
            orders=Orders(self.tables["orders"]),
            postures=Postures(self.tables["postures"]),
            steps=Steps(
                exchange=admin,
                journal=self.journal,
                events=self.events,
                clock=clock,
                settle=timedelta(minutes=2),
                patience=timedelta(hours=72),
                guard=self._guard,
            ),
        )
        story = OffboardingStory(ports=self._ports, phone=phone)
        return TenantSteps(
            require=admin.require,
            changing=absent,
            stories={"offboard_device": story, "offboard_user": story},
            orders=TenantOrders(self.tables["tenantorders"]),
            journal=self.journal,
            events=self.events,
            clock=clock,
            guard=self._guard,
        )

    @property
    def _ports(self) -> OffboardingPorts:
        source = Downloads.over_network(frozenset({"127.0.0.1"}))
        return OffboardingPorts(
            runs=Offboardings(self.tables["offboardings"]),
            owners=MailboxOwners(self.client.transport),
            policies=Policies(self.client.transport, self._sleep),
            sessions=self.graph.trust,
            authorities=self.graph.trust,
            revocations=CrlCheck(source=source, clock=self.client.clock),
        )

    @property
    def _guard(self) -> Guard:
        clock = self.client.clock
        brake = BrakeRecords().brake(self.journal, self.events, clock, tenant_id=TENANT_ID)
        return brake.guard(TENANT_ID)

    def _sleep(self, seconds: float) -> None:
        self.client.clock.advance(seconds=seconds)


def an_order(action: str, **fields: object) -> TenantCommand:
    """Return an order of a helpdesk."""
    return tenant_messages.read(
        {
            "schema": tenant_messages.COMMAND,
            "command_id": str(uuid.uuid4()),
            "tenant_id": TENANT_ID,
            "reason": "left on a train",
            "requested_by": "helpdesk:jo",
            "action": action,
            "mailbox": OWNER,
            **fields,
        }
    )


def _trusted(authority: SimulatedAuthority, *, is_root: bool) -> Authority:
    return Authority(
        store=Store.PKI,
        certificate=authority.der,
        is_root=is_root,
        name=authority.name,
        crl_url=authority.crl_url,
    )


@contextmanager
def lost_phone(storage: str, server: Server) -> Iterator[LostPhone]:
    """Connect to tables of its own."""
    with ExitStack() as opened:
        tables = {each: opened.enter_context(table(storage, Wire())) for each in TABLES}
        world = LostPhone(tables, server)
        opened.callback(world.authorities.let_go)
        yield world
