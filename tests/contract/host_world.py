"""A sample app on a real host process over real storage, and what it was seen to do."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient, TextBase64EncodePolicy

from infra.local.host.launch import FunctionHost

SAMPLE_APP = Path(__file__).parents[1] / "samples" / "host_app"
PATIENCE = 15.0  # seconds


class World:
    """Queues of its own on shared storage, and the sample app's settings for them."""

    def __init__(self, storage: str, folder: Path) -> None:
        suffix = uuid.uuid4().hex[:12]
        self.storage = storage
        self.folder = folder
        self.log = folder / "host.log"
        self.seen = folder / "seen.jsonl"
        self.settings = {
            "PATH": os.defpath,
            "AzureWebJobsStorage": storage,
            "AzureFunctionsWebHost__hostid": suffix,
            "RECORD": str(self.seen),
            "WORK_QUEUE": f"work-{suffix}",
            "DOOMED_QUEUE": f"doomed-{suffix}",
            "OUT_QUEUE": f"out-{suffix}",
            "BEAT": "0 0 0 1 1 *",
        }

    @contextmanager
    def host(self, app: Path = SAMPLE_APP, **options: Any) -> Iterator[FunctionHost]:  # noqa: ANN401
        """Run the embedded host; *options* as `FunctionHost.start` takes them."""
        with FunctionHost.start(
            app, self.settings, log=self.log, embedded=True, **options
        ) as running:
            yield running

    def queue(self, setting: str, ending: str = "") -> QueueClient:
        """Return a client for a queue of this world, as it is on the wire."""
        return QueueClient.from_connection_string(self.storage, self.settings[setting] + ending)

    def send(self, text: str, setting: str = "WORK_QUEUE", ending: str = "") -> None:
        """Send a message as a well-behaved sender does, to a queue that is made if missing."""
        queue = QueueClient.from_connection_string(
            self.storage,
            self.settings[setting] + ending,
            message_encode_policy=TextBase64EncodePolicy(),
        )
        try:
            queue.send_message(text)
        except ResourceNotFoundError:
            queue.create_queue()
            queue.send_message(text)

    def records(self, function: str) -> list[dict[str, Any]]:
        """Return what *function* has written down so far."""
        lines = self.seen.read_text().splitlines() if self.seen.exists() else []
        return [seen for line in lines if (seen := json.loads(line))["function"] == function]

    def until_recorded(self, function: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until *function* has written down *count* lines, and return them."""
        until(lambda: len(self.records(function)) >= count, self.log)
        return self.records(function)


def until(condition: Callable[[], bool], log: Path) -> None:
    """Wait for *condition*; a failure shows the end of *log*."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.05)


def waiting(queue: QueueClient) -> int | None:
    """Return how many messages are on *queue*, invisible ones too; None if it does not exist."""
    try:
        return queue.get_queue_properties().approximate_message_count
    except ResourceNotFoundError:
        return None
