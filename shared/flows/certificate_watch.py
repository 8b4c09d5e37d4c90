"""By the clock, and when the vault says so: announce what nears its end or does not fit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from shared.credentials.certificate import App
from shared.credentials.mismatch import Kind, Mismatches, Noted
from shared.errors import Failure
from shared.flows import certificate_standing
from shared.flows.certificate_standing import Ending, Standing
from shared.flows.certificate_validation import Registrations
from shared.flows.countdown import Countdown, Tell
from shared.flows.kept_failures import kept
from shared.flows.ports import Clock, Pins
from shared.flows.watch_ports import Announced, Certificates, Secrets, WatchEvents

# Is told, at every look, of a tenant's certificate or secret, when it ends, and the time.
Measure = Callable[[str, str, datetime, datetime], None]


def _unmeasured(_tenant_id: str, _which: str, _ends_at: datetime, _now: datetime) -> None:
    """Do nothing."""


def _nothing(_: App) -> None:
    """Do nothing."""


def _never(_: App) -> bool:
    """Say that nothing is under way."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """
    The watch over the certificates and webhook secrets of all tenants.

    *due* is called once for each app, before the look at it: while an app *is_rotating*, a
    newer version is on its way to be registered, and is not missed.
    """

    vault: Certificates
    pins: Pins
    registrations: Registrations
    secrets: Secrets
    announced: Announced
    events: WatchEvents
    clock: Clock
    due: Callable[[App], None] = _nothing
    is_rotating: Callable[[App], bool] = _never
    measure: Measure = _unmeasured

    def look(self, apps: Iterable[App]) -> list[Failure]:
        """Announce each stage and each mismatch once; return what could not be looked at."""
        return [failure for app in apps for failure in self._look(app)]

    def standing(self, app: App) -> Standing:
        """Look at one tenant's certificate, and announce nothing."""
        return certificate_standing.standing(
            app,
            vault=self.vault,
            pins=self.pins,
            registrations=self.registrations,
            now=self.clock(),
        )

    def _look(self, app: App) -> list[Failure]:
        failures: list[Failure] = []
        if app.has_certificate:
            with kept(failures):
                self.due(app)
            with kept(failures):
                failures += self._certificate(app)
        ends: list[datetime] = []
        for name in self.secrets.secret_names(app.tenant_id):
            with kept(failures):
                ends += self._secret(app, name)
        if ends:
            self.measure(app.tenant_id, "webhook_secret", min(ends), self.clock())
        return failures

    def _certificate(self, app: App) -> tuple[Failure, ...]:
        """Return what could not be looked at, once everything else is announced."""
        seen = self.standing(app)
        self._ending(app, seen.active, "in_use")
        # A version that was disabled on purpose may well expire.
        if seen.newer and seen.newer.certificate.is_enabled:
            self._ending(app, seen.newer, "newest")
        self._mismatches(app, seen.mismatches)
        return seen.troubles

    def _ending(self, app: App, ending: Ending, which: str) -> None:
        certificate, ends_at = ending.certificate, ending.ends_at
        self.measure(app.tenant_id, which, ends_at, self.clock())
        tell = partial(self.events.certificate_expiring, app, certificate)
        self._stages(app, certificate.thumbprint, ends_at, tell)

    def _secret(self, app: App, name: str) -> tuple[datetime, ...]:
        ends_at = self.secrets.secret_ends(name)
        if ends_at is None:
            return ()
        tell = partial(self.events.webhook_secret_expiring, app, name)
        self._stages(app, f"secret-{name}", ends_at, tell)
        return (ends_at,)

    def _stages(self, app: App, what: str, ends_at: datetime, tell: Tell) -> None:
        countdown = Countdown(announced=self.announced, clock=self.clock)
        countdown.look(app.tenant_id, what, ends_at, tell)

    def _mismatches(self, app: App, found: Mismatches) -> None:
        noted = self.announced.mismatches(app.tenant_id)
        for kind, there in found.items():
            if there and kind is Kind.NEWER_NOT_REGISTERED and self.is_rotating(app):
                continue
            was = {each for each, known in noted.items() if known.is_open and each.kind is kind}
            for each in there - was:
                occurrence = noted[each].occurrence + 1 if each in noted else 1
                self.events.certificate_mismatch(app, each, occurrence=occurrence, now=self.clock())
                known = Noted(occurrence=occurrence, is_open=True)
                self.announced.note(app.tenant_id, each, known)
            for each in was - there:
                known = replace(noted[each], is_open=False)
                self.announced.note(app.tenant_id, each, known)
