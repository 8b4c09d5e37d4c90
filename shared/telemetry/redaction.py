"""Takes names of persons and phones out of text that is to be logged far away."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

HIDDEN = "[hidden]"
# A mailbox or UPN, however it is quoted, also in a URL; what follows the last dot is not part
# of it. In front of the @ an apostrophe may be: O'Brien. Bounds: no text takes long.
_OUT = r"\s@<>\"(),;:\[\]"
_LOCAL = rf"(?:\"[^\"@\n]{{1,64}}\"|[^{_OUT}'][^{_OUT}]{{0,255}}?)"
_DOMAIN = rf"(?:[^'/?&={_OUT}]{{0,255}}[^'/?&=.{_OUT}]|\[[0-9a-fivp.:]{{2,64}}\])"
_ADDRESS = rf"{_LOCAL}(?:@|%40){_DOMAIN}"
_SHORTEST = 4  # characters: hiding less would hide half of every line


@dataclass(frozen=True, slots=True)
class Private:
    """Something to log that may name a person: in full nearby, far away only what *kind* it is."""

    text: str
    kind: str

    @classmethod
    def of(cls, failure: Exception) -> Self:
        """Log a failure; its text stands in an operation's record, or in an answer."""
        return cls(str(failure), type(failure).__name__)

    def __str__(self) -> str:
        return self.text


def hidden(text: str, private: Iterable[str] = ()) -> str:
    """Return the text without mail addresses and without what is *private*, in any case."""
    names = {spelled for name in private if len(name) >= _SHORTEST for spelled in _spelled(name)}
    listed = map(re.escape, sorted(names, key=len, reverse=True))
    found = "|".join([re.escape(HIDDEN), _ADDRESS, *listed])
    return re.sub(found, HIDDEN, text, flags=re.IGNORECASE)


def _spelled(name: str) -> set[str]:
    # Of some letters the other case is two letters, which IGNORECASE does not know.
    return {name, name.upper(), name.lower(), name.casefold(), quote(name, safe="")}
