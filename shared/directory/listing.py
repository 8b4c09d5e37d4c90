"""A listing in Microsoft Graph: all its pages, or a failure, but never less than all."""

from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from shared.directory import refusals
from shared.directory.graph import Graph
from shared.errors import Retryable

T = TypeVar("T")
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Page(msgspec.Struct, Generic[T], rename={"next_link": "@odata.nextLink"}):
    value: list[T]
    next_link: str | None = None


def each(graph: Graph, path: str, token: str, *, shape: type[T], needs: str) -> Iterator[T]:
    """
    Yield each thing at *path*, page after page.

    Retryable in the midst of it if a page cannot be had or read; NotPermitted says that the
    app *needs* something.
    """
    seen: set[str] = set()
    following: str | None = path
    while following is not None:
        if following in seen:
            raise Retryable("Microsoft Graph's pages lead back to where they came from")
        seen.add(following)
        answer = graph.get(following, token)
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=needs)
        try:
            page = msgspec.json.decode(answer.content, type=_Page[shape])  # type: ignore[valid-type]
        except UNREADABLE as error:
            raise Retryable("Microsoft Graph answered something unreadable") from error
        yield from page.value
        following = graph.path_of(page.next_link) if page.next_link else None
