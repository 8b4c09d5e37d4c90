"""The items of a request, taken out of its body."""

import gzip
import json
import zlib
from typing import NoReturn

import httpx

from infra.local.simulators.insights.refusals import ItemError, RefusedError

ITEM_LIMIT = 65_536  # bytes
BATCH_LIMIT = 64_000  # items
BODY_LIMIT = 30_000_000  # bytes as they are sent; no document says, so: what the web server takes
STREAMS = ("application/x-json-stream", "x-json-stream")  # one item a line
JSON = "application/json"  # an array of items, or one


def read(request: httpx.Request) -> list[object]:
    """Return the items as they came; `RefusedError` where there are none to be had."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in (JSON, *STREAMS):
        raise RefusedError(415, f"The content type {kind!r} is not supported.")
    if len(request.content) > BODY_LIMIT:
        raise RefusedError(413, "The request is too large.")
    items = _parse(_unpacked(request), stream=kind in STREAMS)
    if not items:
        raise RefusedError(400, "There are no telemetry items in the request.")
    if len(items) > BATCH_LIMIT:
        raise RefusedError(413, f"There are more than {BATCH_LIMIT} items in the request.")
    return items


def check_size(item: object) -> None:
    """Raise `ItemError` for an item that is too large by itself."""
    text = json.dumps(item, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode(errors="surrogatepass"))
    if size > ITEM_LIMIT:
        raise ItemError(f"Telemetry item is too large. Expected: {ITEM_LIMIT}, Actual: {size}")


def _unpacked(request: httpx.Request) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return request.content
    if encoding != "gzip":
        raise RefusedError(415, f"The content encoding {encoding!r} is not supported.")
    try:
        return gzip.decompress(request.content)
    except (OSError, EOFError, zlib.error) as error:
        raise RefusedError(400, "The content is not gzip.") from error


def _parse(body: bytes, *, stream: bool) -> list[object]:
    try:
        text = body.decode("utf-8")
        if stream:
            return [_load(line) for line in text.splitlines() if line.strip()]
        sent = _load(text)
    except ValueError as error:
        raise RefusedError(400, f"The content is not JSON: {error}") from error
    return sent if isinstance(sent, list) else [sent]


def _load(text: str) -> object:
    parsed: object = json.loads(text, parse_constant=_no_number)
    return parsed


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
