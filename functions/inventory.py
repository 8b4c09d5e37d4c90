"""The inventory over HTTP: which devices there are, reports on them, and a run to see anew."""

from http import HTTPStatus

import azure.functions as func

from functions import inventory_views, lists, people, preconditions, replies, views
from functions.serving import served
from shared import inventory_messages, messages, wiring
from shared.devices import device_sort, reports_csv
from shared.devices.caller import Role
from shared.devices.model import AccessState
from shared.devices.readiness import REPORTS
from shared.errors import NotFound, Rejected
from shared.flows.device_list import Wanted
from shared.flows.inventory_reports import Made
from shared.services import Services

blueprint = func.Blueprint()

ROWS = 50_000  # of a report, likewise: an answer is put together in memory
LONGEST = 320  # characters of a filter
ACCESS = {state.lower(): state for state in AccessState}


@served(blueprint, route="devices", method="GET", needs=Role.VIEWER)
def get_devices(req: func.HttpRequest) -> func.HttpResponse:
    """List devices as the inventory last saw them, some at a time."""
    services = wiring.services()
    page = services.inventories.devices.page(
        _tenant(services, req),
        _wanted(req),
        after=req.params.get("after", ""),
        limit=lists.limit(req, lists.MOST),
    )
    shown = inventory_views.devices(page)
    answer = replies.json(shown, headers=lists.following(req, shown.next))
    return preconditions.unless_seen(req, answer)


@served(blueprint, route="devices/{device_guid}", method="GET", needs=Role.VIEWER)
def get_device(req: func.HttpRequest) -> func.HttpResponse:
    """Return one device, its mailbox's lists, and what was last said about it."""
    services = wiring.services()
    guid = req.route_params["device_guid"].lower()
    if not messages.is_guid(guid):
        raise NotFound("a device is named by the GUID of its partnership")
    known = services.inventories.devices.one(_tenant(services, req), guid)
    return preconditions.unless_seen(req, replies.json(inventory_views.known_device(known)))


@served(blueprint, route="reports", method="GET", needs=Role.VIEWER)
def get_reports(req: func.HttpRequest) -> func.HttpResponse:
    """Say which reports there are."""
    del req
    named = [
        inventory_views.ReportName(name=each.name, says=each.says, columns=each.columns)
        for each in REPORTS.values()
    ]
    return replies.json(inventory_views.ReportNames(reports=named))


@served(blueprint, route="reports/{name}", method="GET", needs=Role.VIEWER)
def get_report(req: func.HttpRequest) -> func.HttpResponse:
    """Make a report from what the inventory last saw, as JSON or CSV."""
    services = wiring.services()
    as_csv = _is_csv_wanted(req)
    made = services.inventories.reports.make(_tenant(services, req), req.route_params["name"])
    answer = _as_csv(made) if as_csv else replies.json(inventory_views.table(made, ROWS))
    answer.headers["Vary"] = "Accept"
    return preconditions.unless_seen(req, answer)


@served(blueprint, route="inventory/sync", method="POST", needs=Role.OPERATOR)
def post_inventory_sync(req: func.HttpRequest) -> func.HttpResponse:
    """Order a run; one that is under way is returned instead."""
    services = wiring.services()
    caller = people.caller(req)
    asked = inventory_messages.read_request(people.signed(caller, req.get_body()))
    operation = services.inventories.schedule.begin(
        _tenant(services, req), asked.scope, asked.requested_by, asked_as=caller.asked_as
    )
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
    )


def _tenant(services: Services, req: func.HttpRequest) -> str:
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose inventory is meant")
    return apps[0].tenant_id


def _wanted(req: func.HttpRequest) -> Wanted:
    asked = {name: req.params.get(name, "").strip() for name in ("access", "mailbox", "q")}
    if any(len(text) > LONGEST for text in asked.values()):
        raise Rejected(f"a filter may have {LONGEST} characters at most")
    if asked["access"] and asked["access"].lower() not in ACCESS:
        raise Rejected(f"access is one of {', '.join(AccessState)}")
    sort = req.params.get("sort", "")
    return Wanted(
        access=ACCESS.get(asked["access"].lower()),
        mailbox=asked["mailbox"],
        text=asked["q"],
        sort=device_sort.read(sort) if sort else None,
    )


def _is_csv_wanted(req: func.HttpRequest) -> bool:
    """Whether CSV is asked for by name, or else is the only one of the two that is welcome."""
    wanted = req.params.get("format")
    if wanted not in {None, "csv", "json"}:
        raise Rejected("format is csv or json")
    accepted = req.headers.get("Accept", "")
    return wanted == "csv" or (wanted is None and "text/csv" in accepted and "json" not in accepted)


def _as_csv(made: Made) -> func.HttpResponse:
    """Return the rows as text; whether there are more of them stands in a header."""
    text, is_cut = inventory_views.sheet(made, ROWS)
    return func.HttpResponse(
        text,
        headers={
            "Cache-Control": "no-store",
            "Content-Type": reports_csv.MEDIA_TYPE,
            "Content-Disposition": f'attachment; filename="{made.report.name}.csv"',
            "X-Truncated": str(is_cut).lower(),
            "X-As-Of": made.picture.made_at.isoformat(),
        },
        mimetype="text/csv",
    )
