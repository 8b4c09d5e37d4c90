"""What is only replaced as a whole lies empty in between: whoever else is to replace it waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantOrder
from shared.errors import Retryable
from shared.flows.ports import Journal

UNDER_WAY = "replacement of the classic store of authorities"  # what has begun, nothing else
SETTLING = timedelta(minutes=2)  # in which not all of Entra ID shows what was replaced


def begun(operation: Operation, at: datetime) -> TenantOrder:
    """Return what tells others of a replacement; among all orders it could be crowded out."""
    return TenantOrder(
        command_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        target=UNDER_WAY,
        given_at=at,
    )


def require_settled(
    operation: Operation, known: Iterable[TenantOrder], *, journal: Journal, now: datetime
) -> None:
    """Raise Retryable while another order about the same is under way, or has just ended."""
    for order in known:
        other = journal.find(order.tenant_id, order.command_id)
        if order.command_id == operation.operation_id or other is None:
            continue
        has_just_ended = other.acted_at is not None and now - other.acted_at < SETTLING
        if has_just_ended or (other.attempted_at is not None and not other.is_finished):
            raise Retryable(
                f"{order.command_id} is replacing the classic store, or has just done so",
                after=SETTLING,
            )


def is_half_done(operation: Operation, newest: TenantOrder | None, *, journal: Journal) -> bool:
    """
    Whether an attempt may have left nothing, and nobody else is to put something there.

    That a newer order waits is no matter: it may never be approved.
    """
    is_begun = operation.attempted_at is not None and operation.acted_at is None
    if not is_begun or operation.is_finished:
        return False
    if newest is None or newest.command_id == operation.operation_id:
        return True
    newer = journal.find(newest.tenant_id, newest.command_id)
    return newer is None or not newer.has_begun
