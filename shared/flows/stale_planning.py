"""
What to remove as stale is planned: who last synced when is read, device by device, then judged.

Exchange tells that of one device at a time, so a large tenant takes hours. A worker reads for
about two minutes and leaves the rest to whoever gets the message next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import stale
from shared.devices.groups import grouped
from shared.devices.inventory import MobileDevice, Row
from shared.devices.operation import Operation
from shared.devices.packed_statistics import PackedStatistics, pack
from shared.devices.stale_plan import Phase, StalePlan, settled
from shared.devices.tenant_change import Altered, PlanStale
from shared.errors import Rejected
from shared.flows import stale_patience
from shared.flows.ports import Clock
from shared.flows.stale_ports import LastPictures, StalePlans, Statistics

ENOUGH = timedelta(minutes=2)  # for one handling
AT_ONCE = 50  # devices whose statistics are read before that is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePlanning:
    """Makes a plan, from wherever an earlier attempt left it; nothing in Exchange is changed."""

    exchange: Statistics
    pictures: LastPictures
    plans: StalePlans
    clock: Clock
    at_once: int = AT_ONCE
    enough: timedelta = ENOUGH

    def plan(self, operation: Operation) -> Altered:
        """Say what is read for it; Rejected if there is nothing to read it of."""
        self._require_picture(operation.tenant_id)
        return Altered(says="it is read who synced when; nothing is removed", before=None)

    def first(self, operation: Operation) -> None:
        """Do nothing."""

    def go_on(self, operation: Operation) -> Altered:
        """Return the plan's hash and counts; Unfinished while there is more to read."""
        plan = self.plans.open(_ordered(operation))
        if plan.phase is Phase.SELECTING:
            plan = self._selected(plan)
        if plan.phase is Phase.READING:
            plan = self._made(self._read(plan))
        self.plans.clean(plan)
        return Altered(
            says=f"{plan.removals} of {plan.counts['devices']} devices are stale",
            before=None,
            after={
                "plan_id": plan.plan_id,
                "plan_hash": plan.plan_hash,
                "inventory_at": plan.inventory_at and plan.inventory_at.isoformat(),
                "counts": plan.counts,
            },
        )

    def has_begun(self, operation: Operation) -> bool:
        """Whether it is made; until then a newer order takes its place, as nothing is lost."""
        plan = self.plans.find(operation.tenant_id, operation.operation_id)
        return plan is not None and plan.phase is Phase.MADE

    def give_up(self, operation: Operation, why: str) -> None:
        """Forget what was read for it."""
        del why
        plan = self.plans.find(operation.tenant_id, operation.operation_id)
        if plan is not None:
            self.plans.clean(plan)

    def _require_picture(self, tenant_id: str) -> None:
        if self.pictures.picture(tenant_id) is None:
            raise Rejected("there is no inventory of this tenant yet: order one, then the plan")

    def _selected(self, plan: StalePlan) -> StalePlan:
        """Note of whom Exchange is to be asked: a young device cannot be stale."""
        self._require_picture(plan.tenant_id)
        rows = self.pictures.rows(plan.tenant_id)
        devices = (row for row in rows if isinstance(row, MobileDevice))
        to_read = self.plans.ask(plan, (row.guid for row in devices if not plan.is_young(row)))
        return self.plans.save(replace(plan, phase=Phase.READING, to_read=to_read))

    def _read(self, plan: StalePlan) -> StalePlan:
        until = self.clock() + self.enough
        while plan.read < plan.to_read:
            plan = self._part(plan)
            if self.clock() >= until and plan.read < plan.to_read:
                raise stale_patience.rest(_so_far(plan))
        return plan

    def _part(self, plan: StalePlan) -> StalePlan:
        """Read some statistics, and store as many as Exchange has answered."""
        guids = self.plans.asked(plan, self.at_once)
        answers = self.exchange.statistics(guids)
        count, trouble = settled(guids, answers)
        if trouble and not count:
            stale_patience.wait(plan, trouble, self.plans, self.clock)
            count, trouble = len(guids), None  # they stay: of them nothing is known
        plan = self.plans.record(
            replace(plan, read=plan.read + count, stalled_since=None),
            pack((guid, answers[guid]) for guid in guids[:count]),
        )
        if trouble:
            raise stale_patience.rest(_so_far(plan), trouble)
        return plan

    def _made(self, plan: StalePlan) -> StalePlan:
        """Judge every device of the inventory by what was read."""
        picture = self.pictures.picture(plan.tenant_id)
        known = self.plans.statistics(plan)
        rows = _noted(self.pictures.rows(plan.tenant_id), plan, known)
        proposed = stale.plan(grouped(rows), plan.policy, statistics=known.get, now=plan.started_at)
        made = replace(
            plan,
            phase=Phase.MADE,
            made_at=self.clock(),
            inventory_at=picture.made_at if picture else None,
            plan_hash=proposed.plan_hash,
            removals=len(proposed.removals),
            counts=proposed.counts,
        )
        return self.plans.keep(made, proposed.removals)


def _ordered(operation: Operation) -> StalePlan:
    if not isinstance(operation.change, PlanStale):
        raise TypeError("only an order for a plan is one")
    return StalePlan(
        plan_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        order=operation.change,
        started_at=operation.opened_at,
    )


def _noted(rows: Iterable[Row], plan: StalePlan, known: PackedStatistics) -> Iterator[Row]:
    """Yield the rows, noting of young devices the sync that the inventory knows of."""
    for row in rows:
        if isinstance(row, MobileDevice) and row.first_sync_at and plan.is_young(row):
            known.note(row.guid, row.first_sync_at)
        yield row


def _so_far(plan: StalePlan) -> str:
    return f"the statistics of {plan.read} of {plan.to_read} devices are read"
