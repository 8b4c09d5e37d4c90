"""The picture that a run compares with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.flows.inventory_ports import Pictures, Runs

LONGEST = timedelta(days=1)  # a run: what began before that is no picture of one time


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Which run took it, and when that began: whatever changed since may not be in it."""

    run_id: str
    at: datetime


def before(tenant_id: str, pictures: Pictures, runs: Runs) -> Before | None:
    """Return what there is to compare with; None before a tenant's first run has ended."""
    picture = pictures.picture(tenant_id)
    if picture is None:
        return None
    run = runs.find(tenant_id, picture.run_id)
    at = run.started_at if run else picture.made_at - LONGEST
    return Before(run_id=picture.run_id, at=at)
