"""How one tenant's certificate stands: in the vault, in use, and on the app's registration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from shared.credentials import expiry, mismatch
from shared.credentials.certificate import App, Certificate
from shared.credentials.credential import Registration
from shared.credentials.expiry import Stage
from shared.credentials.findings import Finding, Found
from shared.credentials.mismatch import Kind, Mismatch, Mismatches
from shared.errors import Failure, NotFound, NotPermitted, Retryable
from shared.flows.certificate_validation import Registrations
from shared.flows.ports import Pins
from shared.flows.watch_ports import Certificates

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate version, and when it can no longer be used."""

    certificate: Certificate
    ends_at: datetime  # by the vault or by the registration, whichever is earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    What a look at one tenant's certificate has shown.

    What could not be looked at is unknown, and never fine.
    """

    app: App
    active: Ending
    is_pinned: bool  # False: never used yet; the vault's current version is shown
    newer: Ending | None  # the vault's current version, if that is another
    stage: Stage | None
    is_registered: bool | None  # None: the registration cannot be read
    unread: str  # why it cannot
    mismatches: Mismatches
    troubles: tuple[Failure, ...]  # what should have worked


def standing(
    app: App,
    *,
    vault: Certificates,
    pins: Pins,
    registrations: Registrations,
    now: datetime,
) -> Standing:
    """Look at a tenant's certificate; a Failure if not even the version in use can be seen."""
    pinned = pins.active(app.tenant_id)
    active = vault.certificate(app.certificate_name, pinned or "")
    look = _Look(app, vault, registrations, active)
    if pinned:
        look.for_newer()
    look.at_registration(now)
    ending = look.ending(active)
    return Standing(
        app=app,
        active=ending,
        is_pinned=pinned is not None,
        newer=look.ending(look.newer) if look.newer else None,
        stage=expiry.stage(ending.ends_at, now),
        is_registered=look.is_registered,
        unread=look.unread,
        mismatches=look.mismatches,
        troubles=tuple(look.troubles),
    )


class _Look:
    """A look at one tenant's certificate, as far as it has come."""

    def __init__(
        self, app: App, vault: Certificates, registrations: Registrations, active: Certificate
    ) -> None:
        self._app = app
        self._vault = vault
        self._registrations = registrations
        self._active = active
        self._knows_newer = True
        self._registration: Registration | None = None
        self.newer: Certificate | None = None
        self.is_registered: bool | None = None
        self.unread = ""
        self.mismatches: dict[Kind, frozenset[Mismatch]] = {}
        self.troubles: list[Failure] = []

    def for_newer(self) -> None:
        """Look for another version that is the vault's current one."""
        current = self._tried(lambda: self._vault.certificate(self._app.certificate_name))
        self._knows_newer = current is not None
        if current and current.version != self._active.version:
            self.newer = current

    def at_registration(self, now: datetime) -> None:
        """Look which certificates the registration knows."""
        try:
            found = self._registrations.registration(self._app, self._active)
        except Failure as failure:
            self._not_read(failure)
            return
        self._registration = found
        self.is_registered = mismatch.registered_until(self._active, found) is not None
        self.mismatches |= mismatch.of_active(self._active, found, now)
        if self._knows_newer:
            self.mismatches |= mismatch.of_newer(self.newer, found)
        self._for_strangers(found)

    def ending(self, certificate: Certificate) -> Ending:
        """Return when a version can no longer be used."""
        ends_at, until = certificate.expires_at, None
        if self._registration is not None:
            until = mismatch.registered_until(certificate, self._registration)
        return Ending(certificate=certificate, ends_at=min(ends_at, until or ends_at))

    def _not_read(self, failure: Failure) -> None:
        self.unread = str(failure)
        reason = failure.__cause__ if isinstance(failure, Found) else failure
        if isinstance(reason, Found) and reason.finding is Finding.CERTIFICATE_UNKNOWN_TO_ENTRA:
            # No version could sign in to ask, but that says enough.
            self.is_registered = False
            self.mismatches |= mismatch.of_active_refused(self._active)
        if isinstance(reason, Retryable):
            self.troubles.append(reason)
        elif not isinstance(failure, NotPermitted | NotFound | Found):
            self.troubles.append(failure)

    def _for_strangers(self, registration: Registration) -> None:
        known: tuple[Certificate, ...] | None = (self._active, *filter(None, (self.newer,)))
        if known and mismatch.strangers(known, registration):
            # Old versions may be registered too; asking for all of them takes a while.
            known = self._tried(lambda: self._vault.versions(self._app.certificate_name))
        if known is not None:
            self.mismatches |= mismatch.of_strangers(mismatch.strangers(known, registration))

    def _tried(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except Failure as failure:
            self.troubles.append(failure)
            return None
