"""The Azure SDKs' way to a simulator without a port: an adapter in place of the network."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

Simulator = Callable[[httpx.Request], httpx.Response]


class _Adapter(HTTPAdapter):
    """Hands each request over, and the answer back."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self._simulator = simulator

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # noqa: ANN401 - as the library calls it
        """Answer one request."""
        headers = {name: str(value) for name, value in request.headers.items()}
        sent = request.body.encode() if isinstance(request.body, str) else request.body
        assert sent is None or isinstance(sent, bytes)
        told = self._simulator(
            httpx.Request(str(request.method), str(request.url), headers=headers, content=sent)
        )
        raw = HTTPResponse(
            body=io.BytesIO(told.read()),
            status=told.status_code,
            headers=dict(told.headers),
            preload_content=False,
        )
        return self.build_response(request, raw)


def transport_to(simulator: Simulator) -> Mapping[str, Any]:
    """Return what a client is to be built with."""
    session = requests.Session()
    session.mount("https://", _Adapter(simulator))
    return {"transport": RequestsTransport(session=session, session_owner=False)}
