"""The routes of operations, as OpenAPI describes them."""

from typing import Any

from functions.describing import (
    AFTER,
    TENANT,
    guarded,
    limit,
    listed,
    path,
    query,
    reference,
    route,
    tagged,
)
from functions.lists import MOST
from functions.operation_lists import HOLDS, LISTED, LONGEST, ORDERS
from shared.devices.operation import State

OPERATION = path("operation_id", {"type": "string", "format": "uuid"})
TEXT = {"type": "string", "maxLength": LONGEST}
TIME = {"type": "string", "format": "date-time"}
FILTERS = [
    query("state", {"enum": [state.value for state in State]}, "Where they stand."),
    query("action", TEXT, "What was decided to be done; until that is, what was asked."),
    query("asked", TEXT, "What was asked: an action, or a posture that an MDM reports."),
    query("asked_by", TEXT, "Whoever asked, exactly: `mdm:<sender>`, or `requested_by`."),
    query("mailbox", TEXT, "As the order or the report names it, in any case."),
    query("device_id", TEXT, "Likewise."),
    query("hold", {"enum": list(HOLDS)}, "Why a person has, or had, to decide."),
    query("since", TIME, "Opened then or later."),
    query("until", TIME, "Opened then or earlier."),
    query("sort", {"enum": list(ORDERS)}, "By time, the newest first unless this says otherwise."),
    limit(MOST, LISTED),
    AFTER,
]
WHICH = (
    "Operations by time. What was put together from all answers is the list: each "
    "operation that is asked for all the while comes once; an answer may have fewer than `limit`. "
    "Newest first, and by state, is quick; else a span of time makes it so."
)


def paths() -> dict[str, Any]:
    """Return their description."""
    every = route(
        WHICH,
        {"200": "Operations"},
        refusals={"400": "Unknown tenant, or a filter or cursor not understood"},
        parameters=[*FILTERS, TENANT],
    )
    one = route(
        "An operation's state and history.",
        {"200": "Operation"},
        refusals={"400": "Unknown tenant", "404": "No such operation"},
        parameters=[OPERATION, TENANT],
    )
    link = route(
        "Say which device a held report is about.",
        {"202": "Operation"},
        refusals={"400": "Not a link", "404": "No such operation", "409": "Not held"},
        parameters=[OPERATION, TENANT],
        body=reference("LinkRequest"),
    )
    return {
        "/operations": {"get": listed(every)},
        "/operations/{operation_id}": {"get": tagged(one)},
        "/operations/{operation_id}/link": {"post": guarded(link)},
    }
