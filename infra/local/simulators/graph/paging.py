"""Lists in pages, each pointing to the next by a link that callers follow as it is."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import httpx

from infra.local.simulators.graph.refusals import bad_request


def page(url: httpx.URL, items: Sequence[dict[str, Any]], size: int) -> dict[str, Any]:
    """Return the page of *items* that *url* asks for, with the link to the next if there is one."""
    start = _start(url.params.get("$skiptoken"))
    end = start + size
    link: dict[str, Any] = {}
    if end < len(items):
        token = base64.urlsafe_b64encode(str(end).encode()).decode()
        link["@odata.nextLink"] = str(url.copy_set_param("$skiptoken", token))
    return {**link, "value": items[start:end]}


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise bad_request(
            "The specified page token value has expired and can no longer be included in your "
            "request.",
            code="Directory_ExpiredPageToken",
        ) from error
