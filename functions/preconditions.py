"""What a caller has seen before (RFC 9110, 13): who changes that, and who need not see it again."""

import re
from hashlib import sha256
from http import HTTPStatus

import azure.functions as func

from functions.problems import PreconditionFailed
from shared.devices.operation import Operation

TAG = re.compile(r'(?:W/)?"[^"]*"')


def etag_of(operation: Operation) -> str:
    """
    Return the tag of an operation as it stands; it changes with each line of its story.

    Strong, as If-Match needs it: Table storage's own are weak.
    """
    return _tag(f"{operation.operation_id} {operation.etag}".encode())


def matching(req: func.HttpRequest, operation: Operation) -> None:
    """Raise PreconditionFailed if the caller names another state than that of the operation."""
    wanted = req.headers.get("If-Match")
    # A weak one never matches here.
    if wanted is None or wanted.strip() == "*" or etag_of(operation) in TAG.findall(wanted):
        return
    raise PreconditionFailed(
        f"operation {operation.operation_id} has moved on: look at it again, and decide anew"
    )


def unless_seen(
    req: func.HttpRequest, answer: func.HttpResponse, etag: str = ""
) -> func.HttpResponse:
    """Return the answer with its tag, or 304 without it to a caller who has that one already."""
    etag = etag or _tag(answer.get_body())
    seen = req.headers.get("If-None-Match", "")
    if seen.strip() == "*" or etag in {each.removeprefix("W/") for each in TAG.findall(seen)}:
        headers = {"Cache-Control": "no-store", "ETag": etag}
        return func.HttpResponse(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    answer.headers["ETag"] = etag
    return answer


def _tag(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'
