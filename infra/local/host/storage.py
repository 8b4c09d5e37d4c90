"""Clients for the storage accounts that triggers and outputs name, and threads to wait for them."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from azure.storage.queue import QueueClient, QueueServiceClient

from infra.local.host.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

# Not more than the SDK's connection pool keeps; each wait is short.
THREADS = 8

# The platform's polls are not in the worker's log; the SDK would log each of them.
quiet = logging.getLogger(f"{__name__}.requests")
quiet.setLevel(logging.WARNING)

# One retry at once, for a kept connection that the server has closed; beyond that the listeners
# have a back-off of their own, and a message that is not settled comes back.
PATIENCE: dict[str, Any] = {
    "logger": quiet,
    "retry_total": 1,
    "initial_backoff": 0,
    "increment_base": 0,
    "random_jitter_range": 0,
    "connection_timeout": 5,
    "read_timeout": 30,
}


class Storage:
    """Queue clients by connection and name; SettingError where the connection is unusable."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._services: dict[str, QueueServiceClient] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")

    def queue(self, connection: str, name: str) -> QueueClient:
        """Return a client for the queue *name*, which need not exist."""
        secret = self._settings.connection(connection)
        if secret not in self._services:
            service = QueueServiceClient.from_connection_string(secret, **PATIENCE)
            self._services[secret] = service
        return self._services[secret].get_queue_client(self._settings.resolve(name))

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking storage call on one of a few threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: call(*args, **kwargs))
