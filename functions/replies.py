"""How answers look, and those that tell of a failure."""

import functools
import logging
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from http import HTTPStatus

import azure.functions as func
import msgspec

from functions import views
from functions.problems import TooManyRequests, kind_of
from shared import wiring
from shared.errors import Failure, Rejected, Retryable
from shared.telemetry import traces
from shared.telemetry.redaction import Private

log = logging.getLogger("easgate.http")

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
            wiring.telemetry()
            with traces.answering(function.__name__):
                try:
                    return function(req)
                except Failure as failure:
                    return failed(failure, detail)

        return answer

    return decorate


def json(
    value: object,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    headers: Mapping[str, str] | None = None,
    **named: str,
) -> func.HttpResponse:
    """Answer with JSON, and with header fields, of which some can be named as arguments."""
    named = {name.replace("_", "-"): text for name, text in named.items()}
    return func.HttpResponse(
        msgspec.json.encode(value),
        status_code=status,
        headers={"Cache-Control": "no-store", **named, **(headers or {})},
        mimetype="application/json",
    )


def failed(
    failure: Failure,
    detail: Detail,
    status: HTTPStatus | None = None,
    after: timedelta | None = None,
) -> func.HttpResponse:
    """Answer a failure; with another status than usual, or a wait, where the caller needs it."""
    kind = kind_of(failure)
    status = status or kind.status
    instance = f"urn:uuid:{traces.current_id()}"
    log.log(
        logging.INFO if isinstance(failure, Rejected) else logging.ERROR,
        "answered %s, %s: %s",
        status.value,
        instance,
        # What the caller is told may be about persons; what is kept is about the call.
        Private.of(failure) if detail is Detail.TOLD else failure,
    )
    headers = {"Cache-Control": "no-store"}
    if isinstance(failure, Retryable):
        after = after or failure.after or DEFAULT_WAIT
    if after:
        headers["Retry-After"] = str(_seconds(after))
    headers |= failure.headers if isinstance(failure, TooManyRequests) else {}
    problem = views.Problem(title=status.phrase, status=status.value)
    if detail is Detail.TOLD:
        told = {"type": kind.type, "title": kind.title, "detail": str(failure)}
        wait = _seconds(after) if after else None
        problem = views.Problem(status=status.value, instance=instance, retry_after=wait, **told)
    return func.HttpResponse(
        msgspec.json.encode(problem),
        status_code=status,
        headers=headers,
        mimetype="application/problem+json",
    )


def _seconds(wait: timedelta) -> int:
    """Return a wait in whole seconds, never too early."""
    return max(1, math.ceil(wait.total_seconds()))
