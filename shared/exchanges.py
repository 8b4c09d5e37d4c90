"""Each tenant's Exchange put together: tokens, pace, kill switch, and what asks it."""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import httpx

from shared.credentials.certificate import App, Certificate
from shared.devices.model import Action
from shared.errors import Failure, Misconfigured
from shared.events.publisher import Publisher
from shared.exchange.access_facts import AccessFacts
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.default_access import DefaultAccess
from shared.exchange.governor import Governor
from shared.exchange.inventory import Inventory
from shared.exchange.kill_switch import KillSwitch
from shared.exchange.level import Limits
from shared.exchange.mailbox_owners import MailboxOwners
from shared.exchange.organization import Organization
from shared.exchange.partnerships import Partnerships
from shared.exchange.permissions import Fresh, Permissions
from shared.exchange.policies import Policies
from shared.exchange.probe import Probe
from shared.exchange.rules import AccessRules
from shared.exchange.share import Board
from shared.exchange.traced_turns import TracedTurns
from shared.exchange.transport import Transport
from shared.exchange.turns import Turns
from shared.flows.changes import ExchangeChanging
from shared.flows.one_exchange import OneExchange
from shared.identity.tokens import Tokens
from shared.tenants import Tenant

log = logging.getLogger("easgate.exchange")

# Wider pools cost httpx more than they gain; each tenant has one of its own.
CONNECTIONS = httpx.Limits(max_connections=16, max_keepalive_connections=16)
INSTANCE = str(uuid.uuid4())  # this worker, among those that share a tenant's budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all tenants' Exchange clients have in common."""

    base_url: str
    tokens: Tokens
    board: Board
    paces: Callable[[str], Sequence[tuple[float, float]]]  # what live workers have learnt
    events: Publisher
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """One tenant's Exchange, as the stories ask it."""

    app: App
    exchange: OneExchange
    probe: Probe

    def ping_cmdlets(self) -> None:
        """Raise Misconfigured if the app may not run what an action needs."""
        missing = self.probe.missing_for(Action).items()
        told = [f"{action} ({', '.join(sorted(lacks))})" for action, lacks in missing if lacks]
        if told:
            raise Misconfigured(
                "Exchange does not let the app run what these need; extend its role group: "
                + "; ".join(told)
            )


def connect(tenant: Tenant, around: Surroundings) -> Connected:
    """Put one tenant's Exchange together; nothing is called yet."""
    speaking = partial(
        Transport,
        httpx.Client(limits=CONNECTIONS, follow_redirects=False),
        base_url=around.base_url,
        tenant_id=tenant.app.tenant_id,
        turns=_turns(tenant, around),
    )
    transport = speaking(bearer=_Bearer(tokens=around.tokens, app=tenant.app))
    probe = Probe(transport.exported_cmdlets, around.clock)
    return Connected(
        app=tenant.app,
        exchange=OneExchange(
            devices=ExchangeAdmin(transport, probe),
            pace=partial(around.paces, tenant.app.tenant_id),
            facts=AccessFacts(transport),
            partnerships=Partnerships(transport),
            owners=MailboxOwners(transport),
            changing=ExchangeChanging(policies=Policies(transport), rules=AccessRules(transport)),
            default_access=DefaultAccess(transport),
            organization=Organization(transport),
            inventory=Inventory(transport),
            permissions=lambda token: Permissions(speaking(bearer=Fresh(token))),
        ),
        probe=probe,
    )


def _turns(tenant: Tenant, around: Surroundings) -> Turns:
    tenant_id = tenant.app.tenant_id

    def tell(tenant_id: str, lasting: timedelta) -> None:
        log.error("Exchange has throttled tenant %s for %s", tenant_id, lasting)
        try:
            around.events.throttle_sustained(tenant_id, lasting, around.clock())
        except Failure:
            log.exception("sustained throttling could not be announced")

    governor = Governor(
        tenant_id,
        board=around.board,
        instance=INSTANCE,
        tell=tell,
        limits=Limits(
            first_rate=tenant.limits.calls_per_second,
            most_rate=max(Limits().most_rate, tenant.limits.calls_per_second),
            destructive_rate=tenant.limits.destructive_per_second,
        ),
    )
    traced = TracedTurns(tenant_id=tenant_id, turns=governor)
    if tenant.limits.writes:
        return traced
    return KillSwitch(tenant_id=tenant_id, turns=traced)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Exchange, asked with a certificate that the tenant need not sign with yet."""

    http: httpx.Client
    around: Surroundings

    def answers(self, app: App, certificate: Certificate) -> None:
        """Raise a Failure unless it answers a cheap read."""
        transport = Transport(
            self.http,
            base_url=self.around.base_url,
            tenant_id=app.tenant_id,
            bearer=_TrialBearer(tokens=self.around.tokens, app=app, certificate=certificate),
        )
        ExchangeAdmin(transport, Probe(transport.exported_cmdlets, self.around.clock)).ping()


@dataclass(frozen=True, slots=True, kw_only=True)
class _TrialBearer:
    """Tokens of one certificate, past every cache."""

    tokens: Tokens
    app: App
    certificate: Certificate

    def text(self) -> str:
        return self.tokens.acquire(self.app, self.certificate).text

    def renewed(self, refused: str) -> str:
        del refused
        return self.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bearer:
    """One tenant's tokens, in the form the transport asks for."""

    tokens: Tokens
    app: App

    def text(self) -> str:
        return self.tokens.token(self.app)

    def renewed(self, refused: str) -> str:
        return self.tokens.renewed(self.app, refused)
