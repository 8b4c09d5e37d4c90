"""Single facts out of a body: what is not what it should be reads as absent."""

import re
from typing import Final

LONGEST: Final = 320  # characters, as of a mail address

# Control characters, and halves of characters that no encoding can write.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_WIDEST = 1 << 64  # of a number that is somebody's key


def text(value: object, longest: int = LONGEST) -> str:
    """Return a text, or a whole number as text; empty where the value is nothing of the kind."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _WIDEST:
        value = str(value)
    if not isinstance(value, str):
        return ""
    stripped = value.strip(" ")
    return stripped if len(stripped) <= longest and not _UNFIT.search(stripped) else ""


def address(value: object) -> str:
    """Return a text with an @ in it: senders put short login names in the same fields."""
    found = text(value)
    return found if "@" in found else ""
