"""How one route is described in OpenAPI: its answers, its refusals, its parameters."""

from typing import Any

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def route(
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


def path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Describe a part of the address."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def reference(name: str) -> dict[str, str]:
    """Name a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def query(name: str, schema: dict[str, Any], says: str) -> dict[str, Any]:
    """Describe a parameter that may be left out."""
    shown = {"name": name, "in": "query", "required": False}
    return {**shown, "schema": schema, "description": says}


TENANT = query(
    "tenant_id", {"type": "string", "format": "uuid"}, "One tenant; all of them if left out."
)
