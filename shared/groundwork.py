"""What all else stands on: storage, the vault, the journal and its audit, events, the brake."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

import httpx
from azure.core.credentials import TokenCredential
from azure.data.tables import TableServiceClient

from shared import alerting, azure_clients
from shared.alerts.delivery import Delivery
from shared.auditing import Audit
from shared.braking import Brake
from shared.config import Settings
from shared.events.publisher import Publisher
from shared.exchanges import CONNECTIONS
from shared.flows.recognition_ports import Named
from shared.identity.vault import Vault
from shared.intake import Intake
from shared.queues import Queues
from shared.records.audited_journal import AuditedJournal
from shared.records.awaited import Awaited
from shared.records.budgets import Budgets
from shared.records.certificates import Certificates
from shared.records.held import Held
from shared.records.held_words import HeldWords
from shared.records.inventory.reading import Inventory
from shared.records.journal import Journal
from shared.records.links import Links
from shared.records.offboardings import Offboardings
from shared.records.orders import Orders
from shared.records.raised_budgets import RaisedBudgets
from shared.records.reports import Reports
from shared.records.stale import StalePlans
from shared.records.subscriptions import Chores
from shared.records.tables import Table
from shared.records.tenant_orders import TenantOrders

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Groundwork:
    """Each part once, made when another asks for it."""

    settings: Settings
    credential: TokenCredential
    clock: Clock

    @cached_property
    def http(self) -> httpx.Client:
        """Return the client of all that is called now and then."""
        return httpx.Client(limits=CONNECTIONS, timeout=15.0, follow_redirects=False)

    @cached_property
    def tables(self) -> TableServiceClient:
        """Return Table storage."""
        return azure_clients.tables(self.settings.storage, self.credential)

    def table(self, name: str) -> Table:
        """Return one table."""
        return Table(self.tables, name)

    @cached_property
    def queues(self) -> Queues:
        """Return our queues."""
        return Queues(azure_clients.queues(self.settings.storage, self.credential), self.clock)

    @cached_property
    def bare_journal(self) -> Journal:
        """Return the journal without its audit."""
        return Journal(self.table("journal"))

    @cached_property
    def audit(self) -> Audit:
        """Return the audit."""
        return Audit(
            settings=self.settings,
            service=azure_clients.blobs(self.settings.storage, self.credential),
            secrets=self.intake.secrets,
            table=self.table,
            clock=self.clock,
        )

    @cached_property
    def journal(self) -> AuditedJournal:
        """Return the journal, each of whose steps is audited."""
        return self.audit.journal(self.bare_journal)

    @cached_property
    def brake(self) -> Brake:
        """Return what holds back."""
        tenants = self.settings.tenants.items()
        return Brake(
            allowances={name: tenant.allowances for name, tenant in tenants},
            expires={name: tenant.held_for for name, tenant in tenants},
            budgets=Budgets(self.table("budgets"), self.clock),
            raises=RaisedBudgets(self.table("budgets")),
            words=HeldWords(self.table("heldwords")),
            written=self.queues.written,
            queue=self.queues,
            picture=Inventory(self.table("inventory")).picture,
            stale_plans=StalePlans(self.table("stale")),
            offboardings=Offboardings(self.table("offboardings")),
            orders=Orders(self.table("orders")),
            tenant_orders=TenantOrders(self.table("tenantorders")),
            journal=self.journal,
            events=self.events,
            clock=self.clock,
        )

    @cached_property
    def named(self) -> Named:
        """Return what is known of the devices that senders name."""
        return Named(
            links=Links(self.table("links")),
            reports=Reports(self.table("reports")),
            held=Held(self.table("held"), self.clock),
            awaited=Awaited(self.table("awaited")),
        )

    @cached_property
    def chores(self) -> Chores:
        """Return the record of small jobs."""
        return Chores(self.table("subscriptions"), self.clock)

    @cached_property
    def pins(self) -> Certificates:
        """Return which certificate versions are in use."""
        return Certificates(self.table("certificates"))

    @cached_property
    def vault(self) -> Vault:
        """Return the vault."""
        return azure_clients.vault(self.settings, self.credential)

    @cached_property
    def events(self) -> Publisher:
        """Return what tells the world."""
        return Publisher(
            self.http,
            endpoint=self.settings.event_grid_endpoint,
            source=self.settings.source,
            token=partial(azure_clients.token, self.credential),
            outbox=alerting.outbox(self.settings.receivers, self.queues),
        )

    @cached_property
    def alerts(self) -> Delivery:
        """Return what tells those who want to be called."""
        return alerting.delivery(
            self.settings,
            secrets=self.intake.secrets,
            table=self.table("alerts"),
            events=self.events,
            clock=self.clock,
        )

    @cached_property
    def intake(self) -> Intake:
        """Return what reads the senders."""
        return Intake(
            settings=self.settings, credential=self.credential, http=self.http, clock=self.clock
        )
