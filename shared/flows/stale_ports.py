"""What the removal of stale devices needs from our records."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from shared.devices.inventory import Row
from shared.devices.inventory_run import Picture
from shared.devices.model import WipeState
from shared.devices.packed_statistics import PackedStatistics
from shared.devices.stale import Removal
from shared.devices.stale_plan import StalePlan
from shared.errors import Failure


class Statistics(Protocol):
    """What one tenant's Exchange knows of single devices."""

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """Return last sync and wipes of some devices, by guid; NotFound for one that is gone."""
        ...


class LastPictures(Protocol):
    """What the last complete run saw of each tenant."""

    def picture(self, tenant_id: str) -> Picture | None:
        """Return what it is; None before the first run has ended."""
        ...

    def rows(self, tenant_id: str) -> Iterator[Row]:
        """Yield all rows, a few at a time in memory."""
        ...


class StalePlans(Protocol):
    """Every plan of what to remove as stale, what it rests on, and what came of it."""

    def open(self, plan: StalePlan) -> StalePlan:
        """Store a new plan, or return the one already stored under its id."""
        ...

    def save(self, plan: StalePlan) -> StalePlan:
        """Store a step; Contended if another worker has moved the plan meanwhile."""
        ...

    def find(self, tenant_id: str, plan_id: str) -> StalePlan | None:
        """Return the plan, if there is one."""
        ...

    def last(self, tenant_id: str) -> StalePlan | None:
        """Return the plan that was made last, if there is one."""
        ...

    def last_executed(self, tenant_id: str) -> StalePlan | None:
        """Return the plan whose removals began last, if there is one."""
        ...

    def ask(self, plan: StalePlan, guids: Iterable[str]) -> int:
        """Note which devices' statistics it takes, in place of any noted; return how many."""
        ...

    def asked(self, plan: StalePlan, at_most: int) -> tuple[str, ...]:
        """Return the next devices whose statistics are to be read: at least one."""
        ...

    def record(self, plan: StalePlan, statistics: bytes) -> StalePlan:
        """Store a step, together with the statistics that it has read."""
        ...

    def statistics(self, plan: StalePlan) -> PackedStatistics:
        """Return all that were read."""
        ...

    def keep(self, plan: StalePlan, removals: Sequence[Removal]) -> StalePlan:
        """Store a plan that is made, with what it removes, as the tenant's last."""
        ...

    def clean(self, plan: StalePlan) -> None:
        """Delete what only the making of it needed; repeated without harm."""
        ...

    def execute(self, plan: StalePlan) -> StalePlan:
        """Store that its removals begin; Contended if they have begun already."""
        ...

    def removals(self, plan: StalePlan, first: int, at_most: int) -> tuple[Removal, ...]:
        """Return some of what it removes, from a number on: at least one, as far as there are."""
        ...
