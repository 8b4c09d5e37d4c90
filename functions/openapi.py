"""The app's HTTP interface as OpenAPI 3.1."""

from typing import Any

import msgspec

from functions import inventory_openapi, inventory_views, stale_views, views
from functions.describing import TENANT, path, reference, route
from shared import inventory_messages, messages, sender_messages, tenant_messages
from shared.devices import tenant_change

HELD = {
    "name": "state",
    "in": "query",
    "required": True,
    "schema": {"const": "held"},
    "description": "Others are asked for by their ids.",
}


def document() -> dict[str, Any]:
    """Return the description of every route."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "easgate", "version": "1"},
        "servers": [{"url": "/api"}],
        "security": [{"key": []}],
        "paths": {
            **_intake(),
            **_operations(),
            **inventory_openapi.paths(),
            **stale_views.paths(),
            **_explanation(),
            **_certificate(),
            **_service(),
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-functions-key"}
            },
            "schemas": _schemas(),
        },
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
        "/commands": {
            "post": route(
                "Order an action on a device, or a change of policies, rules or the default.",
                {"202": "Operation"},
                refusals={"400": "Not a command", "409": "Id used before", "413": "Too large"},
                body={"oneOf": [reference(name) for name in ("CommandMessage", *_tenant_names())]},
            )
        },
    }


def _operations() -> dict[str, Any]:
    return {
        "/operations": {
            "get": route(
                "The operations that wait for a person.",
                {"200": "Operations"},
                refusals={"400": "Unknown tenant, or another state than held"},
                parameters=[HELD, TENANT],
            )
        },
        "/operations/{operation_id}/link": {
            "post": route(
                "Say which device a held report is about.",
                {"202": "Operation"},
                refusals={"400": "Not a link", "404": "No such operation", "409": "Not held"},
                parameters=[path("operation_id", {"type": "string", "format": "uuid"}), TENANT],
                body=reference("LinkRequest"),
            )
        },
        "/operations/{operation_id}": {
            "get": route(
                "An operation's state and history.",
                {"200": "Operation"},
                refusals={"400": "Unknown tenant", "404": "No such operation"},
                parameters=[path("operation_id", {"type": "string", "format": "uuid"}), TENANT],
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
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
    }


def _service() -> dict[str, Any]:
    return {
        "/health": {"get": route("Whether work can be taken in.", {"200": "Health"}, is_open=True)},
        "/health/dependencies": {
            "get": route("Whether each dependency answers.", {"200": "Health"})
        },
        "/openapi.json": {"get": route("This description.", {"200": "OpenApi"}, is_open=True)},
    }


def _tenant_names() -> list[str]:
    return [f"{kind.__name__}Command" for kind in tenant_change.KINDS]


def _tenant_commands(named: dict[str, Any]) -> dict[str, Any]:
    """Return what each order looks like: the envelope's fields beside the change's own."""
    envelope = named["Envelope"]
    return {
        f"{kind.__name__}Command": {
            **named[kind.__name__],
            "properties": {**envelope["properties"], **named[kind.__name__]["properties"]},
            "required": [*envelope["required"], *named[kind.__name__]["required"]],
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
        views.Certificates,
        views.Reports,
        inventory_messages.RunRequest,
        inventory_views.Devices,
        inventory_views.KnownDevice,
        inventory_views.ReportNames,
        inventory_views.ReportTable,
        stale_views.Stale,
        views.Health,
        views.Problem,
    ]
    _, named = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    return {**named, **_tenant_commands(named), "OpenApi": {"type": "object"}}
