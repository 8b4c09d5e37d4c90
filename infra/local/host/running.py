"""A host from start to stop: the HTTP server, the listeners and the timers of one app."""

import asyncio
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from azure.core.exceptions import AzureError

from infra.local.host import admin, asgi, retries, routes, timers
from infra.local.host.easy_auth import EasyAuth
from infra.local.host.front import Front
from infra.local.host.hostfile import HostOptions
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Invoker, Outcome
from infra.local.host.keys import Keys
from infra.local.host.listeners import Listeners
from infra.local.host.outputs import QueueOutputs
from infra.local.host.settings import Settings
from infra.local.host.storage import Storage
from infra.local.host.timer_status import host_id
from infra.local.host.tracing import Tracing

if TYPE_CHECKING:
    from infra.local.host.queues import QueueListener
    from infra.local.host.timers import Timer

log = logging.getLogger(__name__)

GRACE = 10  # seconds that running invocations have once the host is told to stop
DEFAULT_THREADS = "1000"  # what the platform's host tells the worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run, and how."""

    app: Path
    settings: Settings
    options: HostOptions
    functions: Sequence[IndexedFunction]
    keys: Keys
    lease: timedelta
    sign_in: EasyAuth | None
    names: dict[str, str]  # filled by the invoker, read by the log


class Host:
    """One app, running."""

    def __init__(self, plan: Plan) -> None:
        settings, options = plan.settings, plan.options
        storage = Storage(settings)
        outputs = QueueOutputs(storage, base64_encoded=options.base64, wake=self._wake)
        self._invoker = Invoker(
            timeout=options.function_timeout,
            threads=int(settings.get("PYTHON_THREADPOOL_THREAD_COUNT") or DEFAULT_THREADS),
            names=plan.names,
            deliver=outputs.send,
            tracing=Tracing.of(settings, options.telemetry_mode),
        )
        enabled = [f for f in plan.functions if not settings.is_disabled(f.name)]
        listeners = Listeners(
            settings=settings,
            options=options,
            storage=storage,
            invoke=self._invoke,
            lease=plan.lease,
            host_id=host_id(settings, plan.app),
            clock=_now,
        )
        self._queues = listeners.queues(enabled)
        self._timers = listeners.timers(enabled)
        self._started: set[asyncio.Task[Outcome]] = set()
        self._front = Front(
            functions=enabled,
            routes=routes.build(enabled, options.route_prefix),
            keys=plan.keys,
            admin=admin.Admin(plan.functions, self._start),
            call_http=self._invoker.attempt,
            call_event=self._invoke,
            sign_in=plan.sign_in,
            body_limit=int(settings.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") or asgi.BODY_LIMIT),
        )

    async def run(self, listening: socket.socket, announce: Callable[[], None]) -> None:
        """Serve and listen until SIGTERM or SIGINT, then let what runs finish (GRACE seconds)."""
        told, ready = asyncio.Event(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        server = Server(self._front, ready)
        serving = asyncio.create_task(server.serve([listening]))
        await ready.wait()
        parts: list[QueueListener | Timer] = [*self._queues.values(), *self._timers.values()]
        tasks = {serving, *(asyncio.create_task(part.run()) for part in parts)}
        announce()
        await _first(asyncio.create_task(told.wait()), tasks)
        log.info("stopping")
        _bound_the_exit()
        for part in parts:
            part.stop()
        server.should_exit = True
        await asyncio.wait(tasks | self._started, timeout=GRACE)

    def _invoke(self, call: Call) -> Coroutine[Any, Any, Outcome]:
        return retries.run(self._invoker, call)

    def _wake(self, url: str) -> None:
        for listener in self._queues.values():
            if listener.url == url:
                listener.wake()

    async def _start(self, function: IndexedFunction, text: str) -> None:
        task = asyncio.create_task(self._invoke(await self._manual(function, text)))
        self._started.add(task)
        task.add_done_callback(self._started.discard)

    async def _manual(self, function: IndexedFunction, text: str) -> Call:
        if function.trigger.type == "queueTrigger":
            return admin.message_call(function, text)
        if function.trigger.type == "eventGridTrigger":
            return admin.event_call(function, text)
        try:
            return await self._timers[function.name].call_now()
        except (AzureError, KeyError):
            return timers.call_for(function, None, _now())


class Server(uvicorn.Server):
    """uvicorn, saying when it listens, and leaving signals to the host."""

    def __init__(self, front: Front, ready: asyncio.Event) -> None:
        super().__init__(
            uvicorn.Config(
                front,
                interface="asgi3",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def _first(told: asyncio.Task[bool], tasks: set[asyncio.Task[None]]) -> None:
    """Wait for the word to stop; a part that ends by itself is a bug, and ends the host."""
    done, _ = await asyncio.wait({told, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in done & tasks:
        task.result()


def _bound_the_exit() -> None:
    """End the process even if a function's thread never returns."""
    watchdog = threading.Timer(GRACE + 1, os._exit, (0,))
    watchdog.daemon = True
    watchdog.start()


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)
