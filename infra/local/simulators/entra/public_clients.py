"""Applications that hold no secret, and what people may let them do."""

import threading
from collections.abc import Iterable, Mapping


class PublicClients:
    """Which registrations allow public client flows, and the delegated permissions consented to."""

    def __init__(self) -> None:
        self._consented: dict[str, dict[str, frozenset[str]]] = {}  # by client id and resource
        self._lock = threading.Lock()

    def allow(self, client_id: str, consented: Mapping[str, Iterable[str]]) -> None:
        """Let people sign in to an application; *consented* holds permissions by resource."""
        granted = {name.rstrip("/"): frozenset(names) for name, names in consented.items()}
        with self._lock:
            self._consented[client_id] = granted

    def includes(self, client_id: str) -> bool:
        """Tell whether an application is a public client."""
        return client_id in self._consented

    def consented(self, client_id: str, resource: str) -> frozenset[str]:
        """Return the permissions of one resource that have been consented to."""
        return self._consented.get(client_id, {}).get(resource.rstrip("/"), frozenset())
