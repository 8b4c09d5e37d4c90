"""The app's HTTP interface as OpenAPI 3.1."""

from typing import Any

import msgspec

from functions import views
from shared import messages, sender_messages, tenant_messages
from shared.devices import tenant_change

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
TENANT = {
    "name": "tenant_id",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "format": "uuid"},
    "description": "One tenant; all of them if left out.",
}
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
        "paths": {**_intake(), **_operations(), **_devices(), **_certificate(), **_service()},
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
            "post": _operation(
                "Take in an MDM's webhook, proved and answered in its own way.",
                {"200": "Taken", "202": "Taken"},
                refusals={"400": "Unreadable", "401": "Unverified", "404": "Unknown sender"}
                | {"410": "Sender retired", "413": "Too large", "429": "Try again later"},
                empty={"204": "Taken, where the sender wants to hear no more than that"},
                parameters=[_path("sender", {"type": "string"})],
                body={"type": "object"},
                is_open=True,
            ),
            "options": _operation(
                "Ask whether deliveries are welcome, as CloudEvents senders do.",
                {},
                refusals={"400": "No handshake", "401": "No handshake", "404": "Unknown sender"}
                | {"410": "Sender retired"},
                empty={"200": "They are", "403": "They are not"},
                parameters=[_path("sender", {"type": "string"})],
                is_open=True,
            ),
        },
        "/senders": {
            "get": _operation(
                "The configured senders, and which of their events nobody knows.",
                {"200": "Senders"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
        "/commands": {
            "post": _operation(
                "Order an action on a device, or a change of policies, rules or the default.",
                {"202": "Operation"},
                refusals={"400": "Not a command", "409": "Id used before", "413": "Too large"},
                body={"oneOf": [_reference(name) for name in ("CommandMessage", *_tenant_names())]},
            )
        },
    }


def _operations() -> dict[str, Any]:
    return {
        "/operations": {
            "get": _operation(
                "The operations that wait for a person.",
                {"200": "Operations"},
                refusals={"400": "Unknown tenant, or another state than held"},
                parameters=[HELD, TENANT],
            )
        },
        "/operations/{operation_id}/link": {
            "post": _operation(
                "Say which device a held report is about.",
                {"202": "Operation"},
                refusals={"400": "Not a link", "404": "No such operation", "409": "Not held"},
                parameters=[_path("operation_id", {"type": "string", "format": "uuid"}), TENANT],
                body=_reference("LinkRequest"),
            )
        },
        "/operations/{operation_id}": {
            "get": _operation(
                "An operation's state and history.",
                {"200": "Operation"},
                refusals={"400": "Unknown tenant", "404": "No such operation"},
                parameters=[_path("operation_id", {"type": "string", "format": "uuid"}), TENANT],
            )
        },
    }


def _devices() -> dict[str, Any]:
    return {
        "/devices/{device_guid}/explanation": {
            "get": _operation(
                "Which layer decides about a device's access, and what would change it.",
                {"200": "Explanation"},
                refusals={"400": "Tenant unknown or not named", "404": "No such device"},
                parameters=[_path("device_guid", {"type": "string", "format": "uuid"}), TENANT],
            )
        }
    }


def _certificate() -> dict[str, Any]:
    return {
        "/certificate": {
            "get": _operation(
                "How each tenant's certificate stands.",
                {"200": "Certificates"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
        "/certificate/rotate": {
            "post": _operation(
                "Order a new certificate for a tenant.",
                {"202": "Operation"},
                refusals={"400": "Not an order, or no tenant named", "409": "Id used before"},
                parameters=[TENANT],
                body=_reference("RotationRequest"),
            )
        },
        "/certificate/validate": {
            "post": _operation(
                "Try each link from the vault to Exchange.",
                {"200": "Reports"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
    }


def _service() -> dict[str, Any]:
    return {
        "/health": {
            "get": _operation("Whether work can be taken in.", {"200": "Health"}, is_open=True)
        },
        "/health/dependencies": {
            "get": _operation("Whether each dependency answers.", {"200": "Health"})
        },
        "/openapi.json": {"get": _operation("This description.", {"200": "OpenApi"}, is_open=True)},
    }


def _operation(
    summary: str,
    answers: dict[str, str],
    *,
    refusals: dict[str, str] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
    empty: dict[str, str] | None = None,
    is_open: bool = False,
) -> dict[str, Any]:
    """Describe one route; *answers* name schemas, *refusals* say why, *empty* have no body."""
    responses: dict[str, Any] = {
        status: {
            "description": name,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        }
        for status, name in answers.items()
    }
    named = {**(refusals or {}), "503": "Try again later, after Retry-After"}
    if not is_open:
        named["401"] = "No function key"
    responses |= {status: {"description": says} for status, says in (empty or {}).items()}
    for status, why in named.items():
        content = {} if why == "No function key" else PROBLEM
        responses[status] = {"description": why, "content": content}
    described: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        described["parameters"] = parameters
    if body:
        content = {"application/json": {"schema": body}}
        described["requestBody"] = {"required": True, "content": content}
    if is_open:
        described["security"] = []
    return described


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


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
        views.Health,
        views.Problem,
    ]
    _, named = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    return {**named, **_tenant_commands(named), "OpenApi": {"type": "object"}}
