"""The operations over HTTP: all there are, newest first, some at a time."""

import azure.functions as func

from functions import lists, replies, views
from functions.serving import served
from shared import messages, wiring
from shared.devices.caller import Role
from shared.devices.guard import HoldReason
from shared.devices.operation import State
from shared.devices.operation_list import RECOGNITION, Wanted
from shared.errors import Rejected
from shared.services import Services

blueprint = func.Blueprint()

LISTED = 50  # in one answer, unless more are asked for
LONGEST = 320  # characters of a filter
HOLDS = (RECOGNITION, *HoldReason)
OLDEST_FIRST = "opened_at"
ORDERS = (f"-{OLDEST_FIRST}", OLDEST_FIRST)


@served(blueprint, route="operations", method="GET", needs=Role.VIEWER)
def get_operations(req: func.HttpRequest) -> func.HttpResponse:
    """List operations: those that wait, those of a device, those of a day, or any."""
    services = wiring.services()
    page = services.operation_list.page(
        _places(services, req.params.get("tenant_id")),
        _wanted(req),
        after=req.params.get("after", ""),
        limit=lists.limit(req, LISTED),
    )
    after = page.after or None
    shown = views.Operations(operations=[*map(views.operation, page.operations)], next=after)
    return replies.json(shown, headers=lists.following(req, after))


def _places(services: Services, tenant_id: str | None) -> list[str]:
    """Return the tenants; with all of them also what was given up because it named none."""
    served_here = [app.tenant_id for app in services.apps(tenant_id)]
    return served_here if tenant_id is not None else [*served_here, messages.UNKNOWN]


def _wanted(req: func.HttpRequest) -> Wanted:
    names = ("asked", "action", "asked_by", "mailbox", "device_id")
    asked = {name: req.params.get(name, "").strip() for name in names}
    if any(len(text) > LONGEST for text in asked.values()):
        raise Rejected(f"a filter may have {LONGEST} characters at most")
    state = _one_of(req, "state", tuple(State))
    return Wanted(
        state=State(state) if state else None,
        hold=_one_of(req, "hold", HOLDS),
        since=lists.moment(req, "since"),
        until=lists.moment(req, "until"),
        oldest_first=_one_of(req, "sort", ORDERS) == OLDEST_FIRST,
        **asked,
    )


def _one_of(req: func.HttpRequest, name: str, known: tuple[str, ...]) -> str:
    text: str = req.params.get(name, "")
    if text and text not in known:
        raise Rejected(f"{name} is one of {', '.join(known)}")
    return text
