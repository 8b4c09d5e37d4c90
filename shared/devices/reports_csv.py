"""A report as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
# Devices choose their own names, and a spreadsheet computes a cell that begins like this.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | bool | datetime | None


def lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the header and then each row, every one with its line break (CRLF)."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for cells in chain([columns], rows):
        writer.writerow([_text(cell) for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case str():
            return f"'{cell}" if cell.startswith(FORMULA) else cell
