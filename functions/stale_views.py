"""How plans of what to remove as stale look to those who ask over HTTP, and to OpenAPI."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from functions.describing import listed, query, route
from shared.devices.stale import Removal
from shared.devices.stale_plan import VALID, Fate, StalePlan
from shared.devices.tenant_change import PlanStale

GUID = {"type": "string", "format": "uuid"}
PARAMETERS = [
    query("tenant_id", GUID, "Whose devices; needed where several tenants are served."),
    query("plan_id", GUID, "Which plan; by default the one made last."),
    query("after", {"type": "integer", "minimum": 0}, "From the answer before, with its plan_id."),
]


class PlannedRemoval(msgspec.Struct, kw_only=True):
    """One partnership to remove, and which of its mailbox's lists its id comes off."""

    guid: str
    device_id: str
    mailbox: str
    model: str
    last_sync_at: datetime
    off_allowed: bool
    off_blocked: bool


class StaleRun(msgspec.Struct, kw_only=True):
    """What came of the plan that was carried out last."""

    operation_id: str
    plan_id: str
    plan_hash: str
    begun_at: datetime
    ended_at: datetime | None  # null: it goes on
    why: str  # it ended early
    planned: int
    dealt_with: int
    counts: dict[Fate, int]


class Stale(msgspec.Struct, kw_only=True):
    """A plan, some of what it removes, and what came of the last that was carried out."""

    plan_id: str
    plan_hash: str  # confirms the plan, in an order to carry it out
    ordered: PlanStale
    made_at: datetime
    valid_until: datetime
    inventory_at: datetime | None  # from when what it knows of mailboxes and lists is
    counts: dict[str, int]
    removals: list[PlannedRemoval]
    next: int | None  # asks for those that follow; null: there are no more
    last_run: StaleRun | None


def stale(
    plan: StalePlan, removals: Sequence[Removal], *, first: int, run: StalePlan | None
) -> Stale:
    """Return a plan with its removals from *first* on."""
    following = first + len(removals)
    made_at = plan.made_at or plan.started_at
    return Stale(
        plan_id=plan.plan_id,
        plan_hash=plan.plan_hash,
        ordered=plan.order,
        made_at=made_at,
        valid_until=made_at + VALID,
        inventory_at=plan.inventory_at,
        counts=plan.counts,
        removals=[_removal(each) for each in removals],
        next=following if following < plan.removals else None,
        last_run=_run(run) if run else None,
    )


def paths() -> dict[str, Any]:
    """Return what OpenAPI says of the route."""
    return {
        "/stale": {
            "get": listed(
                route(
                    "What is to be removed as stale, and what came of the last removal.",
                    {"200": "Stale"},
                    refusals={"400": "Tenant or plan not understood", "404": "No such plan"},
                    parameters=PARAMETERS,
                )
            )
        }
    }


def _removal(removal: Removal) -> PlannedRemoval:
    return PlannedRemoval(
        guid=removal.guid,
        device_id=removal.device_id,
        mailbox=removal.mailbox,
        model=removal.model,
        last_sync_at=removal.last_sync_at,
        off_allowed=removal.off_allowed,
        off_blocked=removal.off_blocked,
    )


def _run(plan: StalePlan) -> StaleRun | None:
    done = plan.execution
    if done is None:
        return None
    return StaleRun(
        operation_id=done.operation_id,
        plan_id=plan.plan_id,
        plan_hash=plan.plan_hash,
        begun_at=done.begun_at,
        ended_at=done.ended_at,
        why=done.why,
        planned=plan.removals,
        dealt_with=done.dealt_with,
        counts={fate: done.fates.get(fate, 0) for fate in Fate},
    )
