"""
How much of a list is not its entries.

Those stay bytes; all the rest becomes objects, some fifty times as large in memory: a name of
four megabytes takes two hundred. An honest list needs a few hundred bytes for it.
"""

LARGEST = 64 * 1024  # bytes
SEQUENCE, TIMES = 0x30, (0x17, 0x18)  # tags: what entries are in, and what stands before them
LONG = 0x80  # of a length: it has more bytes than one


def size(der: bytes) -> int:
    """Return it in bytes; *der* is a list that the library has read, and so well-formed."""
    signed, _ = _content(der, 0)
    at, end = _content(der, signed)
    entries, before = 0, 0
    while at < end:
        _, ends = _content(der, at)
        if der[at] == SEQUENCE and before in TIMES:
            entries += ends - at
        before, at = der[at], ends
    return len(der) - entries


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins and ends."""
    first, begins = der[at + 1], at + 2
    if not first & LONG:
        return begins, begins + first
    wide = first - LONG
    begins += wide
    return begins, begins + int.from_bytes(der[begins - wide : begins], "big")
