"""A budget is raised for a while."""

from dataclasses import dataclass

from shared.devices import budget_raise
from shared.devices.budget_raise import LONGEST, Raise, RaiseBudget
from shared.devices.guard import Allowances, reason_of
from shared.devices.operation import Operation
from shared.devices.tenant_change import Altered, Image
from shared.errors import Rejected
from shared.flows.guard_ports import Raises
from shared.flows.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRaise:
    """Raises a budget, and says how it stood; a later order about it takes this one's place."""

    allowances: Allowances
    raises: Raises
    clock: Clock

    def plan(self, operation: Operation) -> Altered:
        """Return how it stands; Rejected if the time named is past, or too far off."""
        change = _change(operation)
        left = change.until - self.clock()
        if left.total_seconds() <= 0 or left > LONGEST:
            raise Rejected(
                f"until must be in the future, and not more than {LONGEST.days} days off: order it "
                "anew"
            )
        return Altered(
            says=budget_raise.says(change), before=self._standing(operation.tenant_id, change)
        )

    def first(self, operation: Operation) -> None:
        """Refuse what could never be done, before anybody is asked to approve it."""
        self.plan(operation)

    def go_on(self, operation: Operation) -> Altered:
        """Raise it, and return how it stood and stands."""
        change = _change(operation)
        planned = operation.altered or self.plan(operation)
        raised = Raise(to=change.to, until=change.until)
        self.raises.put(operation.tenant_id, change.budget, raised)
        return Altered(
            says=planned.says,
            before=planned.before,
            after=self._standing(operation.tenant_id, change),
        )

    def has_begun(self, operation: Operation) -> bool:
        """Say no: it is one step."""
        del operation
        return False

    def give_up(self, operation: Operation, why: str) -> None:
        """Leave it: there is nothing half done."""

    def _standing(self, tenant_id: str, change: RaiseBudget) -> Image:
        allowed = self.allowances.of(reason_of(change.budget), fleet=0)
        known = self.raises.of(tenant_id, change.budget)
        if known is None or known.until <= self.clock() or known.to <= allowed:
            return {"an_hour": allowed, "until": None}
        return {"an_hour": known.to, "until": known.until.isoformat()}


def _change(operation: Operation) -> RaiseBudget:
    if not isinstance(operation.change, RaiseBudget):
        raise TypeError("only an order to raise a budget is one")
    return operation.change
