"""What lands on a queue for what a function set: text that looks like JSON is rewritten."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.functions.meta import Datum
from azure.storage.queue import QueueClient

from infra.local.host.messages import encode
from infra.local.host.signatures import Binding
from infra.local.host.storage import Storage

ISO_DATE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


class QueueOutputs:
    """Sends outputs, one message at a time, and wakes this host's own listener (*wake*)."""

    def __init__(
        self, storage: Storage, *, base64_encoded: bool, wake: Callable[[str], None]
    ) -> None:
        self._storage = storage
        self._base64 = base64_encoded
        self._wake = wake

    async def send(self, binding: Binding, datum: Datum) -> None:
        """Send what *datum* stands for; ValueError for text in braces that is not JSON."""
        properties = binding.properties
        queue = self._storage.queue(properties["connection"], properties["queueName"])
        for content in messages(datum):
            text = encode(content, base64_encoded=self._base64)
            await self._storage.run(put, queue, text)
            self._wake(queue.url)


def put(queue: QueueClient, text: str) -> None:
    """Send one message, to a queue that is made if it is missing."""
    try:
        queue.send_message(text)
    except ResourceNotFoundError:
        create(queue)
        queue.send_message(text)


def create(queue: QueueClient) -> None:
    """Make the queue, unless somebody else just did."""
    try:
        queue.create_queue()
    except ResourceExistsError:
        return


def messages(datum: Datum) -> list[str | bytes]:
    """
    Return the messages that *datum* becomes.

    Text in braces is parsed and written anew, text in brackets becomes one message per element.
    Source: azure-functions-host, FunctionBinding.ReadAsEnumerable.
    """
    if datum.type != "json" and not _looks_like_json(datum.value):
        return [datum.value]
    token = json.loads(datum.value)
    return [_text(value) for value in (token if isinstance(token, list) else [token])]


def _looks_like_json(value: object) -> bool:
    text = value.strip() if isinstance(value, str) else ""
    return (text[:1], text[-1:]) in {("{", "}"), ("[", "]")}


def _text(token: object) -> str:
    """Write one JSON value as Newtonsoft's ToString() does."""
    if isinstance(token, str):
        return token
    if isinstance(token, bool):
        return str(token)
    if token is None:
        return ""
    return json.dumps(_dates(token), indent=2, ensure_ascii=False)


def _dates(token: Any) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(token, dict):
        return {name: _dates(value) for name, value in token.items()}
    if isinstance(token, list):
        return [_dates(value) for value in token]
    match = ISO_DATE.fullmatch(token) if isinstance(token, str) else None
    return _date(*match.groups()) if match else token


def _date(moment: str, fraction: str | None, offset: str | None) -> str:
    """Rewrite an ISO date: no zeros at the end of the fraction, an offset becomes the host's."""
    if offset and offset != "Z":
        moment = datetime.fromisoformat(moment + offset).astimezone(UTC).isoformat()[:19]
        offset = "+00:00"
    digits = (fraction or "").rstrip("0")
    return f"{moment}{'.' + digits if digits else ''}{offset or ''}"
