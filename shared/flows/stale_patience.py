"""What stands in the way of stale devices is waited out, but a few devices never hold up all."""

from dataclasses import replace
from datetime import timedelta

from shared.devices.stale_plan import PATIENCE, StalePlan
from shared.errors import Failure, Retryable, Unfinished
from shared.flows.ports import Clock
from shared.flows.stale_ports import StalePlans

GOES_ON = timedelta(seconds=1)


def wait(plan: StalePlan, trouble: Failure, plans: StalePlans, clock: Clock) -> None:
    """Raise the trouble, unless it has been in the way for so long that others should go on."""
    if not isinstance(trouble, Retryable):
        raise trouble
    if plan.stalled_since is None:
        plans.save(replace(plan, stalled_since=clock()))
        raise trouble
    if clock() - plan.stalled_since < PATIENCE:
        raise trouble


def rest(says: str, trouble: Failure | None = None) -> Unfinished:
    """Return that a part is done, and the rest follows once the trouble may have passed."""
    after = trouble.after if isinstance(trouble, Retryable) else None
    return Unfinished(f"{says}; {trouble}" if trouble else says, after=after or GOES_ON)
