"""Event Grid's endpoint: the validation handshake, and one call per event."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from azure.functions.meta import Datum

from infra.local.host.asgi import Reply, Request
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome

PATH = "/runtime/webhooks/eventgrid"
METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS"})

Invoke = Callable[[Call], Awaitable[Outcome]]


async def receive(function: IndexedFunction, request: Request, invoke: Invoke) -> Reply:
    """
    Answer one delivery in either schema; one failing event fails them all, and all come again.

    Source: azure-sdk-for-net, the Event Grid extension's HttpRequestProcessor.
    """
    kind = request.headers.get("aeg-event-type", "").lower()
    if kind == "unsubscribe":
        return Reply(202)
    if kind not in {"subscriptionvalidation", "notification"}:
        return Reply(400)
    try:
        content = json.loads(request.body)
    except ValueError:
        return Reply(400)
    events = content if isinstance(content, list) else [content]
    if kind == "subscriptionvalidation":
        return _validated(events)
    outcomes = await asyncio.gather(*(invoke(call_for(function, event)) for event in events))
    return Reply(500 if any(outcome.failure for outcome in outcomes) else 202)


def call_for(function: IndexedFunction, event: Any) -> Call:  # noqa: ANN401  any JSON value
    """Make the call for one event."""
    text = json.dumps(event)
    metadata = {"data": Datum(json.dumps(event["data"]), "json")} if "data" in event else {}
    return Call(function=function, data=Datum(text, "json"), metadata=metadata)


def _validated(events: list[Any]) -> Reply:
    try:
        answer = {"validationResponse": events[0]["data"]["validationCode"]}
    except (LookupError, TypeError):
        return Reply(400)
    body = json.dumps(answer).encode()
    return Reply(200, body, [("content-type", "application/json; charset=utf-8")])
