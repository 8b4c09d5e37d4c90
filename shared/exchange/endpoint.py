"""
One tenant's admin API on the wire: addresses, headers, tokens, and bytes there and back.

It is the private contract of Microsoft's own PowerShell module, documented nowhere; what
is done here follows how that module and other clients are seen to talk to it.
"""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from shared.errors import Misconfigured, Retryable

# The same mailbox on every request: it keeps one tenant's requests on one server, and a
# link to a further page works on the server that made it.
ANCHOR = "APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{tenant_id}"
PAGE_SIZE = "odata.maxpagesize=1000"
MODULE_VERSION = "3.0.0"  # of Microsoft's module; any 3.x is served
TIMEOUT = httpx.Timeout(60.0, connect=10.0)

Address = str | httpx.URL
Written = Callable[[str], bytes]  # a body, for the token it goes out with


class Bearer(Protocol):
    """Where the token comes from."""

    def text(self) -> str:
        """Return a token."""
        ...

    def renewed(self, refused: str) -> str:
        """Return another token than the one Exchange refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request, or for one item of a batch."""

    status: int
    headers: Mapping[str, str]  # found whatever the case of the name
    body: bytes
    request_id: str  # the client-request-id it was sent under

    @property
    def is_success(self) -> bool:
        """Whether the status says that it went well."""
        return httpx.codes.is_success(self.status)


class Endpoint:
    """Sends one request and reads its whole answer; a refused token is renewed once."""

    def __init__(
        self, client: httpx.Client, *, base_url: str, tenant_id: str, bearer: Bearer
    ) -> None:
        self._client = client
        self._bearer = bearer
        self.headers: Mapping[str, str] = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Prefer": PAGE_SIZE,
            "X-AnchorMailbox": ANCHOR.format(tenant_id=tenant_id),
        }
        self.invoke_url = f"{base_url}/adminapi/beta/{tenant_id}/InvokeCommand"
        self._server = _server(httpx.URL(self.invoke_url))
        self.batch_url = f"{base_url}/adminapi/beta/{tenant_id}/$batch"
        self.module_url = (
            f"{base_url}/adminapi/v1.0/{tenant_id}/EXOModuleFile?Version={MODULE_VERSION}"
        )

    def post(self, url: Address, content: bytes, request_id: str, **headers: str) -> Answer:
        """Post *content*; Retryable if no answer came, whatever became of it."""
        return self.post_for(url, lambda _: content, request_id, **headers)

    def post_for(self, url: Address, written: Written, request_id: str, **headers: str) -> Answer:
        """Post what is *written* for the token that it goes out with."""
        return self._authorized("POST", url, written, {"client-request-id": request_id} | headers)

    def get(self, url: Address, request_id: str, **headers: str) -> Answer:
        """Read an address; Retryable if no answer came."""
        return self._authorized(
            "GET", url, lambda _: b"", {"client-request-id": request_id} | headers
        )

    def follows(self, link: str) -> httpx.URL:
        """Return the link if it leads into this API on this host; Misconfigured otherwise."""
        try:
            target = httpx.URL(link)
        except httpx.InvalidURL as error:
            raise Misconfigured("Exchange's link to the next page is no address") from error
        is_ours = _server(target) == self._server and target.path.startswith("/adminapi/")
        if not is_ours or target.userinfo:
            # Whoever answers there would be handed the token.
            raise Misconfigured(
                f"Exchange's link to the next page leads to {target.host}{target.path}, not back "
                f"to {self._server[1]}; check EXCHANGE_BASE_URL and CLOUD"
            )
        return target

    def _authorized(
        self, method: str, url: Address, written: Written, headers: Mapping[str, str]
    ) -> Answer:
        token = self._bearer.text()
        answer = self._sent(method, url, written(token), {**headers, **bearing(token)})
        if answer.status != httpx.codes.UNAUTHORIZED:
            return answer
        token = self._bearer.renewed(token)
        return self._sent(method, url, written(token), {**headers, **bearing(token)})

    def _sent(
        self, method: str, url: Address, content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        request = self._client.build_request(
            method, url, content=content, headers={**self.headers, **headers}, timeout=TIMEOUT
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                raw = b"".join(response.iter_raw())
            finally:
                response.close()
        except httpx.RequestError as error:
            raise Retryable(
                f"Exchange cannot be reached: {type(error).__name__} {error}"
            ) from error
        return Answer(
            status=response.status_code,
            headers=response.headers,
            body=_unpacked(response, raw),
            request_id=headers["client-request-id"],
        )


def bearing(token: str) -> dict[str, str]:
    """Return the header that carries the token."""
    return {"Authorization": f"Bearer {token}"}


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # which is None where it is the scheme's own


def _unpacked(response: httpx.Response, raw: bytes) -> bytes:
    """Decompress by hand: a missing role is answered with NUL bytes that claim to be gzip."""
    if response.headers.get("Content-Encoding") == "gzip" and raw.startswith(b"\x1f\x8b"):
        try:
            return gzip.decompress(raw)
        except (EOFError, OSError, zlib.error):
            return raw  # unreadable, and told so by whoever reads it
    return raw
