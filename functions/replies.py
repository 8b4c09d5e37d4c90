"""Which failure gets which HTTP status, and how answers look."""

import functools
import logging
import math
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from http import HTTPStatus

import azure.functions as func
import msgspec

from functions import views
from shared.errors import (
    Conflict,
    Failure,
    Gone,
    NotFound,
    Rejected,
    Retryable,
    TooLarge,
    Unverified,
)
from shared.telemetry import traces

log = logging.getLogger("easgate.http")

STATUS: tuple[tuple[type[Failure], HTTPStatus], ...] = (
    (Unverified, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Gone, HTTPStatus.GONE),
    (Conflict, HTTPStatus.CONFLICT),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Rejected, HTTPStatus.BAD_REQUEST),
    (Retryable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Failure, HTTPStatus.INTERNAL_SERVER_ERROR),
)
DEFAULT_WAIT = timedelta(seconds=30)

HttpFunction = Callable[[func.HttpRequest], func.HttpResponse]


class Detail(Enum):
    """Whether the caller is told what went wrong."""

    TOLD = "told"
    KEPT = "kept"


def answering(detail: Detail) -> Callable[[HttpFunction], HttpFunction]:
    """Turn the Failures of an HTTP function into answers; anything else is a bug and stays one."""

    def decorate(function: HttpFunction) -> HttpFunction:
        @functools.wraps(function)
        def answer(req: func.HttpRequest) -> func.HttpResponse:
            with traces.answering(function.__name__):
                try:
                    return function(req)
                except Failure as failure:
                    return failed(failure, detail)

        return answer

    return decorate


def json(value: object, status: HTTPStatus = HTTPStatus.OK, **headers: str) -> func.HttpResponse:
    """Answer with JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return func.HttpResponse(
        msgspec.json.encode(value),
        status_code=status,
        headers={"Cache-Control": "no-store", **named},
        mimetype="application/json",
    )


def failed(
    failure: Failure,
    detail: Detail,
    status: HTTPStatus | None = None,
    after: timedelta | None = None,
) -> func.HttpResponse:
    """Answer a failure; with another status than usual, or a wait, where the caller needs it."""
    status = status or next(status for kind, status in STATUS if isinstance(failure, kind))
    log.log(
        logging.INFO if isinstance(failure, Rejected) else logging.ERROR,
        "answered %s: %s",
        status.value,
        failure,
    )
    headers = {"Cache-Control": "no-store"}
    if isinstance(failure, Retryable):
        after = after or failure.after or DEFAULT_WAIT
    if after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(after.total_seconds())))
    problem = views.Problem(
        title=status.phrase,
        status=status.value,
        detail=str(failure) if detail is Detail.TOLD else None,
    )
    return func.HttpResponse(
        msgspec.json.encode(problem),
        status_code=status,
        headers=headers,
        mimetype="application/problem+json",
    )
