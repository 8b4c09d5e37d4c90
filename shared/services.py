"""The ports a worker has: what the triggers hand to the stories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.alerts.delivery import Delivery
from shared.audit.daily_seal import Sealing
from shared.audit.reading import Audit
from shared.braking import Brake
from shared.credentials.certificate import App
from shared.devices import guard
from shared.devices.subject import Person
from shared.errors import Rejected
from shared.flows.approval import Approvals
from shared.flows.certificate_validation import EntraId, Registrations, Validation, Vault
from shared.flows.certificate_watch import Watch
from shared.flows.changes import Changing
from shared.flows.device_report import Recognition
from shared.flows.graph_subscriptions import GraphSubscriptions
from shared.flows.inventories import Inventories
from shared.flows.long_stories import LongRecords, LongStories
from shared.flows.mdm_poll import Polling
from shared.flows.one_exchange import OneExchange
from shared.flows.operation_listing import OperationList
from shared.flows.ports import Events, Journal, Orders, Pins, Postures, Queue
from shared.flows.recognition_ports import Named, SenderQueue
from shared.flows.replay import KeptWords
from shared.flows.rotation_ports import RotationPorts
from shared.flows.rotation_schedule import begin_if_due, is_rotating
from shared.flows.steps import Steps
from shared.flows.subscription_ports import Listener
from shared.flows.tenant_command import TenantOrders, TenantSteps
from shared.flows.trusting import Trusting
from shared.flows.validation_memory import ValidationEvents, Validations
from shared.flows.watch_ports import Announced, Certificates, WatchEvents
from shared.flows.webhook_delivery import Chores, Unheeded
from shared.mdm.senders import Senders
from shared.rate_limits import RateLimits
from shared.sign_in import SignIn
from shared.telemetry import measures
from shared.tenants import Tenant


class PatientQueue(Queue, SenderQueue, Protocol):
    """Our queues, which also take a message back for later."""

    def put_back(self, queue: str, body: bytes, after: timedelta | None) -> bool:
        """Put a message back for later; False once its patience is used up."""
        ...

    def put_on(self, queue: str, body: bytes, after: timedelta | None) -> None:
        """Put a message whose work has made progress back for its next part."""
        ...


class WatchedVault(Vault, Certificates, Protocol):
    """The vault's certificates and their keys."""

    @property
    def url(self) -> str:
        """Where it is."""
        ...


