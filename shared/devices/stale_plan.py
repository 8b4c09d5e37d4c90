"""A plan of what to remove as stale: how far it has come, and what came of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.devices.inventory import MobileDevice
from shared.devices.model import Action, Command, WipeState
from shared.devices.stale import Protected, Removal, StalePolicy
from shared.devices.tenant_change import PlanStale
from shared.errors import Failure, Misconfigured, NotFound, Retryable

VALID = timedelta(hours=24)  # for which a plan may be carried out
PATIENCE = timedelta(hours=1)  # with devices of which Exchange does not tell


class Phase(StrEnum):
    """How far a plan has come."""

    SELECTING = "selecting"
    READING = "reading"
    MADE = "made"


class Fate(StrEnum):
    """What became of a partnership that was to be removed."""

    REMOVED = "removed"
    REFUSED = "refused"  # its operation says why
    GONE = "gone"  # before it was its turn
    SYNCED_SINCE = "synced_since"
    WIPE_PENDING = "wipe_pending"
    STATISTICS_UNKNOWN = "statistics_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The order that carries a plan out, and how far it has come."""

    operation_id: str
    asked_by: str
    begun_at: datetime
    dealt_with: int = 0
    fates: dict[Fate, int] = field(default_factory=dict)
    ended_at: datetime | None = None
    why: str = ""  # it ended before all were dealt with


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePlan:
    """One plan; its id is that of the operation that asked for it."""

    plan_id: str
    tenant_id: str
    order: PlanStale
    started_at: datetime  # idle is what has not synced for so long before this
    phase: Phase = Phase.SELECTING
    to_read: int = 0  # devices whose statistics it takes
    read: int = 0
    stalled_since: datetime | None = None  # when something began to stand in its way
    made_at: datetime | None = None
    inventory_at: datetime | None = None  # from when what it knows of mailboxes and lists is
    plan_hash: str = ""
    removals: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    execution: Execution | None = None
    etag: str = ""

    @property
    def policy(self) -> StalePolicy:
        """What counts as stale, and what is done about it."""
        protect = self.order.protect
        return StalePolicy(
            after=timedelta(days=self.order.days),
            protected=Protected(
                mailboxes=frozenset(protect.mailboxes),
                device_ids=frozenset(protect.device_ids),
                models=frozenset(protect.models),
                client_types=frozenset(protect.client_types),
            ),
            list_entries=self.order.list_entries,
        )

    @property
    def idle_since(self) -> datetime:
        """Since when a device must not have synced, to be stale."""
        return self.started_at - self.policy.after

    def is_young(self, device: MobileDevice) -> bool:
        """Whether the device cannot be stale: its first sync was not long enough ago."""
        return device.first_sync_at is not None and device.first_sync_at > self.idle_since

    def command(self, removal: Removal, action: Action) -> Command:
        """Return the order for one device; the same each time, so it is carried out once."""
        told_apart = f"{self.plan_id}|{removal.guid}|{action}"
        return Command(
            command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart)),
            tenant_id=self.tenant_id,
            action=action,
            mailbox=removal.mailbox,
            device_id=removal.device_id,
            reason=f"stale: no sync since {removal.last_sync_at.isoformat()}; plan {self.plan_id}",
            requested_by=self.execution.asked_by if self.execution else "",
        )


def settled(
    guids: Sequence[str], answers: Mapping[str, WipeState | Failure]
) -> tuple[int, Failure | None]:
    """
    Return how many of the first answers stand, and what stands in the way of the others.

    A failure that may pass stands as well if a later device was answered: then it is the
    device's own, and not one of all that come after it.
    """
    count = 0
    for number, guid in enumerate(guids, start=1):
        if not isinstance(answers[guid], Retryable | Misconfigured):
            count = number
    trouble = answers[guids[count]] if count < len(guids) else None
    return count, trouble if isinstance(trouble, Failure) else None


def spared(removal: Removal, answer: WipeState | Failure) -> Fate | None:
    """Return why a device is not removed as planned, by what Exchange says of it now."""
    if isinstance(answer, NotFound):
        return Fate.GONE
    if isinstance(answer, Failure) or answer.last_sync_at is None:
        return Fate.STATISTICS_UNKNOWN
    if answer.device.is_pending or answer.account.is_pending:
        return Fate.WIPE_PENDING
    return Fate.SYNCED_SINCE if answer.last_sync_at > removal.last_sync_at else None
