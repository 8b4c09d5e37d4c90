"""When a call was sent, and that this is not long ago: an old one may be a recording."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from shared.errors import Unverified

TOLERANCE = timedelta(minutes=5)
SECONDS_DIGITS = 12
MILLISECONDS_DIGITS = 13  # as many as the epoch has had since 2001, and will have until 2286

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def require_fresh(header: str, sent_at: datetime, now: datetime) -> None:
    """Raise Unverified if the sender's clock and ours are further apart than we tolerate."""
    if abs(now - sent_at) > TOLERANCE:
        raise Unverified(f"{header} is more than five minutes off")


def in_seconds(header: str, text: str) -> datetime:
    """Read seconds since 1970, or raise Unverified."""
    if not (_is_number(text) and len(text) <= SECONDS_DIGITS):
        raise Unverified(f"{header} is missing or not in seconds")
    try:
        return _EPOCH + timedelta(seconds=int(text))
    except OverflowError:
        raise Unverified(f"{header} is out of range") from None


def in_any_form(header: str, text: str) -> datetime:
    """Read seconds or milliseconds since 1970, or a time of RFC 3339; or raise Unverified."""
    if _is_number(text) and len(text) <= SECONDS_DIGITS:
        return in_seconds(header, text)
    if _is_number(text) and len(text) <= MILLISECONDS_DIGITS:
        return _EPOCH + timedelta(milliseconds=int(text))
    try:
        return msgspec.convert(text, _Moment)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Unverified(f"{header} is missing or not a time that we can read") from None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
