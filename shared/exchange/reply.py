"""What a cmdlet that worked has returned: all its rows, or one page of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from shared.errors import CutShort, Misconfigured, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.failures import failure_in_reply, failure_of
from shared.exchange.rows import read

T = TypeVar("T")
Row = dict[str, Any]
Page = tuple[msgspec.Raw, ...]  # rows as they came, for whoever knows their shape
Paged = tuple[T, str | None]  # one page, and the link to the next
READS = "Get-"  # cmdlets that always answer with a list, if an empty one
TRUNCATED = "There are more results available than are currently displayed"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Unreadable(Retryable):
    """A success that does not have the shape of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a cmdlet returned."""

    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


class _Envelope(msgspec.Struct, Generic[T]):
    value: list[T] | None = None
    warnings: list[str] | None = msgspec.field(name="@adminapi.warnings", default=None)
    errors: list[Any] | None = msgspec.field(name="@adminapi.errors", default=None)
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    error: msgspec.Raw = msgspec.Raw(b"null")


_RAW = msgspec.json.Decoder(_Envelope[msgspec.Raw])
_ROW = msgspec.json.Decoder(Row)


def read_reply(cmdlet: str, answer: Answer) -> Reply:
    """Return the whole reply; a Failure if it is none, or only a part of one."""
    envelope = _opened(cmdlet, answer, _RAW)
    warnings = tuple(envelope.warnings or ())
    if envelope.next_link or _is_truncated(warnings):
        # A part must never pass for the whole.
        raise Misconfigured(f"Exchange has more rows for {cmdlet} than one page holds")
    try:
        rows = tuple(_ROW.decode(row) for row in envelope.value or ())
    except UNREADABLE as error:
        raise Unreadable(f"Exchange answered {cmdlet} with something unreadable") from error
    return Reply(rows=rows, warnings=warnings)


def read_page(cmdlet: str, answer: Answer) -> Paged[Page]:
    """Return the rows of one page and the link to the next; CutShort if a link is missing."""
    rows, link = _page(cmdlet, _opened(cmdlet, answer, _RAW))
    return tuple(rows), link


def page_reader(shape: type[T]) -> Callable[[str, Answer], Paged[list[T | Misconfigured]]]:
    """
    Return what reads pages like read_page, with rows of this shape.

    All rows of a page are read in one go, which takes half the time. Only if one of them is
    odd is each read by itself, and the odd one is a Misconfigured in its place.
    """
    decoder = msgspec.json.Decoder(_Envelope[shape])  # type: ignore[valid-type]

    def read_typed(cmdlet: str, answer: Answer) -> Paged[list[T | Misconfigured]]:
        try:
            return _page(cmdlet, _opened(cmdlet, answer, decoder))
        except Unreadable:
            rows, link = _page(cmdlet, _opened(cmdlet, answer, _RAW))
            return [_shaped(row, shape) for row in rows], link

    return read_typed


def _page(cmdlet: str, envelope: _Envelope[T]) -> tuple[list[T], str | None]:
    if not envelope.next_link and _is_truncated(envelope.warnings or ()):
        raise CutShort(f"Exchange holds back rows of {cmdlet} and gives no link to them")
    return envelope.value or [], envelope.next_link


def _opened(
    cmdlet: str, answer: Answer, decoder: msgspec.json.Decoder[_Envelope[T]]
) -> _Envelope[T]:
    """Return the envelope of a success; nothing at all is one of a command without output."""
    if not answer.is_success:
        raise failure_of(cmdlet, answer)
    if not answer.body.strip():
        envelope: _Envelope[T] = _Envelope()
    else:
        envelope = _decoded(cmdlet, answer.body, decoder)
    if bytes(envelope.error) != b"null":
        raise failure_of(cmdlet, answer)
    if envelope.errors:
        raise failure_in_reply(cmdlet, envelope.errors, answer)
    if envelope.value is None and cmdlet.startswith(READS):
        # Not the same as no rows: those are an empty list.
        raise Unreadable(f"Exchange answered {cmdlet} without any value")
    return envelope


def _decoded(cmdlet: str, body: bytes, decoder: msgspec.json.Decoder[_Envelope[T]]) -> _Envelope[T]:
    try:
        return decoder.decode(body)
    except UNREADABLE as error:
        raise Unreadable(f"Exchange answered {cmdlet} with something unreadable") from error


def _is_truncated(warnings: Sequence[str]) -> bool:
    return any(TRUNCATED in warning for warning in warnings)


def _shaped(row: msgspec.Raw, shape: type[T]) -> T | Misconfigured:
    try:
        return read(_ROW.decode(row), shape)
    except UNREADABLE as error:
        return Misconfigured(f"Exchange sent a row that is none: {error}")
    except Misconfigured as odd:
        return odd
