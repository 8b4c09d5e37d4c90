"""What we tell the world about rotations of a certificate."""

from datetime import datetime

from shared.credentials.certificate import App
from shared.credentials.rotation import Key, Phase, Rotation
from shared.events.catalogue import Event, event_id

ROTATED = "easgate.certificate.rotated.v1"
FELL_BACK = "easgate.certificate.fell_back.v1"
ROTATION_FAILED = "easgate.certificate.rotation_failed.v1"


def certificate_rotated(rotation: Rotation) -> Event:
    """Return that a tenant signs with a new certificate, and what became of the old one."""
    if rotation.phase is not Phase.DONE:
        raise ValueError("only a rotation that is done has rotated anything")
    return _rotation_ended(rotation, ROTATED)


def certificate_rotation_failed(rotation: Rotation) -> Event:
    """Return that a rotation has ended before its end, why, and what to do."""
    if rotation.phase is not Phase.FAILED:
        raise ValueError("only a rotation that has failed is told of as one")
    return _rotation_ended(rotation, ROTATION_FAILED)


def certificate_fell_back(app: App, old: str, new: str, *, reason: str, now: datetime) -> Event:
    """Return that another version of the certificate signs in, in place of one that failed."""
    return Event(
        id=event_id(f"{app.tenant_id}|{old}|{new}|{now:%Y-%m-%d}", FELL_BACK),
        type=FELL_BACK,
        subject=f"apps/{app.client_id}/certificates/{new}",
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "client_id": app.client_id,
            "certificate_name": app.certificate_name,
            "old_version": old,
            "new_version": new,
            "reason": reason,
            "remedy": "find out why the old version failed; validate the certificate",
        },
    )


def _rotation_ended(rotation: Rotation, kind: str) -> Event:
    return Event(
        id=event_id(rotation.rotation_id, kind),
        type=kind,
        subject=f"apps/{rotation.app.client_id}/rotations/{rotation.rotation_id}",
        time=rotation.since,
        data={
            "tenant_id": rotation.app.tenant_id,
            "client_id": rotation.app.client_id,
            "certificate_name": rotation.app.certificate_name,
            "rotation_id": rotation.rotation_id,
            "asked_by": rotation.asked_by,
            "old": _certificate_version(rotation.old),
            "new": _certificate_version(rotation.new) if rotation.new else None,
            "switched_at": rotation.switched_at,
            "reason": rotation.why,
            "remedy": rotation.remedy,
        },
    )


def _certificate_version(key: Key) -> dict[str, object]:
    return {
        "version": key.version,
        "thumbprint_sha256": key.thumbprint,
        "expires_at": key.expires_at,
    }