class AllEvents(Events, WatchEvents, ValidationEvents, Protocol):
    """Everything we tell the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the stories need."""

    tenants: Mapping[str, Tenant]
    sign_in: SignIn | None  # of people; None: nobody can
    exchanges: Mapping[str, OneExchange]  # by tenant id
    rotations: Mapping[str, RotationPorts]  # likewise
    people: Mapping[str, Callable[[str], Person | None]]  # likewise; by directory id
    tenant_orders: TenantOrders
    long_records: LongRecords
    kept_words: KeptWords
    journal: Journal
    audit: Audit
    sealing: Sealing
    operation_list: OperationList
    rates: RateLimits
    postures: Postures
    orders: Orders
    brake: Brake
    named: Named
    unheeded: Unheeded
    queues: PatientQueue
    senders: Senders
    chores: Chores
    subscriptions: GraphSubscriptions
    listeners: tuple[Listener, ...]
    polling: Polling
    inventories: Inventories
    trust: Trusting
    events: AllEvents
    alerts: Delivery
    vault: WatchedVault
    entra: EntraId
    own_registrations: Registrations
    pins: Pins
    announced: Announced
    validations: Validations
    pings: Mapping[str, Callable[[], None]]
    clock: Callable[[], datetime]

    def tenant(self, tenant_id: str) -> Tenant:
        """Return the tenant; Rejected if this deployment does not serve it."""
        found = self.tenants.get(tenant_id.lower())
        if found is None:
            raise Rejected(f"tenant {tenant_id} is not served here: add it to TENANTS")
        return found

    def apps(self, tenant_id: str | None) -> list[App]:
        """Return one tenant's app, or all of them; Rejected if there is no such tenant."""
        if tenant_id is None:
            return [tenant.app for tenant in self.tenants.values()]
        return [self.tenant(tenant_id).app]

    def steps(self, tenant_id: str) -> Steps:
        """Return what takes an operation of this tenant to its end."""
        tenant = self.tenant(tenant_id)
        return Steps(
            exchange=self.exchanges[tenant.app.tenant_id].devices,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
            settle=tenant.wipe_settle,
            patience=tenant.wipe_patience,
            guard=self.brake.guard(tenant.app.tenant_id),
        )

    def approvals(self, tenant_id: str) -> Approvals:
        """Return what people decide by about this tenant's operations."""
        self.tenant(tenant_id)
        return self.brake.approvals()

    def recognition(self, tenant_id: str) -> Recognition:
        """Return what finds out which of this tenant's partnerships a report is about."""
        tenant_id = self.tenant(tenant_id).app.tenant_id
        return Recognition(
            partnerships=self.exchanges[tenant_id].partnerships,
            person=self.people[tenant_id],
            links=self.named.links,
            reports=self.named.reports,
            held=self.named.held,
            awaited=self.named.awaited,
            queue=self.queues,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
        )

    def validation(self, tenant_id: str) -> Validation:
        """Return what checks this tenant's chain from the vault to Exchange."""
        tenant = self.tenant(tenant_id)
        return Validation(
            app=tenant.app,
            may_write=tenant.limits.writes,
            vault=self.vault,
            entra=self.entra,
            registrations=self.own_registrations,
            exchange=self.exchanges[tenant.app.tenant_id].permissions,
            pins=self.pins,
            clock=self.clock,
        )

    def watch(self) -> Watch:
        """Return what looks after the certificates and the webhook secrets."""
        return Watch(
            vault=self.vault,
            pins=self.pins,
            registrations=self.own_registrations,
            secrets=self.senders,
            announced=self.announced,
            events=self.events,
            clock=self.clock,
            due=self._rotate_if_due,
            is_rotating=lambda app: is_rotating(app, self.rotations[app.tenant_id]),
            measure=measures.days_left,
        )

    def _rotate_if_due(self, app: App) -> None:
        tenant = self.tenant(app.tenant_id)
        if app.has_certificate and tenant.limits.rotate_ahead:
            steps = self.tenant_steps(app.tenant_id)
            begin_if_due(
                app,
                ports=self.rotations[app.tenant_id],
                accept=lambda command: steps.accept(command, self.queues, guard.TIMER),
            )
        measures.rotating(app.tenant_id, self._rotating_for(app))

    def _rotating_for(self, app: App) -> timedelta:
        last = self.rotations[app.tenant_id].rotations.last(app.tenant_id)
        return timedelta() if last is None or last.is_finished else self.clock() - last.started_at

    def tenant_steps(self, tenant_id: str) -> TenantSteps:
        """Return what takes an order about more than one device to its end."""
        tenant = self.tenant(tenant_id)
        exchange = self.exchanges[tenant.app.tenant_id]
        return TenantSteps(
            require=exchange.devices.require,
            changing=Changing(
                exchange=exchange.changing, certificates=self.trust.changing(tenant.app.tenant_id)
            ),
            stories=self._long_stories(tenant.app, exchange).by_action(),
            orders=self.tenant_orders,
            journal=self.journal,
            events=self.events,
            clock=self.clock,
            guard=self.brake.guard(tenant.app.tenant_id),
        )

    def _long_stories(self, app: App, exchange: OneExchange) -> LongStories:
        return LongStories(
            app=app,
            exchange=exchange,
            records=self.long_records,
            rotation=self.rotations[app.tenant_id],
            pictures=self.inventories.pictures,
            directory=self.trust.directory(app.tenant_id),
            crls=self.trust.crls,
            orders=self.orders,
            postures=self.postures,
            steps=self.steps(app.tenant_id),
            allowances=self.brake.allowances[app.tenant_id],
            raises=self.brake.raises,
            clock=self.clock,
        )
