"""Batches: up to ten commands in one request, each answered by itself, in no order."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx
import msgspec

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.envelope import malformed
from infra.local.simulators.exchange.errors import CmdletError

LIMIT = 10  # what both known clients send; the service's own limit is not known
_KEYS = {"id", "method", "url", "headers", "body"}


@dataclass(frozen=True, slots=True)
class Item:
    """One command of a batch, as the request it would be by itself."""

    id: str
    request: httpx.Request


def read_batch(request: httpx.Request) -> list[Item]:
    """Return the items, or raise the error of a batch that is none."""
    try:
        sent = msgspec.json.decode(request.read())
    except msgspec.DecodeError as error:
        raise malformed("The body is not JSON in UTF-8.") from error
    wanted = sent.get("requests") if isinstance(sent, dict) and len(sent) == 1 else None
    if not isinstance(wanted, list) or not wanted:
        raise malformed("The body must be a list of requests.")
    if len(wanted) > LIMIT:
        raise malformed(f"A batch holds at most {LIMIT} requests.")
    items = [_item(request.url, one) for one in wanted]
    if len({item.id for item in items}) < len(items):
        raise malformed("Two requests have the same id.")
    return items


def perform_batch(
    request: httpx.Request,
    perform: Callable[[httpx.Request], httpx.Response],
    random: Random,
) -> httpx.Response:
    """Run item by item; without odata.continue-on-error the first failure is the end of it."""
    items = read_batch(request)
    goes_on = "odata.continue-on-error" in request.headers.get("Prefer", "")
    replies: list[dict[str, object]] = []
    for item in items:
        try:
            response = perform(item.request)
        except httpx.RemoteProtocolError:
            continue  # an answer that got lost leaves no trace in the reply
        replies.append(_reply(item.id, response))
        if response.is_error and not goes_on:
            break
    random.shuffle(replies)
    return answers.as_json(200, {"responses": replies})


def _item(url: httpx.URL, sent: object) -> Item:
    if not isinstance(sent, dict) or sent.keys() != _KEYS:
        raise malformed(f"A request must have {', '.join(sorted(_KEYS))}, and nothing else.")
    key, headers = sent["id"], sent["headers"]
    texts = isinstance(headers, dict) and all(isinstance(one, str) for one in headers.values())
    if not isinstance(key, str) or not key or not texts:
        raise malformed("The id of a request must be a text, its headers texts by name.")
    if sent["method"] != "POST":
        raise malformed("Only POST can be batched.")
    target = _target(url, sent["url"])
    content = msgspec.json.encode(sent["body"])
    return Item(key, httpx.Request("POST", target, headers=headers, content=content))


def _target(url: httpx.URL, written: object) -> httpx.URL:
    """Return the address of an item: InvokeCommand of the same tenant on the same host."""
    try:
        target = httpx.URL(written if isinstance(written, str) else "")
    except httpx.InvalidURL as error:
        raise _elsewhere() from error
    own = url.path.rpartition("/")[0] + "/InvokeCommand"
    there = (target.scheme, target.host, target.port, target.path)
    if there != (url.scheme, url.host, url.port, own):
        raise _elsewhere()
    return target


def _elsewhere() -> CmdletError:
    return malformed("The url of a request must be this tenant's InvokeCommand, in full.")


def _reply(key: str, response: httpx.Response) -> dict[str, object]:
    """Return an item of the reply; a body that JSON cannot hold is left out."""
    # As it stands on the wire: what claims to be gzip is none.
    raw = b"".join(response.iter_raw())
    told = {
        name.decode(): value.decode()
        for name, value in response.headers.raw
        if name.lower() != b"content-length"
    }
    reply: dict[str, object] = {"id": key, "status": response.status_code, "headers": told}
    if response.headers.get("Content-Type", "").startswith("application/json") and raw.strip(b"\0"):
        reply["body"] = msgspec.Raw(raw)
    elif raw.strip(b"\0"):
        reply["body"] = raw.decode()
    return reply
