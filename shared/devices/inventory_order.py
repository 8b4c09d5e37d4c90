"""That a tenant's inventory is to be taken, and the operation in the journal that stands for it."""

from dataclasses import dataclass
from datetime import datetime

from shared.devices.inventory import Scope
from shared.devices.operation import Operation, State

ASKED = "inventory"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """One run to be taken, or taken further; its operation has its id."""

    tenant_id: str
    run_id: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants a run: by name, and as an operation remembers it."""

    name: str
    asked_as: str = ""


def opened_by_run(order: RunOrder, asker: Asker, at: datetime) -> Operation:
    """Return the operation that a run's order starts."""
    return Operation(
        operation_id=order.run_id,
        tenant_id=order.tenant_id,
        asked=ASKED,
        asked_by=asker.name,
        asked_as=asker.asked_as,
        mailbox="",
        device_id="",
        opened_at=at,
    ).stepped(State.WAITING, f"ordered: scope {order.scope}", at)
