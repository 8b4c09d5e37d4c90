"""Takes names of persons and phones out of text that is to be logged far away."""

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
# A mailbox or UPN, however it is quoted; what follows the last dot is not part of it.
_NOT_IN_IT = r"\s@<>\"'(),;:=/?&\[\]"
_ADDRESS = re.compile(rf"[^{_NOT_IN_IT}]+@[^{_NOT_IN_IT}]*[^.{_NOT_IN_IT}]")
_SHORTEST = 4  # characters: hiding less would hide half of every line


def hidden(text: str, private: Iterable[str] = ()) -> str:
    """Return the text without mail addresses and without what is *private*, in any case."""
    for name in sorted(private, key=len, reverse=True):
        if len(name) >= _SHORTEST:
            text = re.sub(re.escape(name), HIDDEN, text, flags=re.IGNORECASE)
    return _ADDRESS.sub(HIDDEN, text)
