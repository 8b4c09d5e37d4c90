"""How one route is described in OpenAPI: its answers, its refusals, its parameters."""

import re
from http import HTTPStatus
from typing import Any

from functions import problems

# Whatever is asked, and whoever asks.
ALWAYS = {
    "500": "An administrator has to act first",
    "503": "Try again later, after Retry-After",
}
BY_KEY = {
    "403": "A person without the role that this takes",
    "429": "Asked too often: try again after Retry-After",
}
WAITING = frozenset({"429", "503"})


def route(
    summary: str,
    answers: dict[str, str],
    *,
    refusals: dict[str, str] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
    is_body_needed: bool = True,
    empty: dict[str, str] | None = None,
    is_open: bool = False,
) -> dict[str, Any]:
    """Describe one route; *answers* name schemas, *refusals* say why, *empty* have no body."""
    responses: dict[str, Any] = {status: _answer(name) for status, name in answers.items()}
    responses |= {status: {"description": says} for status, says in (empty or {}).items()}
    refused = {**ALWAYS, **({} if is_open else BY_KEY), **(refusals or {})}
    for status, why in refused.items():
        refusal = _unnamed(status, why) if is_open else _refusal(status, why)
        responses[status] = _either(responses.get(status), refusal)
    if not is_open:
        # By the platform, which answers with nothing.
        responses["401"] = {"description": "No function key, or nobody signed in"}
    described: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        described["parameters"] = parameters
    if body:
        content = {"application/json": {"schema": body}}
        described["requestBody"] = {"required": is_body_needed, "content": content}
    if is_open:
        described["security"] = []
    return described


def named(paths: dict[str, Any]) -> dict[str, Any]:
    """Return the paths with a name for each route, by which generated clients call it."""
    for path, methods in paths.items():
        words = re.sub(r"[^a-z]+", "_", path).strip("_")
        for method, described in methods.items():
            if isinstance(described, dict):
                described["operationId"] = f"{method}_{words}"
    return paths


def tagged(described: dict[str, Any], status: str = "200") -> dict[str, Any]:
    """Return the description of a route whose answers have a tag, and need not be sent again."""
    _add_header(described, status, "ETag", TAG)
    seen = header("If-None-Match", "A tag: 304 if the answer would have that one again.")
    described["responses"]["304"] = {"description": "As seen before", "headers": {"ETag": TAG}}
    return {**described, "parameters": [*described.get("parameters", []), seen]}


def listed(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a list that is answered in parts."""
    says = '`<?...&after=...>; rel="next"`, relative to what was asked: what follows, if anything.'
    _add_header(described, "200", "Link", _header("string", says))
    return described


def guarded(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a route that changes an operation as it was seen."""
    changed = "The operation has moved on since it was seen"
    described["responses"]["412"] = _refusal("412", changed)
    seen = header("If-Match", "The operation's tag as it was seen: 412 if it has moved on since.")
    return {**described, "parameters": [*described.get("parameters", []), seen]}


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


def header(name: str, says: str) -> dict[str, Any]:
    """Describe a header field that may be left out."""
    return {**query(name, {"type": "string"}, says), "in": "header"}


def limit(most: int, default: int) -> dict[str, Any]:
    """Describe how many are asked for."""
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return query("limit", schema, "At most so many in one answer.")


def _answer(name: str) -> dict[str, Any]:
    return {"description": name, "content": {"application/json": {"schema": reference(name)}}}


def problem_schemas() -> dict[str, Any]:
    """Describe the problems that have one status, for each status that there is."""
    statuses = {each.status.value for _, each in problems.KINDS}
    return {f"Problem{status}": _problem(status) for status in sorted(statuses)}


def problem_examples() -> dict[str, Any]:
    """Return an example of each problem, by its name."""
    return {each.name: _example(each) for _, each in problems.KINDS}


def _problem(status: int) -> dict[str, Any]:
    named = {"enum": [each.type for each in problems.of_status(status)]}
    shape = {"properties": {"type": named, "status": {"const": status}}, "required": ["type"]}
    return {"allOf": [reference("Problem"), shape]}


def _refusal(status: str, why: str) -> dict[str, Any]:
    """Describe a refusal by the problems that have its status."""
    known = [each.name for each in problems.of_status(int(status))]
    content: dict[str, Any] = {
        "schema": reference(f"Problem{status}"),
        "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in known},
    }
    described = {"description": why, "content": {"application/problem+json": content}}
    return _waiting(status, described)


def _either(answer: dict[str, Any] | None, refusal: dict[str, Any]) -> dict[str, Any]:
    """Describe what may be answered under one status."""
    if answer is None or "content" not in answer:
        return answer or refusal
    says = f"{answer['description']}; {refusal['description']}"
    content = {**answer["content"], **refusal["content"]}
    return {**refusal, "description": says, "content": content}


def _unnamed(status: str, why: str) -> dict[str, Any]:
    """Describe a refusal to a stranger, who is told no more than the status."""
    content = {"application/problem+json": {"schema": reference("Problem")}}
    return _waiting(status, {"description": why, "content": content})


def _waiting(status: str, described: dict[str, Any]) -> dict[str, Any]:
    if status not in WAITING:
        return described
    return {**described, "headers": {"Retry-After": _header("integer", "Seconds.")}}


def _example(kind: problems.Problem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status.value,
        "detail": "what is wrong with this request, and what to do next",
        "instance": "urn:uuid:4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    }
    is_later = kind.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    value = {**shown, "retry_after": 30} if is_later else shown
    return {"summary": kind.title, "value": value}


def _add_header(described: dict[str, Any], status: str, name: str, shown: dict[str, Any]) -> None:
    described["responses"][status].setdefault("headers", {})[name] = shown


def _header(kind: str, says: str) -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": says}


TAG = _header("string", "Stands for what is answered: another one, another answer.")
TENANT = query(
    "tenant_id", {"type": "string", "format": "uuid"}, "One tenant; all of them if left out."
)
AFTER = query("after", {"type": "string"}, "`next` of the answer before: then what follows it.")
