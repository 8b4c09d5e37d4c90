"""Which operations somebody asks for, and how far they have been listed: the newest come first."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.devices.operation import Operation, State
from shared.errors import Rejected

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of any year that a datetime can have, the microseconds are fewer and the digits as many.
AHEAD = 10**18
DIGITS = 19
MICROSECOND = timedelta(microseconds=1)
RECOGNITION = "recognition"  # why a report waits for a person
PLACE = re.compile(rf"[0-9]{{{DIGITS}}}:[0-9A-Za-z-]{{1,64}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which operations are asked for: all, where nothing is said; of several, all must hold."""

    state: State | None = None
    asked: str = ""  # a posture, or an action
    action: str = ""  # decided; until then, what was asked
    asked_by: str = ""
    mailbox: str = ""  # in any case
    device_id: str = ""  # likewise
    hold: str = ""  # why it waits for a person, or did: a HoldReason, or RECOGNITION
    since: datetime | None = None  # opened then or later
    until: datetime | None = None  # opened then or earlier
    oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some operations, and the cursor for those that follow; "": there are none."""

    operations: tuple[Operation, ...]
    after: str


def reversed_time(moment: datetime) -> str:
    """Return text that sorts the later moments first."""
    return f"{AHEAD - (moment - EPOCH) // MICROSECOND:0{DIGITS}d}"


def place(operation: Operation) -> str:
    """Return where an operation stands among all; it never moves."""
    return f"{reversed_time(operation.opened_at)}:{operation.operation_id}"


def cursor(at: str) -> str:
    """Return a place as it is given to callers, who hand it back."""
    return base64.urlsafe_b64encode(at.encode()).decode().rstrip("=")


def read_cursor(text: str) -> str:
    """Return the place that a caller hands back; Rejected if it is none."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = base64.b64decode(padded, b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        found = ""
    if not PLACE.fullmatch(found) or cursor(found) != text:
        raise Rejected("after is none of the cursors that an answer gives")
    return found
