"""A tenant's audit as it is stored, some lines at a time."""

from collections.abc import Iterator
from typing import Protocol

from shared.audit.reading import Page, Span
from shared.errors import Rejected

LONGEST = 16  # digits of a position
PAGE = 1024 * 1024  # bytes, at most; a line is much shorter


class Readable(Protocol):
    """Append blobs, by name."""

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with the prefix, in their order."""
        ...

    def read(self, name: str, position: int, at_most: int) -> bytes:
        """Return what follows the position; nothing if that is the blob's end."""
        ...


class AuditExport:
    """Reads the files that the audit is written to."""

    def __init__(self, blobs: Readable, page: int = PAGE) -> None:
        self._blobs = blobs
        self._page = page

    def page(self, tenant_id: str, span: Span, after: str) -> Page:
        """Return the next lines; Rejected if *after* is no cursor of ours."""
        file, position = _cursor(after)
        names = [each for each in self._names(tenant_id, span) if _file(each) >= file]
        for name in names:
            start = position if _file(name) == file else 0
            lines = self._lines(name, start)
            if lines:
                return Page(lines=lines, after=f"{_file(name)}:{start + len(lines)}")
        return Page(lines=b"", after=None)

    def _lines(self, name: str, start: int) -> bytes:
        text = self._blobs.read(name, start, self._page)
        return text[: text.rfind(b"\n") + 1]

    def _names(self, tenant_id: str, span: Span) -> Iterator[str]:
        for name in self._blobs.names(f"{tenant_id}/"):
            if span.has(_file(name)[:10]):
                yield name


def _file(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".jsonl")


def _cursor(after: str) -> tuple[str, int]:
    if not after:
        return "", 0
    file, _, position = after.rpartition(":")
    if not (file and position.isascii() and position.isdecimal() and len(position) < LONGEST):
        raise Rejected("after is the cursor that the last page named")
    return file, int(position)
