"""The app's HTTP interface as OpenAPI 3.1."""

from typing import Any

import msgspec

from functions import (
    audit,
    certificate_views,
    inventory_openapi,
    inventory_views,
    operations_openapi,
    people_views,
    plan_views,
    stale_views,
    throttle,
    undo_replay_views,
    user_certificate_views,
    views,
)
from functions.describing import (
    TENANT,
    named,
    path,
    problem_examples,
    problem_schemas,
    reference,
    route,
)
from functions.examples import EXAMPLES
from shared import inventory_messages, messages, sender_messages, tenant_messages
from shared.credentials.validation import ValidationProgress
from shared.devices import tenant_change

ABOUT = (
    "Lists are answered in parts: `next` is the cursor for `after`, and the header Link leads "
    "there. Whatever goes wrong is told as a problem (RFC 9457): its `type` says what to do, and "
    "stays; its words may change. One key, or one person, may look and change only so often: "
    "429, with RateLimit fields."
)


def document() -> dict[str, Any]:
    """Return the description of every route."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "easgate", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api"}],
        "security": [{"key": []}],
        "paths": named(_paths()),
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                **people_views.SESSION,
            },
            "schemas": _schemas(),
            "examples": problem_examples(),
        },
    }


def _paths() -> dict[str, Any]:
    return {
        **_intake(),
        **_commands(),
        **operations_openapi.paths(),
        **inventory_openapi.paths(),
        **stale_views.paths(),
        **undo_replay_views.paths(),
        **people_views.paths(),
        **_explanation(),
        **_certificate(),
        **user_certificate_views.paths(),
        **audit.paths(),
        **throttle.paths(),
        **_service(),
    }


def _intake() -> dict[str, Any]:
    return {
        "/mdm/{sender}": {
            "post": route(
                "Take in an MDM's webhook, proved and answered in its own way.",
                {"200": "Taken", "202": "Taken"},
                refusals={"400": "Unreadable", "401": "Unverified", "404": "Unknown sender"}
                | {"410": "Sender retired", "413": "Too large", "429": "Try again later"},
                empty={"204": "Taken, where the sender wants to hear no more than that"},
                parameters=[path("sender", {"type": "string"})],
                body={"type": "object"},
                is_open=True,
            ),
            "options": route(
                "Ask whether deliveries are welcome, as CloudEvents senders do.",
                {},
                refusals={"400": "No handshake", "401": "No handshake", "404": "Unknown sender"}
                | {"410": "Sender retired"},
                empty={"200": "They are", "403": "They are not"},
                parameters=[path("sender", {"type": "string"})],
                is_open=True,
            ),
        },
        "/senders": {
            "get": route(
                "The configured senders, and which of their events nobody knows.",
                {"200": "Senders"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
    }


def _commands() -> dict[str, Any]:
    return {
        "/commands": {
            "post": route(
                "Order an action on a device, or a change of policies, rules or the default.",
                {"200": "CommandPlan", "202": "Operation"},
                refusals={"400": "Not a command", "413": "Too large"}
                | {"409": "Id used before, or the plan no longer holds"},
                body={"oneOf": [reference(name) for name in ("CommandMessage", *_tenant_names())]},
            )
        },
    }


def _explanation() -> dict[str, Any]:
    return {
        "/devices/{device_guid}/explanation": {
            "get": route(
                "Which layer decides about a device's access, and what would change it.",
                {"200": "Explanation"},
                refusals={"400": "Tenant unknown or not named", "404": "No such device"},
                parameters=[path("device_guid", {"type": "string", "format": "uuid"}), TENANT],
            )
        }
    }


def _certificate() -> dict[str, Any]:
    return {
        "/certificate": {
            "get": route(
                "How each tenant's certificate stands.",
                {"200": "Certificates"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
        "/certificate/rotate": {
            "post": route(
                "Order a new certificate for a tenant.",
                {"202": "Operation"},
                refusals={"400": "Not an order, or no tenant named", "409": "Id used before"},
                parameters=[TENANT],
                body=reference("RotationRequest"),
            )
        },
        "/certificate/validate": {
            "post": route(
                "Try each link from the vault to Exchange.",
                {"200": "Reports"},
                refusals={"400": "Unknown tenant, or not such a request"},
                parameters=[TENANT],
                body=reference("ValidationRun"),
                is_body_needed=False,
            )
        },
        "/certificate/validation": {
            "get": route(
                "How far the validation has come that was begun last under a run_id.",
                {"200": "ValidationProgress"},
                refusals={"400": "Tenant unknown or not named", "404": "None was begun so"},
                parameters=[TENANT],
            )
        },
    }


def _service() -> dict[str, Any]:
    return {
        "/health": {
            "get": route(
                "Whether work can be taken in.", {"200": "Health", "503": "Health"}, is_open=True
            )
        },
        "/health/dependencies": {
            "get": route("Whether each dependency answers.", {"200": "Health", "503": "Health"})
        },
        "/openapi.json": {"get": route("This description.", {"200": "OpenApi"}, is_open=True)},
    }


def _tenant_names() -> list[str]:
    return [f"{kind.__name__}Command" for kind in tenant_change.KINDS]


def _tenant_commands(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what each order looks like: the envelope's fields beside the change's own."""
    envelope = shown["Envelope"]
    return {
        f"{kind.__name__}Command": {
            **shown[kind.__name__],
            "properties": {**envelope["properties"], **shown[kind.__name__]["properties"]},
            "required": [*envelope["required"], *shown[kind.__name__]["required"]],
        }
        for kind in tenant_change.KINDS
    }


def _schemas() -> dict[str, Any]:
    shapes = [
        messages.CommandMessage,
        tenant_messages.Envelope,
        tenant_messages.RotationRequest,
        views.Taken,
        sender_messages.LinkRequest,
        views.Operations,
        views.Senders,
        views.Explanation,
        certificate_views.Certificates,
        certificate_views.Reports,
        certificate_views.ValidationRun,
        ValidationProgress,
        throttle.Throttle,
        inventory_messages.RunRequest,
        inventory_views.Devices,
        inventory_views.KnownDevice,
        inventory_views.ReportNames,
        inventory_views.ReportTable,
        stale_views.Stale,
        *plan_views.SHAPES,
        *undo_replay_views.SHAPES,
        *people_views.SHAPES,
        *user_certificate_views.SHAPES,
        views.Health,
        views.Problem,
    ]
    _, shown = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    orders = {"CommandMessage": shown["CommandMessage"], **_tenant_commands(shown)}
    planned = {name: plan_views.plannable(schema) for name, schema in orders.items()}
    described = {**shown, **planned, "OpenApi": {"type": "object"}, **problem_schemas()}
    for name, example in EXAMPLES.items():
        described[name]["examples"] = [example]
    return described
