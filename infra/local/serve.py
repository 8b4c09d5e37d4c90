"""A small server that mounts simulators on loopback ports, all from one background thread."""

import asyncio
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn

from infra.local.authority import Authority

Simulator = Callable[[httpx.Request], httpx.Response]

_Scope = MutableMapping[str, Any]  # ASGI's own three shapes
_Receive = Callable[[], Any]
_Send = Callable[[dict[str, Any]], Any]

_WORKERS = 64  # requests that may be inside simulators at once; the rest wait
_START_SECONDS = 10.0


class Server:
    """
    Simulators on ports of 127.0.0.1 while the context is open.

    A simulator runs in a thread of a pool, so a slow answer holds up no other request.
    """

    def __init__(self, authority: Authority | None) -> None:
        self._authority = authority
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="simulator")
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="simulators", daemon=True
        )
        self._running: list[tuple[uvicorn.Server, Future[None]]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def mount(self, simulator: Simulator, *, name: str, tls: bool = True, port: int = 0) -> str:
        """Serve *simulator* and return its base URL; connections are accepted on return."""
        server = uvicorn.Server(self._configuration(simulator, name, tls=tls))
        listener = socket.create_server(("127.0.0.1", port))
        # asyncio does this for sockets it makes itself; without it each answer takes 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serving = asyncio.run_coroutine_threadsafe(server.serve([listener]), self._loop)
        self._running.append((server, serving))
        started = asyncio.run_coroutine_threadsafe(_started(server, serving), self._loop)
        started.result(_START_SECONDS)
        return f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"

    def stop(self) -> None:
        """Close every port and wait until the thread is gone."""
        if self._loop.is_closed():
            return
        stopping = [
            asyncio.run_coroutine_threadsafe(_stopped(server, serving), self._loop)
            for server, serving in self._running
        ]
        for stopped in stopping:
            stopped.result(_START_SECONDS)
        for _, serving in self._running:
            serving.result(_START_SECONDS)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._pool.shutdown(cancel_futures=True)
        self._loop.close()

    def _configuration(self, simulator: Simulator, name: str, *, tls: bool) -> uvicorn.Config:
        authority = self._authority if tls else None
        if tls and authority is None:
            raise ValueError(f"{name} is to be served over TLS, but there is no authority")
        return uvicorn.Config(
            _Application(simulator, name, self._pool),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,  # leaves the program's own logging as it is
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            ssl_certfile=authority.server_certificate if authority else None,
            ssl_keyfile=authority.server_key if authority else None,
        )


async def _started(server: uvicorn.Server, serving: Future[None]) -> None:
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0.002)


async def _stopped(server: uvicorn.Server, serving: Future[None]) -> None:
    server.should_exit = True
    while not serving.done():
        # A client that keeps its connection open would hold up the end by 30 seconds of TLS.
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class _Application:
    """The ASGI side of one simulator."""

    simulator: Simulator
    name: str
    pool: ThreadPoolExecutor

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        body = await _body(receive)
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self.pool, self._answer, scope, body)
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": [(key.lower(), value) for key, value in response.headers.raw],
            }
        )
        # The raw stream: httpx would decode it by its Content-Encoding, which may be a lie.
        chunks = _chunks(response)
        while chunk := await loop.run_in_executor(self.pool, next, chunks, b""):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _answer(self, scope: _Scope, body: bytes) -> httpx.Response:
        try:
            return self.simulator(_request(scope, body))
        except httpx.InvalidURL as error:
            return httpx.Response(400, text=str(error))
        except httpx.RemoteProtocolError as error:
            return httpx.Response(200, stream=_Cut(error))
        except Exception as error:  # noqa: BLE001 -- a simulator's bug must be seen by who called it
            print(f"simulator {self.name}:", file=sys.stderr)
            traceback.print_exception(error, file=sys.stderr)
            return httpx.Response(500, text=f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True)
class _Cut(httpx.SyncByteStream):
    """An answer that breaks off: the simulator wants the connection dropped."""

    error: httpx.RemoteProtocolError

    def __iter__(self) -> Iterator[bytes]:
        raise self.error


async def _body(receive: _Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _request(scope: _Scope, body: bytes) -> httpx.Request:
    """Rebuild the request; raise `httpx.InvalidURL` rather than hand over another path."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    host = dict(headers).get(b"host", b"127.0.0.1").decode("ascii")
    raw_path: bytes = scope["raw_path"]
    if scope["query_string"]:
        raw_path += b"?" + scope["query_string"]
    url = httpx.URL(f"{scope['scheme']}://{host}").copy_with(raw_path=raw_path)
    if url.raw_path != raw_path:
        raise httpx.InvalidURL(f"{raw_path!r} is not in normal form: {url.raw_path!r} is")
    return httpx.Request(scope["method"], url, headers=headers, content=body)


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise TypeError("simulators are synchronous, and so are their streams")
    return (chunk for chunk in response.stream if chunk)  # an empty chunk would end the answer
