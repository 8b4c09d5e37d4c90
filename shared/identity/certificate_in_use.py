"""Which certificate version a tenant signs in with, and what takes its place if that fails."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shared.credentials.certificate import App, Certificate
from shared.errors import Failure, Misconfigured, NotFound
from shared.identity.login import Token
from shared.identity.refusals import Refused
from shared.identity.vault import Vault

log = logging.getLogger("easgate.identity")

Attempt = Callable[[Certificate], Token]
# The app, the version it signed in with, the one it signs in with now, and the reason.
FellBack = Callable[[App, str, str, str], None]


class Pins(Protocol):
    """Which certificate version a tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the pinned version, if there is one."""
        ...

    def pin(self, tenant_id: str, version: str) -> None:
        """Pin a version that has been proved to work."""
        ...


class Unfit(Misconfigured):
    """A version that cannot sign in, whatever Entra ID thinks of it."""


class CertificateInUse:
    """
    The pinned version; the vault's current one while none is pinned.

    A version is pinned when it has earned a token, never because it is the newest: a
    renewed certificate is in the vault before Entra ID knows it.
    """

    def __init__(
        self, vault: Vault, pins: Pins, clock: Callable[[], datetime], fell_back: FellBack
    ) -> None:
        self._vault = vault
        self._pins = pins
        self._clock = clock
        self._fell_back = fell_back
        self._switching = threading.Lock()

    def earn(self, app: App, attempt: Attempt) -> Token:
        """Make the attempt with the version in use; once with another where that is no use."""
        pinned = self._pins.active(app.tenant_id)
        version = pinned or self._current(app)
        try:
            token = attempt(self._fit(app, version))
        except (Refused, Unfit) as failure:
            if isinstance(failure, Refused) and not failure.is_of_the_certificate:
                raise  # another version would be refused alike, and might be pinned by accident
            log.warning("the certificate of %s does not sign in: %s", app.tenant_id, failure)
            return self._fall_back(app, attempt, version, failure)
        if pinned is None:
            self._pins.pin(app.tenant_id, version)
        return token

    def _current(self, app: App) -> str:
        try:
            return self._vault.certificate(app.certificate_name).version
        except NotFound as error:
            raise Misconfigured(str(error)) from error

    def _fit(self, app: App, version: str) -> Certificate:
        """Return a version that may sign in; Unfit if the vault says that it cannot."""
        try:
            certificate = self._vault.certificate(app.certificate_name, version)
        except NotFound as error:
            raise Unfit(str(error)) from error
        if not self._is_usable(certificate):
            raise Unfit(
                f"version {version} of certificate {app.certificate_name} is disabled or out of "
                "its dates: enable it in the vault, or renew it and register the new version"
            )
        return certificate

    def _is_usable(self, certificate: Certificate) -> bool:
        in_its_dates = certificate.valid_from <= self._clock() < certificate.expires_at
        return certificate.is_enabled and in_its_dates

    def _fall_back(self, app: App, attempt: Attempt, version: str, failure: Failure) -> Token:
        """Make the attempt with the newest other version that is usable, and pin that."""
        try:
            versions = self._vault.versions(app.certificate_name)
        except NotFound as error:
            raise Misconfigured(str(error)) from error
        others = [each for each in versions if each.version != version and self._is_usable(each)]
        if not others:
            raise failure
        other = others[-1]
        try:
            token = attempt(other)
        except Refused as refusal:
            if other != versions[-1]:
                raise failure from refusal  # the newest version is the one to mend
            raise
        self._switch(app, version, other.version, reason=str(failure))
        return token

    def _switch(self, app: App, old: str, new: str, *, reason: str) -> None:
        """
        Pin the new version, unless the pin has moved meanwhile.

        Told before it is noted: a death in between repeats the announcement.
        """
        with self._switching:
            if self._pins.active(app.tenant_id) in {old, None}:
                self._fell_back(app, old, new, reason)
                self._pins.pin(app.tenant_id, new)
