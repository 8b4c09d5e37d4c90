"""Listens to one queue: polls, backs off, keeps as many calls running as allowed."""

import asyncio
import logging
import random
from datetime import timedelta

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage

from infra.local.host import logs
from infra.local.host.deliveries import Deliveries
from infra.local.host.hostfile import HostOptions
from infra.local.host.storage import Storage

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1


class QueueListener:
    """
    Polls *queue* and starts a delivery for each message.

    The queue need not exist: that is looked at first, and a missing one is only a longer pause.
    """

    def __init__(
        self, queue: QueueClient, deliveries: Deliveries, storage: Storage, options: HostOptions
    ) -> None:
        self.url = queue.url
        self._queue = queue
        self._deliveries = deliveries
        self._storage = storage
        self._options = options
        self._pause = Pause(options.max_polling_interval)
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._exists = False
        self._reachable = True

    def wake(self) -> None:
        """Look at the queue now: this host has just put something on it."""
        self._wake.set()

    def stop(self) -> None:
        """Receive nothing more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Poll until stopped, then wait for the calls that are running."""
        while not self._stopping:
            batch = await self._receive()
            for message in batch:
                task = asyncio.create_task(self._deliveries.handle(message))
                self._running.add(task)
                task.add_done_callback(self._finished)
            if batch:
                self._pause.reset()
                await self._room()
            else:
                await self._rest()
        while self._running:
            await asyncio.wait(self._running)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a delivery broke off", exc_info=error, extra=self._about())

    async def _room(self) -> None:
        """Wait until a new batch may be fetched."""
        while len(self._running) > self._options.new_batch_threshold:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), self._pause.next())
        except TimeoutError:
            return
        self._pause.reset()
        if not self._stopping:
            self._wake.clear()

    async def _receive(self) -> list[QueueMessage]:
        try:
            self._exists = self._exists or await self._storage.run(self._look)
            batch = await self._storage.run(self._fetch) if self._exists else []
        except ResourceNotFoundError:
            self._exists = False
            return []
        except AzureError as error:
            self._unreachable(error)
            return []
        if not self._reachable:
            log.info("storage answers again", extra=self._about())
            self._reachable = True
        return batch

    def _look(self) -> bool:
        self._queue.get_queue_properties()
        return True

    def _fetch(self) -> list[QueueMessage]:
        lease = int(self._deliveries.lease.total_seconds())
        pages = self._queue.receive_messages(
            messages_per_page=self._options.batch_size, visibility_timeout=lease
        )
        # With nothing to receive there is not even an empty page.
        return list(next(pages.by_page(), []))

    def _unreachable(self, error: AzureError) -> None:
        if self._reachable:
            log.warning(
                "storage does not answer, will go on trying: %s", error, extra=self._about()
            )
        self._reachable = False

    def _about(self) -> dict[str, str]:
        return logs.about(self._deliveries.function.name)


class Pause:
    """
    The time between polls that find nothing: random, growing, at most *longest*.

    Source: azure-webjobs-sdk, RandomizedExponentialBackoffStrategy, starting at 100 ms.
    """

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest.total_seconds()
        self._exponent = 0

    def reset(self) -> None:
        """Start again from the shortest pause."""
        self._exponent = 0

    def next(self) -> float:
        """Return the seconds to wait now."""
        growth = FIRST_PAUSE * 2.0 ** (self._exponent - 1) if self._exponent else 0.0
        noise = random.uniform(0.8, 1.2)  # noqa: S311  spreads load, guards nothing
        pause = min(self._longest, FIRST_PAUSE + growth * noise)
        if pause < self._longest:
            self._exponent += 1
        return pause
