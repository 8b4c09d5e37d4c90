"""What health asks, by name."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from shared.alerts.delivery import Delivery
from shared.exchanges import Connected
from shared.flows.poll_ports import PolledSender
from shared.identity.vault import Vault

Ping = Callable[[], None]


class Pingable(Protocol):
    """Something that can be asked whether it answers."""

    def ping(self) -> None:
        """Raise a Failure unless it does."""
        ...


def of_ours(**parts: Pingable) -> dict[str, Ping]:
    """Return what asks for the parts of our own, by the names they are given here."""
    return {name: part.ping for name, part in parts.items()}


def of_tenants(connected: Iterable[Connected], vault: Vault) -> dict[str, Ping]:
    """Return what asks for each tenant's certificate, its Exchange, and what we may do there."""
    found: dict[str, Ping] = {}
    for each in connected:
        tenant_id = each.app.tenant_id
        if each.app.has_certificate:
            found[f"certificate:{tenant_id}"] = partial(vault.ping, each.app.certificate_name)
        found[f"exchange:{tenant_id}"] = each.exchange.devices.ping
        found[f"cmdlets:{tenant_id}"] = each.ping_cmdlets
    return found


def of_senders(polled: Iterable[PolledSender]) -> dict[str, Ping]:
    """Return what asks each MDM that cannot call us."""
    return {f"mdm:{sender.name}": sender.listing.ping for sender in polled}


def of_receivers(alerts: Delivery) -> dict[str, Ping]:
    """Return what tells of receivers of alerts that are off, or missed the last one."""
    return {f"alerts:{name}": partial(alerts.ping, name) for name in alerts.receivers}
