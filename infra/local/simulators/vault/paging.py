"""Lists, in pages of at most 25, each pointing to the next."""

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

import httpx

from infra.local.simulators.vault.call import Call
from infra.local.simulators.vault.refusals import bad_parameter

_MOST = 25


def page(call: Call, items: list[dict[str, Any]]) -> httpx.Response:
    """Return the page of *items* that *call* asks for."""
    size = _size(call.query.get("maxresults"))
    start = _start(call.query.get("$skiptoken"))
    end = start + size
    link = _link(call, end, size) if end < len(items) else None
    return httpx.Response(200, json={"value": items[start:end], "nextLink": link})


def _size(asked: str | None) -> int:
    if asked is None:
        return _MOST
    if not asked.isdecimal() or not 1 <= int(asked) <= _MOST:
        raise bad_parameter(f"maxresults must be between 1 and {_MOST}.")
    return int(asked)


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise bad_parameter("$skiptoken is not one of ours.") from error


def _link(call: Call, start: int, size: int) -> str:
    token = base64.urlsafe_b64encode(str(start).encode()).decode()
    query = {
        "api-version": call.query["api-version"],
        "$skiptoken": token,
        "maxresults": str(size),
    }
    return f"{call.base}{call.request.url.path}?{urlencode(query)}"
