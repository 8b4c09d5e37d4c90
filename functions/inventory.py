"""The inventory over HTTP: which devices there are, reports on them, and a run to see anew."""

from http import HTTPStatus

import azure.functions as func

from functions import inventory_views, replies, views
from functions.replies import Detail
from shared import inventory_messages, messages, wiring
from shared.devices import reports_csv
from shared.devices.model import AccessState
from shared.devices.readiness import REPORTS
from shared.errors import NotFound, Rejected
from shared.flows.device_list import Wanted
from shared.flows.inventory_reports import Made
from shared.services import Services

blueprint = func.Blueprint()

DEVICES = 200  # in one answer, at most
ROWS = 50_000  # of a report, likewise: an answer is put together in memory
LONGEST = 320  # characters of a filter
ACCESS = {state.lower(): state for state in AccessState}


@blueprint.route(route="devices", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_devices(req: func.HttpRequest) -> func.HttpResponse:
    """List devices as the inventory last saw them, some at a time."""
    services = wiring.services()
    page = services.inventories.devices.page(
        _tenant(services, req),
        _wanted(req),
        after=req.params.get("after", ""),
        limit=_limit(req.params.get("limit")),
    )
    return replies.json(inventory_views.devices(page))


@blueprint.route(route="devices/{device_guid}", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_device(req: func.HttpRequest) -> func.HttpResponse:
    """Return one device, its mailbox's lists, and what was last said about it."""
    services = wiring.services()
    guid = req.route_params["device_guid"].lower()
    if not messages.is_guid(guid):
        raise NotFound("a device is named by the GUID of its partnership")
    known = services.inventories.devices.one(_tenant(services, req), guid)
    return replies.json(inventory_views.known_device(known))


@blueprint.route(route="reports", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_reports(req: func.HttpRequest) -> func.HttpResponse:
    """Say which reports there are."""
    del req
    named = [
        inventory_views.ReportName(name=each.name, says=each.says, columns=each.columns)
        for each in REPORTS.values()
    ]
    return replies.json(inventory_views.ReportNames(reports=named))


@blueprint.route(route="reports/{name}", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_report(req: func.HttpRequest) -> func.HttpResponse:
    """Make a report from what the inventory last saw, as JSON or CSV."""
    services = wiring.services()
    as_csv = _is_csv_wanted(req)
    made = services.inventories.reports.make(_tenant(services, req), req.route_params["name"])
    return _as_csv(made) if as_csv else replies.json(inventory_views.table(made, ROWS))


@blueprint.route(route="inventory/sync", methods=["POST"])
@replies.answering(Detail.TOLD)
def post_inventory_sync(req: func.HttpRequest) -> func.HttpResponse:
    """Order a run; one that is under way is returned instead."""
    services = wiring.services()
    asked = inventory_messages.read_request(req.get_body())
    operation = services.inventories.schedule.begin(
        _tenant(services, req), asked.scope, asked.requested_by
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
    return Wanted(
        access=ACCESS.get(asked["access"].lower()), mailbox=asked["mailbox"], text=asked["q"]
    )


def _limit(text: str | None) -> int:
    if text is None:
        return DEVICES
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= DEVICES):
        raise Rejected(f"limit is a number from 1 to {DEVICES}")
    return int(text)


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
