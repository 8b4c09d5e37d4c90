"""One request, as the handlers of an operation see it."""

from dataclasses import dataclass
from datetime import datetime

import httpx

from infra.local.simulators.maas360.refusals import malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, with whose customer's it is and when it came."""

    request: httpx.Request
    billing_id: str
    now: datetime

    def asked(self, name: str) -> str:
        """Return a parameter; one that is empty and one that is not there are the same."""
        value: str = self.request.url.params.get(name, "")
        return value.strip()

    def needed(self, name: str) -> str:
        """Return a parameter, or raise `RefusedError` if there is none (a guess: status 400)."""
        value = self.asked(name)
        if not value:
            raise malformed(f"{name} is required")
        return value

    def number(self, name: str, usual: int) -> int:
        """Return a parameter that is a count or an instant; raise `RefusedError` if it is not."""
        value = self.asked(name)
        if not value:
            return usual
        if not (value.isascii() and value.isdecimal()):
            raise malformed(f"{name} is not a number")
        return int(value)

    def choice(self, name: str, usual: str, *others: str) -> str:
        """Return one of the values a parameter may have, whatever its case."""
        value = self.asked(name) or usual
        for known in (usual, *others):
            if known.casefold() == value.casefold():
                return known
        raise malformed(f"{name} is not valid")
