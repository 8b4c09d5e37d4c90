"""HTTP requests and replies as the host sees them, read from and written to ASGI."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

log = logging.getLogger(__name__)

BODY_LIMIT = 104_857_600  # bytes, unless FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says otherwise
WITHOUT_BODY = frozenset({204, 304})

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request; header names are lower-cased, repeated headers and query values comma-joined."""

    method: str
    path: str  # as sent, escapes and all
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]  # without empty values
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A response."""

    status: int
    body: bytes = b""
    headers: Iterable[tuple[str, str]] = field(default_factory=tuple)


class TooLargeError(Exception):
    """The request's body is over the limit."""


async def read(scope: Scope, receive: Receive, limit: int = BODY_LIMIT) -> Request:
    """
    Read a request; TooLargeError before any of a body that is too long.

    A body without a length (chunked) is read and dropped, as on the platform: the function gets
    an empty one.
    """
    headers = _joined((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
    length = int(headers.get("content-length", "0"))
    if length > limit:
        raise TooLargeError
    path = scope["raw_path"].decode("ascii", "replace")
    query = scope["query_string"].decode("ascii", "replace")
    url = f"http://{headers.get('host', '')}{path}"
    body = await _body(receive)
    if body and not length:
        log.warning("%s %s: a chunked body does not reach the function", scope["method"], path)
        body = b""
    return Request(
        method=scope["method"],
        path=path,
        url=f"{url}?{query}" if query else url,
        headers=headers,
        query=_joined(parse_qsl(query)),
        body=body,
    )


async def write(reply: Reply, send: Send) -> None:
    """Send *reply*; a status that has no body gets none."""
    body = b"" if reply.status in WITHOUT_BODY else reply.body
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in reply.headers]
    if reply.status not in WITHOUT_BODY:
        headers = [h for h in headers if h[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join the values of names that differ in letter case only, under the first spelling."""
    joined: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name, value in pairs:
        known = spelled.setdefault(name.lower(), name)
        joined[known] = f"{joined[known]},{value}" if known in joined else value
    return joined
