"""Which failure gets which HTTP status, and how answers look."""

import functools
import logging
import math
from collections.abc import Callable
from enum import Enum
from http import HTTPStatus

import azure.functions as func
import msgspec

from functions import views
from shared.errors import (
    Conflict,
    Failure,
    NotFound,
    Rejected,
    Retryable,
    TooLarge,
    Unverified,
)

log = logging.getLogger("easgate.http")

STATUS: tuple[tuple[type[Failure], HTTPStatus], ...] = (
    (Unverified, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Rejected, HTTPStatus.BAD_REQUEST),
    (Retryable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Failure, HTTPStatus.INTERNAL_SERVER_ERROR),
)
DEFAULT_WAIT = 30  # seconds

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
            try:
                return function(req)
            except Failure as failure:
                return _failed(failure, detail)

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


def _failed(failure: Failure, detail: Detail) -> func.HttpResponse:
    status = next(status for kind, status in STATUS if isinstance(failure, kind))
    log.log(
        logging.ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO,
        "answered %s: %s",
        status.value,
        failure,
    )
    headers = {"Cache-Control": "no-store"}
    if isinstance(failure, Retryable):
        wait = failure.after.total_seconds() if failure.after else DEFAULT_WAIT
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
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
