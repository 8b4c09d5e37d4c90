"""The routes of the inventory, as OpenAPI describes them."""

from typing import Any

from functions.describing import AFTER, limit, listed, path, query, reference, route, tagged
from functions.lists import MOST
from shared.devices.device_sort import SortKey
from shared.devices.model import AccessState
from shared.devices.readiness import REPORTS
from shared.devices.reports_csv import MEDIA_TYPE

TENANT = query(
    "tenant_id",
    {"type": "string", "format": "uuid"},
    "Whose inventory; needed where several tenants are served.",
)
TEXT = {"type": "string", "maxLength": 320}
ORDERS = [f"{sign}{key}" for key in SortKey for sign in ("", "-")]
DEVICE_FILTERS = [
    query("access", {"enum": [state.value for state in AccessState]}, "Only these; in any case."),
    query("mailbox", TEXT, "Only one mailbox's: its address, UPN or GUID."),
    query("q", TEXT, "Part of what a device, or its mailbox, is called."),
    query("sort", {"enum": ORDERS}, "In which order; with a minus backwards."),
    AFTER,
    limit(MOST, MOST),
]
FORMAT = query(
    "format", {"enum": ["json", "csv"]}, "As what; by default as the Accept header says, or JSON."
)
NONE_YET = "No inventory has been taken yet"


def paths() -> dict[str, Any]:
    """Return their description."""
    return {**_devices(), **_reports(), **_sync()}


def _devices() -> dict[str, Any]:
    every = route(
        "The devices as the inventory last saw them; one that changes may come twice.",
        {"200": "Devices"},
        refusals={"400": "Tenant or filter not understood", "404": NONE_YET}
        | {"409": "Made anew meanwhile: begin again, without `after`"},
        parameters=[*DEVICE_FILTERS, TENANT],
    )
    one = route(
        "One device, its mailbox, and what was last said about it.",
        {"200": "KnownDevice"},
        refusals={
            "400": "Tenant unknown or not named",
            "404": f"No such device; {NONE_YET}",
        },
        parameters=[path("device_guid", {"type": "string", "format": "uuid"}), TENANT],
    )
    return {
        "/devices": {"get": tagged(listed(every))},
        "/devices/{device_guid}": {"get": tagged(one)},
    }


def _reports() -> dict[str, Any]:
    named = path("name", {"enum": list(REPORTS)})
    made = route(
        "A report, made from what the inventory last saw.",
        {"200": "ReportTable"},
        refusals={"400": "Tenant or format not understood", "404": f"No such report; {NONE_YET}"},
        parameters=[named, FORMAT, TENANT],
    )
    made["responses"]["200"]["content"][MEDIA_TYPE] = {"schema": {"type": "string"}}
    made["responses"]["200"]["headers"] = {
        "X-Truncated": _header("boolean", "Of CSV: there are more rows than one answer has."),
        "X-As-Of": _header("string", "Of CSV: when the run ended that saw all this."),
    }
    return {
        "/reports": {"get": route("Which reports there are.", {"200": "ReportNames"})},
        "/reports/{name}": {"get": tagged(made)},
    }


def _sync() -> dict[str, Any]:
    return {
        "/inventory/sync": {
            "post": route(
                "Order a run of the inventory; one that is under way is returned instead.",
                {"202": "Operation"},
                refusals={"400": "Not an order, or no tenant named"},
                parameters=[TENANT],
                body=reference("RunRequest"),
            )
        }
    }


def _header(kind: str, says: str) -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": says}
