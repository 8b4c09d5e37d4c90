"""When something happened, in any of the ways in which senders write it."""

import re
from datetime import UTC, datetime

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# Beyond it a number means milliseconds: as seconds it is the year 5138, as milliseconds 1973.
_SECONDS = 100_000_000_000
_LONGEST = 64
# ASP.NET's; the offset only says where the clock hung, the milliseconds are UTC.
_DOTNET = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/", re.ASCII)
_DIGITS = re.compile(r"\d{1,17}(?:\.\d{1,9})?", re.ASCII)


def moment(value: object) -> datetime | None:
    """
    Return the moment in UTC, or None where the value holds no credible one.

    Reads RFC 3339, ISO 8601 (as UTC where it says no offset), seconds or milliseconds since
    1970 as a number or digits, and /Date(1391182403986+0100)/.
    """
    found = _read(value)
    return found if found and EARLIEST <= found < LATEST else None


def _read(value: object) -> datetime | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    if found := _DOTNET.fullmatch(text):
        return _since_1970(int(found[1]), in_a_second=1000)
    return _number(float(text)) if _DIGITS.fullmatch(text) else _iso(text)


def _number(number: float) -> datetime | None:
    return _since_1970(number, in_a_second=1 if abs(number) < _SECONDS else 1000)


def _since_1970(number: float, *, in_a_second: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(number / in_a_second, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
