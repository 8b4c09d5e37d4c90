"""
Lists in pages, numbered from 1, of a size out of five.

What an answer calls pageSize is how many elements are on this page: 0 past the end, where there
is no list at all. Guesses: a size out of the ordinary, or a page 0, gets a 400; the usual size
is 50 (sources say 50 and 250); and count stays the total past the end.
"""

from collections.abc import Mapping, Sequence
from math import ceil

from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.refusals import malformed
from infra.local.simulators.maas360.wire import Node

SIZES = (25, 50, 100, 200, 250)
USUAL = 50


def page(call: Call, element: str, found: Sequence[Mapping[str, Node]]) -> Node:
    """Return the page of *found* that was asked for."""
    number, size = _asked(call)
    return _page(element, found, number=number, size=size)


def clamped(call: Call, element: str, found: Sequence[Mapping[str, Node]]) -> Node:
    """Return the page that was asked for, or the last one again for any that lies past it."""
    number, size = _asked(call)
    last = max(1, ceil(len(found) / size))
    return _page(element, found, number=min(number, last), size=size)


def _asked(call: Call) -> tuple[int, int]:
    number, size = call.number("pageNumber", 1), call.number("pageSize", USUAL)
    if number < 1:
        raise malformed("pageNumber is not valid")
    if size not in SIZES:
        raise malformed("pageSize is not valid")
    return number, size


def _page(element: str, found: Sequence[Mapping[str, Node]], *, number: int, size: int) -> Node:
    shown = found[(number - 1) * size : number * size]
    return {
        element: shown,
        "count": str(len(found)),
        "pageNumber": str(number),
        "pageSize": str(len(shown)),
    }
