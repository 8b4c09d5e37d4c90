"""Each tenant's Exchange put together: tokens, pace, kill switch, and what asks it."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from shared.config import Tenant
from shared.devices.certificate import App
from shared.devices.model import Action
from shared.errors import Failure, Misconfigured
from shared.events.publisher import Publisher
from shared.exchange.access_facts import AccessFacts
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.governor import Governor
from shared.exchange.kill_switch import KillSwitch
from shared.exchange.level import Limits
from shared.exchange.probe import Probe
from shared.exchange.share import Board
from shared.exchange.transport import Transport
from shared.exchange.turns import Turns
from shared.identity.tokens import Tokens

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
    events: Publisher
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """One tenant's Exchange, as the stories ask it."""

    app: App
    admin: ExchangeAdmin
    facts: AccessFacts
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
    transport = Transport(
        httpx.Client(limits=CONNECTIONS, follow_redirects=False),
        base_url=around.base_url,
        tenant_id=tenant.app.tenant_id,
        bearer=_Bearer(tokens=around.tokens, app=tenant.app),
        turns=_turns(tenant, around),
    )
    return Connected(
        app=tenant.app,
        admin=ExchangeAdmin(transport),
        facts=AccessFacts(transport),
        probe=Probe(transport.exported_cmdlets, around.clock),
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
    if tenant.limits.writes:
        return governor
    return KillSwitch(tenant_id=tenant_id, turns=governor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bearer:
    """One tenant's tokens, in the form the transport asks for."""

    tokens: Tokens
    app: App

    def text(self) -> str:
        return self.tokens.token(self.app)

    def renewed(self, refused: str) -> str:
        return self.tokens.renewed(self.app, refused)
