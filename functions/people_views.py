"""What people are told of themselves, what approvers say, and how openapi.json describes both."""

import uuid
from typing import Annotated, Any

import msgspec

from functions.describing import TENANT, guarded, path, reference, route
from shared.devices.caller import Role
from shared.devices.guard import HoldReason

ME = "me"
PEOPLE = [{"url": "/api/portal/api", "description": "For people who have signed in."}]
SESSION = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "AppServiceAuthSession",
        "description": "App Service's sign-in. Changes carry the header X-Requested-With.",
    }
}
NAMED = [path("operation_id", {"type": "string", "format": "uuid"}), TENANT]
REFUSALS = {"400": "Not a word on it", "404": "No such operation", "409": "It is past that"}
Note = Annotated[str, msgspec.Meta(max_length=1000)]


class TenantName(msgspec.Struct, kw_only=True):
    """A tenant that is served here."""

    tenant_id: str
    organization: str


class Me(msgspec.Struct, kw_only=True):
    """Who has signed in, and what that person may do."""

    id: str  # the object id in Entra ID
    name: str
    roles: list[Role]
    tenants: list[TenantName]


class Word(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody says to a decision about an operation."""

    note: Note = ""


class ReleaseRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which held operations are to go on; release_id is the idempotency key."""

    reason: HoldReason | None = None
    asked_by: Annotated[str, msgspec.Meta(max_length=320)] = ""
    note: Note = ""
    release_id: uuid.UUID | None = None


SHAPES = (Me, Word, ReleaseRequest)


def paths() -> dict[str, Any]:
    """Describe the routes that are about people."""
    cancelling = "Take back an order that has not begun."
    return {
        "/portal/{path}": {
            "get": _portal("The operators' page, and below `api/` what systems see with a key."),
            "post": _portal("Below `api/` for people what systems do with a key."),
        },
        "/me": _people("get", route("Who has signed in, with which roles.", {"200": "Me"})),
        "/operations/{operation_id}/approve": _people(
            "post", _word("Let a held operation go on; its requester cannot.")
        ),
        "/operations/{operation_id}/refuse": _people("post", _word("End a held operation.")),
        "/operations/{operation_id}/cancel": {"post": _word(cancelling)},
        "/operations/release": _people(
            "post",
            route(
                "Let many held operations go on, in the order in which they came.",
                {"202": "Operation"},
                refusals={"400": "Not a release", "409": "Id used before"},
                parameters=[TENANT],
                body=reference("ReleaseRequest"),
            ),
        ),
    }


def _portal(summary: str) -> dict[str, Any]:
    return route(
        summary,
        {},
        refusals={"401": "Nobody signed in", "403": "Not for this person", "404": "Nothing there"},
        parameters=[path("path", {"type": "string"})],
        is_open=True,
    )


def _word(summary: str) -> dict[str, Any]:
    return guarded(
        route(
            summary,
            {"202": "Operation"},
            refusals=REFUSALS,
            parameters=NAMED,
            body=reference("Word"),
        )
    )


def _people(method: str, described: dict[str, Any]) -> dict[str, Any]:
    return {"servers": PEOPLE, method: {**described, "security": [{"session": []}]}}
