"""
A plan of what to remove as stale is carried out: each device by an order of its own.

Whether a device has synced since is asked just before it is removed. What was done stands in
the devices' own operations, so whoever goes on after a death neither repeats nor skips one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import stale
from shared.devices.operation import Operation
from shared.devices.stale import Plan, Removal
from shared.devices.stale_plan import VALID, Execution, Fate, StalePlan, settled
from shared.devices.tenant_change import Altered, RemoveStale
from shared.errors import Conflict, Retryable
from shared.flows import stale_patience
from shared.flows.ports import Clock
from shared.flows.stale_device import StaleDevice
from shared.flows.stale_ports import StalePlans, Statistics

ENOUGH = timedelta(minutes=2)  # for one handling
MOST = 500  # devices in one handling
AT_ONCE = 10  # devices, whose statistics come in one request


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRemoval:
    """Removes what a plan says, from wherever an earlier attempt left it."""

    exchange: Statistics
    plans: StalePlans
    device: StaleDevice
    clock: Clock
    at_most: int = MOST
    enough: timedelta = ENOUGH

    def plan(self, operation: Operation) -> Altered:
        """Say how many would go; Conflict unless the plan is what was confirmed."""
        plan = self._confirmed(operation.tenant_id, _order(operation))
        return Altered(
            says=f"{plan.removals} devices are removed, each unless it is in use again by then",
            before=None,
        )

    def first(self, operation: Operation) -> None:
        """Do nothing."""

    def go_on(self, operation: Operation) -> Altered:
        """Return what became of the plan's devices; Unfinished while there are more of them."""
        plan, execution = self._begun(operation)
        until, limit = self.clock() + self.enough, execution.dealt_with + self.at_most
        while execution.dealt_with < plan.removals:
            plan, execution = self._some(plan, execution)
            is_enough = execution.dealt_with >= limit or self.clock() >= until
            if is_enough and execution.dealt_with < plan.removals:
                raise stale_patience.rest(_so_far(plan, execution))
        if execution.ended_at is None:
            self._ended(plan, execution, "")
        return Altered(
            says=f"{execution.fates.get(Fate.REMOVED, 0)} of {plan.removals} devices removed",
            before=None,
            after={
                "plan_id": plan.plan_id,
                "plan_hash": plan.plan_hash,
                "counts": {fate: execution.fates.get(fate, 0) for fate in Fate},
            },
        )

    def has_begun(self, operation: Operation) -> bool:
        """Whether it has removed any, or is about to."""
        return self._own(operation) is not None

    def give_up(self, operation: Operation, why: str) -> None:
        """End it where it stands, and give up the orders that it has begun."""
        own = self._own(operation)
        if own is None or own[1].ended_at is not None:
            return
        plan, execution = own
        removals = self.plans.removals(plan, execution.dealt_with, AT_ONCE)
        fates = [self.device.give_up(plan, removal, why) for removal in removals]
        self._ended(plan, _counted(execution, [fate for fate in fates if fate]), why)

    def _own(self, operation: Operation) -> tuple[StalePlan, Execution] | None:
        """Return the plan that the operation carries out, if it has begun to."""
        plan = self.plans.find(operation.tenant_id, str(_order(operation).plan_id))
        if plan is None or plan.execution is None:
            return None
        is_own = plan.execution.operation_id == operation.operation_id
        return (plan, plan.execution) if is_own else None

    def _begun(self, operation: Operation) -> tuple[StalePlan, Execution]:
        own = self._own(operation)
        if own is not None:
            return own
        plan = self._confirmed(operation.tenant_id, _order(operation))
        execution = Execution(
            operation_id=operation.operation_id,
            asked_by=operation.asked_by,
            begun_at=self.clock(),
        )
        return self.plans.execute(replace(plan, execution=execution)), execution

    def _confirmed(self, tenant_id: str, order: RemoveStale) -> StalePlan:
        """Return the tenant's last plan; Conflict unless it is what was confirmed."""
        plan = self.plans.last(tenant_id)
        if plan is None or plan.plan_id != str(order.plan_id):
            raise Conflict("that is not the plan that was made last: look at that one")
        if plan.execution is not None:
            raise Conflict(f"the plan is carried out by operation {plan.execution.operation_id}")
        if plan.made_at is None or self.clock() - plan.made_at > VALID:
            raise Conflict(f"the plan is older than {VALID}: order a new one")
        stale.require(Plan(removals=self._all(plan), kept={}), order.plan_hash)
        return plan

    def _all(self, plan: StalePlan) -> tuple[Removal, ...]:
        found: list[Removal] = []
        while len(found) < plan.removals:
            found.extend(self.plans.removals(plan, len(found), plan.removals))
        return tuple(found)

    def _some(self, plan: StalePlan, execution: Execution) -> tuple[StalePlan, Execution]:
        """Deal with a few devices, or with as many of them as nothing stands in the way of."""
        removals = self.plans.removals(plan, execution.dealt_with, AT_ONCE)
        guids = [each.guid for each in removals]
        answers = self.exchange.statistics(guids)
        count, trouble = settled(guids, answers)
        fates: list[Fate] = []
        try:
            for removal in removals[:count]:
                fates.append(self.device.remove(plan, removal, answers[removal.guid]))  # noqa: PERF401 - those before a failure count
        except Retryable as failure:
            trouble = failure
        if trouble and not fates:
            stale_patience.wait(plan, trouble, self.plans, self.clock)
            fates, trouble = [self.device.pass_over(plan, removals[0], trouble)], None
        execution = _counted(execution, fates)
        plan = self.plans.save(replace(plan, execution=execution, stalled_since=None))
        if trouble:
            raise stale_patience.rest(_so_far(plan, execution), trouble)
        return plan, execution

    def _ended(self, plan: StalePlan, execution: Execution, why: str) -> None:
        ended = replace(execution, ended_at=self.clock(), why=why)
        self.plans.save(replace(plan, execution=ended))


def _order(operation: Operation) -> RemoveStale:
    if not isinstance(operation.change, RemoveStale):
        raise TypeError("only an order to carry out a plan is one")
    return operation.change


def _counted(execution: Execution, fates: Sequence[Fate]) -> Execution:
    return replace(
        execution,
        dealt_with=execution.dealt_with + len(fates),
        fates=dict(Counter(execution.fates) + Counter(fates)),
    )


def _so_far(plan: StalePlan, execution: Execution) -> str:
    return f"{execution.dealt_with} of {plan.removals} devices are dealt with"
