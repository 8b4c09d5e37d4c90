"""The audit over HTTP: the records as they are stored, so that they can be verified elsewhere."""

from datetime import date
from typing import Any

import azure.functions as func

from functions import lists
from functions.describing import query, route
from functions.serving import served
from shared import wiring
from shared.audit.reading import Span
from shared.devices.caller import Role
from shared.errors import Rejected
from shared.services import Services

blueprint = func.Blueprint()

MEDIA_TYPE = "application/jsonl"
DAY = {"type": "string", "format": "date"}
PARAMETERS = [
    query(
        "tenant_id",
        {"type": "string", "format": "uuid"},
        "Whose audit; needed where several tenants are served.",
    ),
    query("from", DAY, "The first day, in UTC; the beginning if left out."),
    query("to", DAY, "The last day."),
    query(
        "after", {"type": "string", "maxLength": 64}, "From the header Link of the answer before."
    ),
]


@served(blueprint, route="audit", method="GET", needs=Role.OPERATOR)
def get_audit(req: func.HttpRequest) -> func.HttpResponse:
    """Return records, the oldest first; the header Link leads to those that follow."""
    services = wiring.services()
    span = Span(first=_day(req, "from"), last=_day(req, "to"))
    page = services.audit.page(_tenant(services, req), span, req.params.get("after", ""))
    return func.HttpResponse(
        page.lines,
        headers={"Cache-Control": "no-store", **lists.following(req, page.after)},
        mimetype=MEDIA_TYPE,
    )


def paths() -> dict[str, Any]:
    """Describe the route."""
    described = route(
        "The audit's records as they are stored, one to a line, the oldest first.",
        {"200": "AuditRecord"},
        refusals={"400": "Unknown tenant, no day, or no cursor of ours"},
        parameters=PARAMETERS,
    )
    # Not one record but a line for each; a day without any is an empty answer.
    described["responses"]["200"]["content"] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
    described["responses"]["200"]["description"] = "AuditRecords, as JSON Lines"
    return {"/audit": {"get": described}}


def _tenant(services: Services, req: func.HttpRequest) -> str:
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose audit is meant")
    return apps[0].tenant_id


def _day(req: func.HttpRequest, name: str) -> date | None:
    text = req.params.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Rejected(f"{name} is a day, such as 2026-05-04") from error
