"""The events of the watch: what nears its end, and where vault and registration disagree."""

from datetime import datetime, timedelta

from shared.credentials.certificate import App, Certificate
from shared.credentials.expiry import Stage
from shared.credentials.mismatch import REMEDIES, SEVERITIES, Mismatch
from shared.events.catalogue import Event, event_id

EXPIRING = "easgate.certificate.expiring.v1"
EXPIRED = "easgate.certificate.expired.v1"
SECRET_EXPIRING = "easgate.webhook_secret.expiring.v1"  # noqa: S105 - the name of an event
SECRET_EXPIRED = "easgate.webhook_secret.expired.v1"  # noqa: S105 - as above
MISMATCH = "easgate.certificate.mismatch.v1"


def certificate_expiring(
    app: App, certificate: Certificate, *, stage: Stage, ends_at: datetime, now: datetime
) -> Event:
    """Return that a certificate has come to a stage on its way to expiry, or has expired."""
    kind = EXPIRED if stage is Stage.EXPIRED else EXPIRING
    told_apart = f"{app.tenant_id}|{certificate.thumbprint}|{ends_at:%Y-%m-%d}|{stage}"
    return Event(
        id=event_id(told_apart, kind),
        type=kind,
        subject=f"apps/{app.client_id}/certificates/{certificate.thumbprint[:8]}",
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "client_id": app.client_id,
            "certificate_name": certificate.name,
            "version": certificate.version,
            "thumbprint_sha256": certificate.thumbprint,
            **_ending(stage, ends_at, now),
            "remedy": "renew the certificate in Key Vault and register its public part on the app",
        },
    )


def webhook_secret_expiring(
    app: App, name: str, *, stage: Stage, ends_at: datetime, now: datetime
) -> Event:
    """Return that a webhook secret has come to a stage on its way to expiry, or has expired."""
    kind = SECRET_EXPIRED if stage is Stage.EXPIRED else SECRET_EXPIRING
    return Event(
        id=event_id(f"{app.tenant_id}|{name}|{ends_at:%Y-%m-%d}|{stage}", kind),
        type=kind,
        subject=f"tenants/{app.tenant_id}/webhook-secrets/{name}",
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "secret_name": name,
            **_ending(stage, ends_at, now),
            "remedy": "store a new version of the secret in Key Vault, and give it to the MDM; "
            "the version before it is accepted until there is yet another",
        },
    )


def certificate_mismatch(app: App, found: Mismatch, *, occurrence: int, now: datetime) -> Event:
    """Return that vault and registration do not agree, each time this comes about anew."""
    told_apart = f"{app.tenant_id}|{found.kind}|{found.thumbprint}|{occurrence}"
    return Event(
        id=event_id(told_apart, MISMATCH),
        type=MISMATCH,
        subject=f"apps/{app.client_id}/certificates/{found.thumbprint[:8]}",
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "client_id": app.client_id,
            "certificate_name": app.certificate_name,
            "kind": found.kind,
            "severity": SEVERITIES[found.kind],
            "version": found.version or None,
            "thumbprint": found.thumbprint,
            "remedy": REMEDIES[found.kind],
        },
    )


def _ending(stage: Stage, ends_at: datetime, now: datetime) -> dict[str, object]:
    return {
        "expires_at": ends_at,
        "days_left": (ends_at - now) // timedelta(days=1),
        "stage": stage,
        "stage_days": stage.days,
    }
