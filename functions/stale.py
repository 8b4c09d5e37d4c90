"""What is to be removed as stale, and what became of it; orders for both come as commands."""

import azure.functions as func

from functions import lists, replies, stale_views
from functions.serving import served
from shared import messages, wiring
from shared.devices.caller import Role
from shared.devices.stale_plan import Phase, StalePlan
from shared.errors import NotFound, Rejected
from shared.services import Services

blueprint = func.Blueprint()

REMOVALS = 100  # in one answer, at most


@served(blueprint, route="stale", method="GET", needs=Role.VIEWER)
def get_stale(req: func.HttpRequest) -> func.HttpResponse:
    """Return the plan made last, or the one that is named, with some of what it removes."""
    services = wiring.services()
    plan = _plan(req, services)
    first = _number(req.params.get("after"))
    removals = services.long_records.stale_plans.removals(plan, first, REMOVALS)
    run = services.long_records.stale_plans.last_executed(plan.tenant_id)
    shown = stale_views.stale(plan, removals, first=first, run=run)
    following = lists.following(req, shown.next, plan_id=plan.plan_id)
    return replies.json(shown, headers=following)


def _plan(req: func.HttpRequest, services: Services) -> StalePlan:
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose devices are meant")
    tenant_id, plan_id = apps[0].tenant_id, req.params.get("plan_id")
    if plan_id is None:
        plan = services.long_records.stale_plans.last(tenant_id)
    elif messages.is_guid(plan_id):
        plan = services.long_records.stale_plans.find(tenant_id, plan_id.lower())
    else:
        raise Rejected("plan_id must be a GUID: that of the operation that made the plan")
    if plan is None or plan.phase is not Phase.MADE:
        raise NotFound("there is no such plan yet: order one with the action plan_stale")
    return plan


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < len("10000000")):
        raise Rejected("after is the number that the answer before named")
    return int(text)
