"""Microsoft Graph, called as the person who has signed in."""

from collections.abc import Callable
from typing import Generic, TypeVar

import httpx
import msgspec

from infra.azure.onboarding.patience import Patience
from shared.directory import refusals
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Rejected, Retryable
from shared.retry_after import retry_after

T = TypeVar("T")
BUSY = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Page(msgspec.Struct, Generic[T]):
    value: list[T]
    next_link: str = msgspec.field(name="@odata.nextLink", default="")


class Graph:
    """
    Reads, creates, changes, removes; *needs* says what a person lacks who is denied.

    NotFound, NotPermitted and Rejected mean that nothing was done; after a Retryable
    nobody knows. Reads are repeated, writes never.
    """

    def __init__(
        self, http: httpx.Client, base_url: str, token: Callable[[], str], patience: Patience
    ) -> None:
        self._http = http
        self._root = f"{base_url}/v1.0/"
        self._token = token
        self._patience = patience

    def content(self, path: str, *, needs: str) -> bytes:
        """Read one object, as it came."""
        return self._patience.answered(lambda: self._sent("GET", path, needs)).content

    def read(self, path: str, shape: type[T], *, needs: str) -> T:
        """Read one object."""
        return _decoded(self.content(path, needs=needs), shape)

    def rows(self, path: str, shape: type[T], *, needs: str) -> list[T]:
        """Read a whole list."""
        found: list[T] = []
        while path:
            page = self.read(path, _Page[shape], needs=needs)  # type: ignore[valid-type]
            found += page.value
            path = self._follows(page.next_link)
        return found

    def create(self, path: str, body: object, shape: type[T], *, needs: str) -> T:
        """Add an object, and return it as Graph has made it."""
        return _decoded(self._sent("POST", path, needs, body).content, shape)

    def change(self, path: str, body: object, *, needs: str) -> None:
        """Set some properties of an object; a list is replaced as a whole."""
        self._sent("PATCH", path, needs, body)

    def remove(self, path: str, *, needs: str) -> None:
        """Delete an object, unless it is gone already."""
        try:
            self._sent("DELETE", path, needs)
        except NotFound:
            return

    def _follows(self, link: str) -> str:
        """Return the rest of a link to the next page; whoever answers there gets the token."""
        if link and not link.startswith(self._root):
            raise Misconfigured("Microsoft Graph's link to the next page leads elsewhere")
        return link.removeprefix(self._root)

    def _sent(self, method: str, path: str, needs: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        try:
            answer = self._http.request(method, self._root + path, headers=headers, json=body)
        except httpx.RequestError as error:
            # The kind alone: the text of some of these quotes headers.
            kind = type(error).__name__
            raise Retryable(f"Microsoft Graph cannot be reached: {kind}") from error
        if not answer.is_success:
            raise _failure(answer, needs)
        return answer


def literal(text: str) -> str:
    """Return a text as a string in an OData filter."""
    return "'" + text.replace("'", "''") + "'"


def _decoded(content: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=shape)
    except UNREADABLE as error:
        raise Retryable("Microsoft Graph answered something unreadable") from error


def _failure(answer: httpx.Response, needs: str) -> Failure:
    refusal = refusals.read(answer)
    if answer.status_code in BUSY or answer.is_server_error:
        return Retryable(
            f"Microsoft Graph is busy (HTTP {answer.status_code})",
            after=retry_after(answer.headers),
        )
    if answer.status_code in refusals.DENIED:
        return NotPermitted(f"Microsoft Graph denies this; it takes {needs} ({refusal.trace})")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return NotFound(f"Microsoft Graph finds no such object ({refusal.trace})")
    return Rejected(f"Microsoft Graph refused: {refusal.message[:300]} ({refusal.trace})")
