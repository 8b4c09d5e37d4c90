"""What an order that is not about one device would come to, and what that rests on."""

from dataclasses import dataclass

from shared.devices import plan_hash, reached
from shared.devices.plan_hash import Facts
from shared.devices.tenant_change import Altered, TenantChange
from shared.errors import Misconfigured, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPlan:
    """One change as it would be made now, or why it cannot be."""

    tenant_id: str
    change: TenantChange
    altered: Altered | None
    refusal: Rejected | Misconfigured | None
    ordered: str | None  # the newest other order about the same

    @property
    def is_reached(self) -> bool:
        """Whether what is ordered stands already."""
        return self.altered is not None and reached.is_reached(self.change, self.altered.before)

    @property
    def facts(self) -> Facts:
        """What it rests on."""
        return {
            "the order": (self.tenant_id, self.change),
            "how it stands": self.altered,
            "what was ordered about it": self.ordered,
        }

    def require(self, looked_at: str) -> None:
        """Raise Conflict if it is another plan, unless all stands as ordered already."""
        if self.refusal is not None:
            raise self.refusal
        if not self.is_reached:
            plan_hash.require(looked_at, self.facts)
