"""Where the app is found from outside, before it runs and whenever it is started again."""

from collections.abc import Callable

import httpx

from infra.local.relay import relayed


class PublicAddress:
    """A simulator that passes requests on to wherever the app's functions answer now."""

    def __init__(self, client: httpx.Client, origin: Callable[[], str]) -> None:
        self._client = client
        self._origin = origin

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on; 502 while the app is down."""
        try:
            return relayed(self._client, self._origin())(request)
        except (RuntimeError, httpx.TransportError):
            return httpx.Response(502)
