"""The host's own endpoints: its status, its functions, and running one of them now."""

import json
from collections.abc import Awaitable, Callable, Iterable

from azure.functions.meta import Datum

from infra.local.host import eventgrid
from infra.local.host.asgi import Reply, Request
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call
from infra.local.host.messages import promote

JSON = ("content-type", "application/json; charset=utf-8")

Start = Callable[[IndexedFunction, str], Awaitable[None]]


class Admin:
    """What is below /admin; *start* begins a call and returns while it runs."""

    def __init__(self, functions: Iterable[IndexedFunction], start: Start) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._start = start

    async def answer(self, request: Request) -> Reply:
        """Answer a request that has been let in."""
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["admin", "host", "status"]:
                return _json({"state": "Running"})
            case "GET", ["admin", "functions"]:
                return _json([_described(function) for function in self._functions.values()])
            case "POST", ["admin", "functions", name] if name.lower() in self._functions:
                return await self._run(self._functions[name.lower()], request)
        return Reply(404)

    async def _run(self, function: IndexedFunction, request: Request) -> Reply:
        try:
            content = json.loads(request.body or b"{}")
            text = content.get("input") or ""
        except (ValueError, AttributeError):
            return Reply(400)
        if function.trigger.type == "httpTrigger" or not isinstance(text, str):
            return Reply(400)
        await self._start(function, text)
        return Reply(202)


def message_call(function: IndexedFunction, text: str) -> Call:
    """Make the call of a queue function for a *text* that was never on its queue."""
    system = {
        "QueueTrigger": Datum(text, "string"),
        "Id": Datum("", "string"),
        "PopReceipt": Datum("", "string"),
        "DequeueCount": Datum("0", "json"),
    }
    return Call(function=function, data=Datum(text, "string"), metadata=promote(text, system))


def event_call(function: IndexedFunction, text: str) -> Call:
    """Make the call of an Event Grid function; text that is no JSON fails in the function."""
    try:
        return eventgrid.call_for(function, json.loads(text))
    except (ValueError, TypeError):
        return Call(function=function, data=Datum(text, "json"), metadata={})


def _described(function: IndexedFunction) -> dict[str, object]:
    bindings = [dict(binding.properties) for binding in function.bindings]
    return {"name": function.name, "config": {"bindings": bindings}}


def _json(content: object) -> Reply:
    return Reply(200, json.dumps(content).encode(), [JSON])
