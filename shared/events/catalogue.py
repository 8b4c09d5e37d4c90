"""Every event we send: CloudEvents 1.0 whose ids derive from what happened."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.devices.certificate import App, Certificate
from shared.devices.model import Action, Device
from shared.devices.operation import Operation

CHANGES = {
    Action.ALLOW: "easgate.device.access_changed.v1",
    Action.BLOCK: "easgate.device.access_changed.v1",
    Action.QUARANTINE: "easgate.device.access_changed.v1",
    Action.CLEAR: "easgate.device.access_changed.v1",
    Action.WIPE_ACCOUNT: "easgate.device.wipe_requested.v1",
    Action.WIPE_DEVICE: "easgate.device.wipe_requested.v1",
    Action.CANCEL_WIPE: "easgate.device.wipe_cancelled.v1",
    Action.REMOVE: "easgate.device.gone.v1",
}
ABANDONED = "easgate.operation.abandoned.v1"
EXPIRING = "easgate.certificate.expiring.v1"
EXPIRED = "easgate.certificate.expired.v1"
THROTTLED = "easgate.throttle.sustained.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One CloudEvent, without the source, which the publisher adds."""

    id: str
    type: str
    subject: str
    time: datetime
    data: dict[str, object]


def device_changed(operation: Operation) -> Event:
    """Return what an operation did to its device."""
    decision = operation.decision
    if decision is None or decision.action is None or operation.acted_at is None:
        raise ValueError("only an operation that has acted changes a device")
    return Event(
        id=_id(f"{operation.operation_id}{operation.repairs}", CHANGES[decision.action]),
        type=CHANGES[decision.action],
        subject=f"devices/{decision.device.guid}",
        time=operation.acted_at,
        data={
            "tenant_id": operation.tenant_id,
            "operation_id": operation.operation_id,
            "action": decision.action,
            "mailbox": operation.mailbox,
            "device_id": operation.device_id,
            "reason": decision.reason,
            "asked_by": operation.asked_by,
            "before": _standing(decision.device),
            "after": _standing(operation.after) if operation.after else None,
        },
    )


def operation_abandoned(operation: Operation) -> Event:
    """Return that an operation was given up, and why."""
    last = operation.history[-1]
    return Event(
        id=_id(operation.operation_id, ABANDONED),
        type=ABANDONED,
        subject=f"operations/{operation.operation_id}",
        time=last.at,
        data={
            "tenant_id": operation.tenant_id,
            "operation_id": operation.operation_id,
            "asked": operation.asked,
            "asked_by": operation.asked_by,
            "mailbox": operation.mailbox,
            "device_id": operation.device_id,
            "reason": last.note,
        },
    )


def certificate_expiring(
    app: App, certificate: Certificate, *, stage: timedelta, now: datetime
) -> Event:
    """Return that a certificate has passed a stage on its way to expiry, or has expired."""
    left = certificate.expires_at - now
    kind = EXPIRED if left <= timedelta() else EXPIRING
    return Event(
        id=_id(f"{app.tenant_id}|{certificate.thumbprint}|{stage.total_seconds():.0f}", kind),
        type=kind,
        subject=f"apps/{app.client_id}/certificates/{certificate.thumbprint[:8]}",
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "client_id": app.client_id,
            "certificate_name": certificate.name,
            "version": certificate.version,
            "thumbprint_sha256": certificate.thumbprint,
            "expires_at": certificate.expires_at,
            "days_left": left.days,
            "stage_days": stage.days,
            "remedy": "renew the certificate in Key Vault and register its public part on the app",
        },
    )


def throttle_sustained(tenant_id: str, lasting: timedelta, now: datetime) -> Event:
    """Return that Exchange has throttled a tenant for long; one event an hour from all workers."""
    hour = now.replace(minute=0, second=0, microsecond=0).isoformat()
    return Event(
        id=_id(f"{tenant_id}|{hour}", THROTTLED),
        type=THROTTLED,
        subject=f"tenants/{tenant_id}",
        time=now,
        data={
            "tenant_id": tenant_id,
            "minutes": round(lasting / timedelta(minutes=1)),
            "remedy": "nothing is lost: work waits; look for other programs that use this tenant",
        },
    )


def _id(told_apart: str, kind: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}|{told_apart}"))


def _standing(device: Device) -> dict[str, object]:
    return {
        "access_state": device.access,
        "access_state_reason": device.access_reason,
        "on_allowed_list": device.on_allowed_list,
        "on_blocked_list": device.on_blocked_list,
    }
