"""What stands between the stories and the audit: the settings first, then what happens."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from shared.audit import operations
from shared.audit.pseudonyms import Pseudonyms
from shared.audit.record import Entry
from shared.credentials.webhook_secret import LiveSecret
from shared.devices.operation import Operation
from shared.errors import Misconfigured

SECRET = "audit-pseudonyms"  # noqa: S105 - the name of a secret
KEPT = timedelta(hours=12)  # the key, before the vault is asked again


class Log(Protocol):
    """Each tenant's audit."""

    def append(self, entry: Entry) -> None:
        """Record it; Retryable: it may not stand there."""
        ...


class Settings(Protocol):
    """The settings as the audit last told of them."""

    def change(self, tenant_id: str, at: datetime) -> Entry | None:
        """Return what is to be recorded of the settings; nothing, if they are as last told."""
        ...

    def keep(self, tenant_id: str) -> None:
        """Note that the audit has told of the settings as they are now."""
        ...


class Secrets(Protocol):
    """The vault's secrets."""

    def live(self, name: str, at_most: timedelta) -> tuple[LiveSecret, ...]:
        """Return the live versions, newest first; Misconfigured if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """Records what happens to operations, and before a worker's first record its settings."""

    log: Log
    settings: Settings
    secrets: Secrets
    clock: Callable[[], datetime]
    _told: set[str] = field(default_factory=set, init=False)  # tenants
    _telling: threading.Lock = field(default_factory=threading.Lock, init=False)

    def opened(self, operation: Operation) -> None:
        """Record that an order was given."""
        self._record(operations.opened(operation, self.clock(), self._names()))

    def step(self, operation: Operation) -> None:
        """Record the step that the operation is about to be stored with."""
        self._record(operations.step(operation, self.clock(), self._names()))

    def ping(self) -> None:
        """Raise a Failure unless names can be told apart without naming them."""
        self._pseudonyms()

    def _record(self, entry: Entry | None) -> None:
        if entry is None:
            return
        self._tell_settings(entry.tenant_id)
        self.log.append(entry)

    def _tell_settings(self, tenant_id: str) -> None:
        """Record what has changed in the settings before anything is decided by them."""
        with self._telling:
            if tenant_id in self._told:
                return
            entry = self.settings.change(tenant_id, self.clock())
            if entry is not None:
                self.log.append(entry)
                self.settings.keep(tenant_id)
            self._told.add(tenant_id)

    def _names(self) -> Pseudonyms | None:
        """
        Return what tells names apart; None: they are left out, which health complains of.

        While the vault is down, a worker that has read the key goes on with it. One that has
        not waits: it could not sign in to Exchange either.
        """
        try:
            return self._pseudonyms()
        except Misconfigured:
            return None

    def _pseudonyms(self) -> Pseudonyms:
        newest = self.secrets.live(SECRET, KEPT)[0]
        return Pseudonyms(key=newest.value.encode())
