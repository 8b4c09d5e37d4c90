"""What is said to have operations undone or replayed, and how openapi.json describes it."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from functions.describing import TENANT, guarded, path, reference, route
from shared.flows.replay import AT_MOST

Name = Annotated[str, msgspec.Meta(max_length=320)]
Requester = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
Reason = Annotated[str, msgspec.Meta(max_length=500)]
OPERATION = [path("operation_id", {"type": "string", "format": "uuid"}), TENANT]


class Again(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who asks for it, and why."""

    requested_by: Requester
    reason: Reason = ""


class ReplayRequest(Again, forbid_unknown_fields=True, kw_only=True):
    """Which abandoned operations are to be tried again: those to which all that is said applies."""

    tenant_id: str | None = None
    state: Literal["abandoned"] = "abandoned"
    asked: Name = ""
    asked_by: Name = ""
    sender: Name = ""
    since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None  # given up
    at_most: Annotated[int, msgspec.Meta(ge=1, le=AT_MOST)] = AT_MOST


class Replayed(msgspec.Struct, kw_only=True):
    """What came of a call for several; where some are left, it can be repeated."""

    replayed: list[str]
    refused: dict[str, str]  # why not, by operation
    left: int


SHAPES = (Again, ReplayRequest, Replayed)


def paths() -> dict[str, Any]:
    """Return what OpenAPI says of the routes."""
    refusals = {"400": "Not understood", "404": "No such operation"}
    undo = route(
        "Take an operation back, by an order of its own.",
        {"202": "Operation"},
        refusals=refusals | {"409": "It cannot be undone, or not any more"},
        parameters=OPERATION,
        body=reference("Again"),
    )
    replay = route(
        "Try an operation again that was given up.",
        {"202": "Operation"},
        refusals=refusals | {"409": "It cannot be replayed"},
        parameters=OPERATION,
        body=reference("Again"),
    )
    return {
        "/operations/{operation_id}/undo": {"post": guarded(undo)},
        "/operations/{operation_id}/replay": {"post": guarded(replay)},
        "/operations/replay": {
            "post": route(
                "Try several operations again that were given up.",
                {"200": "Replayed"},
                refusals={"400": "Not understood, or unknown tenant"},
                body=reference("ReplayRequest"),
            )
        },
    }
