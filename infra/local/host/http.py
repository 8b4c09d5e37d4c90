"""HTTP functions: a request becomes the worker's data, what is returned becomes a response."""

import json
import logging
from collections.abc import Mapping

from azure.functions.meta import Datum

from infra.local.host import logs
from infra.local.host.asgi import Reply, Request
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome
from infra.local.host.tracing import Caller

log = logging.getLogger(__name__)

PLAIN_TEXT = ("content-type", "text/plain; charset=utf-8")


def call_for(function: IndexedFunction, request: Request, parameters: Mapping[str, str]) -> Call:
    """Make the call that *request* is for."""
    data = {
        "method": Datum(request.method, "string"),
        "url": Datum(request.url, "string"),
        "headers": _texts(request.headers),
        "query": _texts(request.query),
        "params": _texts(parameters),
        "body": Datum(request.body, "bytes"),
    }
    metadata = {
        "Headers": Datum(json.dumps(dict(request.headers)), "json"),
        "Query": Datum(json.dumps(dict(request.query)), "json"),
        **_texts(parameters),
    }
    return Call(
        function=function,
        data=Datum(data, "http"),
        metadata=metadata,
        caller=_caller(request.headers),
    )


def reply_to(function: IndexedFunction, outcome: Outcome) -> Reply:
    """Make the response; a failure shows nothing of itself."""
    datum = outcome.response
    if outcome.failure:
        return Reply(500)
    if datum is None:
        return Reply(204)
    if datum.type == "string":
        _warn_of_sniffing(function, datum.value)
        return Reply(200, datum.value.encode(), [PLAIN_TEXT])
    if datum.type != "http":
        return Reply(200, bytes(datum.value), [PLAIN_TEXT])
    value = datum.value
    headers = [(name, header.value) for name, header in value["headers"].items()]
    cookies = [morsel for cookie in value["cookies"] or () for morsel in cookie.values()]
    headers += [("set-cookie", morsel.OutputString()) for morsel in cookies]
    return Reply(int(value["status_code"].value), value["body"].value, headers)


def _caller(headers: Mapping[str, str]) -> Caller:
    return Caller(
        traceparent=headers.get("traceparent", ""), tracestate=headers.get("tracestate", "")
    )


def _texts(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}


def _warn_of_sniffing(function: IndexedFunction, text: str) -> None:
    if not text.lstrip().startswith("{"):
        return
    try:
        names = {name.lower() for name in json.loads(text)}
    except ValueError:
        return
    if "body" in names:
        log.warning(
            "a returned str that is JSON with a body is taken for a whole response by the platform:"
            " return an HttpResponse",
            extra=logs.about(function.name),
        )
