"""The ports a worker has: what the triggers hand to the stories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.config import Tenant
from shared.errors import Rejected
from shared.flows.certificate_validation import EntraId, Vault
from shared.flows.ports import (
    AccessFacts,
    CertificateEvents,
    Deliveries,
    Events,
    Exchange,
    Journal,
    Orders,
    Pins,
    Postures,
    Queue,
)
from shared.flows.steps import Steps
from shared.flows.webhook_delivery import Senders


class PatientQueue(Queue, Protocol):
    """Our queues, which also take a message back for later."""

    def put_back(self, queue: str, body: bytes, after: timedelta | None) -> bool:
        """Put a message back for later; False once its patience is used up."""
        ...


class AllEvents(Events, CertificateEvents, Protocol):
    """Everything we tell the world."""


class PingableExchange(Exchange, Protocol):
    """One tenant's Exchange, which can be asked whether it answers."""

    def ping(self) -> None:
        """Raise a Failure unless it does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the stories need."""

    tenants: Mapping[str, Tenant]
    exchange: Callable[[str], PingableExchange]  # by tenant id, one that is in tenants
    access_facts: Callable[[str], AccessFacts]  # likewise
    journal: Journal
    postures: Postures
    orders: Orders
    deliveries: Deliveries
    queues: PatientQueue
    senders: Senders
    events: AllEvents
    vault: Vault
    entra: EntraId
    pins: Pins
    pings: Mapping[str, Callable[[], None]]
    clock: Callable[[], datetime]

    def tenant(self, tenant_id: str) -> Tenant:
        """Return the tenant; Rejected if this deployment does not serve it."""
        found = self.tenants.get(tenant_id.lower())
        if found is None:
            raise Rejected(f"tenant {tenant_id} is not served here: add it to TENANTS")
        return found

    def steps(self, tenant_id: str) -> Steps:
        """Return what takes an operation of this tenant to its end."""
        tenant = self.tenant(tenant_id)
        return Steps(
            exchange=self.exchange(tenant.app.tenant_id),
            journal=self.journal,
            events=self.events,
            clock=self.clock,
            settle=tenant.wipe_settle,
        )
