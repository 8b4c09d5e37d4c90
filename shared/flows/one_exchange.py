"""One tenant's Exchange, as all stories together need it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.flows.changes import ExchangeChanging
from shared.flows.exchange_validation import Exchange as Permissions
from shared.flows.inventory_ports import ExchangeInventory
from shared.flows.offboarding_ports import MailboxOwners
from shared.flows.ports import AccessFacts, Exchange, Partnerships
from shared.flows.tenant_ports import DefaultAccess
from shared.flows.trust_ports import OrganizationSettings


class PingableExchange(Exchange, Protocol):
    """One tenant's Exchange, which can be asked whether it answers."""

    def ping(self) -> None:
        """Raise a Failure unless it does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OneExchange:
    """One tenant's Exchange: its devices, what their access rests on, its settings."""

    devices: PingableExchange
    pace: Callable[[], Sequence[tuple[float, float]]]  # by live workers: calls a second, at once
    facts: AccessFacts
    partnerships: Partnerships
    owners: MailboxOwners
    changing: ExchangeChanging
    default_access: DefaultAccess
    organization: OrganizationSettings
    inventory: ExchangeInventory
    permissions: Callable[[str], Permissions]  # by the text of a token
