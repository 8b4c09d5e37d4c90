"""Exchange Online's admin API (InvokeCommand) with the mailboxes, devices and rules behind it."""

from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.faults import ConnectionDropped
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.service import Call, Exchange
from infra.local.simulators.exchange.tenant import Tenant
from infra.local.simulators.exchange.throttle import Throttle
from infra.local.simulators.exchange.wipes import Acknowledgement

__all__ = [
    "Acknowledgement",
    "Call",
    "ConnectionDropped",
    "Device",
    "Exchange",
    "Mailbox",
    "Tenant",
    "Throttle",
]
