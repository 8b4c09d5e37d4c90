"""Who may call what: function keys and the master key, or nobody asked, as in `func start`."""

import hmac
from dataclasses import dataclass

from infra.local.host.asgi import Request


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys in force; with none at all, every call is let in."""

    function: str | None = None
    master: str | None = None

    def admit(self, request: Request, level: str) -> bool:
        """Tell whether *request* may reach something of auth *level*, in any letter case."""
        if level.lower() == "anonymous" or not (self.function or self.master):
            return True
        given = request.headers.get("x-functions-key") or request.query.get("code", "")
        if _same(given, self.master):
            return True
        return level.lower() == "function" and _same(given, self.function)


def _same(given: str, key: str | None) -> bool:
    return key is not None and hmac.compare_digest(given.encode(), key.encode())
