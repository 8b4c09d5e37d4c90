"""What a cmdlet lists: rows that are built only when their page is cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.simulators.exchange.rows import LazyRow, Values


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of one page."""

    rows: list[Values]
    next: int | None  # where the next page starts; None: nothing is left


@dataclass(frozen=True, slots=True)
class Listing:
    """
    Keys in an order that only grows at its end, and how each is shown.

    A key that is gone, or that a filter leaves out, shows as None. So a page costs as much
    as its rows, however much there is to list.
    """

    keys: Sequence[Any]
    show: Callable[[Any], Values | None]

    def cut(self, start: int, size: int | None) -> Cut:
        """Return up to *size* rows (None: all) from the key at *start* on."""
        rows: list[Values] = []
        for place in range(start, len(self.keys)):
            row = self.show(self.keys[place])
            if row is None:
                continue
            if len(rows) == size:
                return Cut(rows, place)
            rows.append(row)
        return Cut(rows, None)


def few(rows: Sequence[LazyRow]) -> Listing:
    """List rows that are all known already."""
    return Listing(rows, lambda row: row())


NOTHING = few(())
