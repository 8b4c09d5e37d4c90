"""The timer looks how long each tenant's certificate still lasts, and speaks up in stages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.devices.certificate import App, Certificate, stage
from shared.errors import Failure
from shared.flows.ports import (
    CertificateEvents,
    Certificates,
    Clock,
    Pins,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one tenant's certificate stands."""

    app: App
    certificate: Certificate
    is_pinned: bool  # False: never used yet; the vault's current version is shown
    stage: timedelta | None


def watch(
    apps: Iterable[App],
    *,
    vault: Certificates,
    pins: Pins,
    events: CertificateEvents,
    clock: Clock,
) -> list[Failure]:
    """Announce each stage of each certificate once; return what could not be looked at."""
    failures = []
    for app in apps:
        try:
            _announce(standing(app, vault=vault, pins=pins, now=clock()), pins, events, clock())
        except Failure as failure:
            failures.append(failure)
    return failures


def standing(app: App, *, vault: Certificates, pins: Pins, now: datetime) -> Standing:
    """Return the certificate a tenant signs with, and the last stage it has passed."""
    pinned = pins.active(app.tenant_id)
    certificate = vault.certificate(app.certificate_name, pinned or "")
    return Standing(
        app=app,
        certificate=certificate,
        is_pinned=pinned is not None,
        stage=stage(certificate.expires_at, now),
    )


def _announce(standing: Standing, pins: Pins, events: CertificateEvents, now: datetime) -> None:
    app, certificate = standing.app, standing.certificate
    announced = pins.announced(app.tenant_id, certificate.thumbprint)
    if standing.stage is None or standing.stage == announced:
        return
    # Told before it is noted: a death in between repeats the event under the same id.
    events.certificate_expiring(app, certificate, stage=standing.stage, now=now)
    pins.announce(app.tenant_id, certificate.thumbprint, standing.stage)
