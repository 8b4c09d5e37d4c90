"""Numbers, sizes and spans of time as parameters, and the text they are shown as."""

import re
from datetime import timedelta

from infra.local.simulators.exchange import errors
from infra.local.simulators.exchange.binding import Binder

UNLIMITED = "Unlimited"
_SPAN = re.compile(r"(?:(\d{1,8})\.)?([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)")
_SIZE = re.compile(r"(\d{1,18})\s?(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def integer(low: int, high: int) -> Binder:
    """Bind a JSON number within bounds."""

    def bind(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise errors.bad_value(name, value, "System.Int32")
        return _within(name, value, low, high)

    return bind


def unlimited_integer(low: int, high: int) -> Binder:
    """Bind a number, as such or in digits, or Unlimited; shown as text."""

    def bind(name: str, value: object) -> str:
        if _is_unlimited(value):
            return UNLIMITED
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        if not digits and (isinstance(value, bool) or not isinstance(value, int)):
            raise errors.bad_value(name, value, "Microsoft.Exchange.Data.Unlimited`1[System.Int32]")
        return str(_within(name, int(str(value)), low, high))

    return bind


def unlimited_span(low: timedelta, high: timedelta) -> Binder:
    """Bind a text like 14.00:00:00, or Unlimited; a bare number is not a span."""

    def bind(name: str, value: object) -> str:
        if _is_unlimited(value):
            return UNLIMITED
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if not match:
            kind = "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.EnhancedTimeSpan]"
            raise errors.bad_value(name, value, kind)
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if not low <= span <= high:
            raise errors.out_of_range(name, value, _span_text(low), _span_text(high))
        return _span_text(span)

    return bind


def unlimited_bytes(high: int) -> Binder:
    """Bind a size or Unlimited; shown as a number of bytes."""

    def bind(name: str, value: object) -> str:
        size = _bytes(name, value, high)
        return UNLIMITED if size is None else str(size)

    return bind


def unlimited_size(high: int) -> Binder:
    """Bind a size or Unlimited; shown like 99 GB (106,300,440,576 bytes)."""

    def bind(name: str, value: object) -> str:
        size = _bytes(name, value, high)
        return UNLIMITED if size is None else _size_text(size)

    return bind


def _bytes(name: str, value: object, high: int) -> int | None:
    """Return a number of bytes; without a unit it is one already. None is Unlimited."""
    if _is_unlimited(value):
        return None
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    match = _SIZE.fullmatch(written) if isinstance(written, str) else None
    if not match:
        kind = "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]"
        raise errors.bad_value(name, value, kind)
    return _within(name, int(match[1]) * _UNITS[(match[2] or "B").upper()], 0, high)


def _is_unlimited(value: object) -> bool:
    return isinstance(value, str) and value.casefold() == UNLIMITED.casefold()


def _within(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise errors.out_of_range(name, value, low, high)
    return value


def _span_text(span: timedelta) -> str:
    hours, rest = divmod(span.seconds, 3600)
    days = f"{span.days}." if span.days else ""
    return f"{days}{hours:02}:{rest // 60:02}:{rest % 60:02}"


def _size_text(size: int) -> str:
    unit = next(unit for unit in ("GB", "MB", "KB", "B") if size >= _UNITS[unit] or unit == "B")
    return f"{size / _UNITS[unit]:.4g} {unit} ({size:,} bytes)"
