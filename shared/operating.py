"""What people and systems do with orders and operations, put together from a worker's services."""

from contextlib import suppress
from functools import partial

from shared import messages, sender_messages
from shared.devices.kept_word import KeptWord
from shared.devices.model import Command
from shared.devices.operation import Operation, State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Rejected
from shared.flows import device_command
from shared.flows.command_plan import Planning
from shared.flows.replay import Replaying
from shared.flows.undo import Undoing
from shared.services import Services


def accept(services: Services, command: Command | TenantCommand, asked_as: str) -> Operation:
    """Store an order and queue it; the same order again is the same operation."""
    if isinstance(command, TenantCommand):
        return services.tenant_steps(command.tenant_id).accept(command, services.queues, asked_as)
    return device_command.accept(
        command,
        journal=services.journal,
        orders=services.orders,
        queue=services.queues,
        clock=services.clock,
        asked_as=asked_as,
    )


def planning(services: Services, tenant_id: str) -> Planning:
    """Return what foresees this tenant's orders."""
    tenant_id = services.tenant(tenant_id).app.tenant_id
    return Planning(
        exchange=services.exchanges[tenant_id].devices,
        orders=services.orders,
        postures=services.postures,
        journal=services.journal,
        tenant=services.tenant_steps(tenant_id),
        foresee=services.brake.guard(tenant_id).foresee,
        clock=services.clock,
    )


def undoing(services: Services, tenant_id: str) -> Undoing:
    """Return what takes this tenant's operations back."""
    return Undoing(planning=planning(services, tenant_id), accept=partial(accept, services))


def replaying(services: Services, tenant_id: str) -> Replaying:
    """Return what has this tenant's abandoned operations tried again."""
    guard = services.brake.guard(services.tenant(tenant_id).app.tenant_id)
    return Replaying(
        words=services.kept_words,
        queue=services.queues,
        journal=services.journal,
        clock=services.clock,
        held=guard.words if guard.allowances.four_eyes else None,
        events=services.events,
    )


def keep(services: Services, operation: Operation, body: bytes) -> None:
    """Keep the word of an operation that was given up, for another try; if it can be read."""
    queue = queue_of(body)
    if operation.state is not State.ABANDONED or not queue:
        return
    services.kept_words.keep(
        KeptWord(
            tenant_id=operation.tenant_id,
            operation_id=operation.operation_id,
            queue=queue,
            body=body,
            asked=operation.asked,
            asked_by=operation.asked_by,
            given_up_at=services.clock(),
        )
    )


def queue_of(body: bytes) -> str:
    """Return the queue on which a word about devices or settings belongs; empty: it is none."""
    with suppress(Rejected):
        messages.read_order(body)
        return messages.COMMANDS
    with suppress(Rejected):
        sender_messages.read_word(body)
        return messages.SIGNALS
    return ""
