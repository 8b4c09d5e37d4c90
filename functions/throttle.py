"""How hard each tenant's Exchange is asked at the moment, as its workers have learnt."""

from typing import Any

import azure.functions as func
import msgspec

from functions import replies
from functions.describing import TENANT, route
from functions.serving import served
from shared import wiring
from shared.devices.caller import Role
from shared.errors import Failure
from shared.services import Services

blueprint = func.Blueprint()


class Pace(msgspec.Struct, kw_only=True):
    """What a tenant's Exchange bears, all workers together; null while nobody asks it."""

    tenant_id: str
    workers: int
    calls_per_second: float | None
    at_once: float | None
    starts_at: float  # calls a second, where learning begins
    destructive_per_second: float


class Throttle(msgspec.Struct, kw_only=True):
    """The pace of every tenant; `problems` by tenant where that cannot be told."""

    tenants: list[Pace] = []
    problems: dict[str, str] = {}


@served(blueprint, route="throttle", method="GET", needs=Role.VIEWER)
def get_throttle(req: func.HttpRequest) -> func.HttpResponse:
    """Return how fast each tenant's Exchange is asked."""
    services, shown = wiring.services(), Throttle()
    for app in services.apps(req.params.get("tenant_id")):
        try:
            shown.tenants.append(_pace(services, app.tenant_id))
        except Failure as failure:  # one tenant's trouble must not hide the others
            shown.problems[app.tenant_id] = str(failure)
    return replies.json(shown)


def paths() -> dict[str, Any]:
    """Return the route's description."""
    return {
        "/throttle": {
            "get": route(
                "How hard each tenant's Exchange is asked: more while all goes well, less at once "
                "when it refuses.",
                {"200": "Throttle"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        }
    }


def _pace(services: Services, tenant_id: str) -> Pace:
    # Each worker's word is on the whole tenant, as far as it knows.
    levels, limits = services.exchanges[tenant_id].pace(), services.tenant(tenant_id).limits
    return Pace(
        tenant_id=tenant_id,
        workers=len(levels),
        calls_per_second=_mean([rate for rate, _ in levels]),
        at_once=_mean([at_once for _, at_once in levels]),
        starts_at=limits.calls_per_second,
        destructive_per_second=limits.destructive_per_second,
    )


def _mean(figures: list[float]) -> float | None:
    return round(sum(figures) / len(figures), 1) if figures else None
