"""Every event we send: CloudEvents 1.0 whose ids derive from what happened."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.credentials.certificate import App
from shared.credentials.validation import LastValidation, Report
from shared.devices.model import Action, Device
from shared.devices.operation import Operation
from shared.devices.origin import Cause
from shared.devices.tenant_change import target

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
ACKNOWLEDGED = "easgate.device.wipe_acknowledged.v1"
UNCONFIRMED = "easgate.device.wipe_unconfirmed.v1"
ABANDONED = "easgate.operation.abandoned.v1"
HELD = "easgate.operation.held.v1"
SETTLED = "easgate.operation.settled.v1"
POLICY_CHANGED = "easgate.policy.changed.v1"
OFFBOARDED = "easgate.offboarding.ended.v1"
VALIDATION_FAILED = "easgate.certificate.validation_failed.v1"
VALIDATION_PASSED = "easgate.certificate.validation_passed.v1"
THROTTLED = "easgate.throttle.sustained.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One CloudEvent, without the source, which the publisher adds."""

    id: str
    type: str
    subject: str
    time: datetime
    data: dict[str, object]


def event_id(told_apart: str, kind: str) -> str:
    """Return the id of an event of a kind: the same whenever the same thing is told."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}|{told_apart}"))


def device_changed(operation: Operation) -> Event:
    """Return what an operation did to its device."""
    decision = operation.decision
    if decision is None or decision.action is None or operation.acted_at is None:
        raise ValueError("only an operation that has acted changes a device")
    return Event(
        id=event_id(f"{operation.operation_id}{operation.repairs}", CHANGES[decision.action]),
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
            "cause": Cause.OURS,
            "asked_by": operation.asked_by,
            "before": _standing(decision.device),
            "after": _standing(operation.after) if operation.after else None,
        },
    )


def wipe_acknowledged(operation: Operation) -> Event:
    """Return that a device has confirmed its wipe."""
    if operation.acknowledged_at is None:
        raise ValueError("only a wipe that its device confirmed is acknowledged")
    return _wipe_ended(
        operation,
        ACKNOWLEDGED,
        operation.acknowledged_at,
        {"acknowledged_at": operation.acknowledged_at},
    )


def wipe_unconfirmed(operation: Operation) -> Event:
    """Return that a wipe's confirmation is no longer waited for; its last line says why."""
    last = operation.history[-1]
    told: dict[str, object] = {
        "reason": last.note,
        "remedy": "keep the device blocked: it may be off and still hold mail, or be wiped without "
        "Exchange having been told; order the wipe again only if Exchange shows no request",
    }
    return _wipe_ended(operation, UNCONFIRMED, last.at, told)


def policy_changed(operation: Operation) -> Event:
    """Return what an operation did to a setting, such as a policy or a store of authorities."""
    change, altered = operation.change, operation.altered
    if change is None or altered is None or operation.acted_at is None:
        raise ValueError("only a change that was carried out is to be told")
    return Event(
        id=event_id(f"{operation.operation_id}{operation.repairs}", POLICY_CHANGED),
        type=POLICY_CHANGED,
        subject=target(change),
        time=operation.acted_at,
        data={
            "tenant_id": operation.tenant_id,
            "operation_id": operation.operation_id,
            "action": operation.asked,
            "cause": Cause.OURS,
            "asked_by": operation.asked_by,
            "says": altered.says,
            "before": altered.before,
            "after": altered.after,
        },
    )


def offboarded(operation: Operation) -> Event:
    """Return what came of shutting a phone or a person out: the report, step by step."""
    if operation.altered is None or operation.acted_at is None:
        raise ValueError("only an offboarding that has ended is to be told")
    return Event(
        id=event_id(operation.operation_id, OFFBOARDED),
        type=OFFBOARDED,
        subject=f"operations/{operation.operation_id}",
        time=operation.acted_at,
        data={
            "tenant_id": operation.tenant_id,
            "operation_id": operation.operation_id,
            "action": operation.asked,
            "asked_by": operation.asked_by,
            "says": operation.altered.says,
            "report": operation.altered.after,
        },
    )


def operation_abandoned(operation: Operation) -> Event:
    """Return that an operation was given up, and why."""
    return _operation(operation, ABANDONED)


def operation_held(operation: Operation) -> Event:
    """Return that an operation waits for a person, and why."""
    event = _operation(operation, HELD)
    if operation.hold is None:
        return event
    return replace(event, data={**event.data, "hold": operation.hold.reason.value})


def operation_settled(operation: Operation) -> Event:
    """Return that an operation which waited for a person, or was given up, is over."""
    return _operation(operation, SETTLED)


def _operation(operation: Operation, kind: str) -> Event:
    last = operation.history[-1]
    return Event(
        # An operation that is tried again can end like this again.
        id=event_id(f"{operation.operation_id}{operation.replays or ''}", kind),
        type=kind,
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


def validation_failed(app: App, report: Report, before: LastValidation) -> Event:
    """Return that a certificate which worked before does so no more, and why."""
    return _validated(app, report, before, VALIDATION_FAILED)


def validation_passed(app: App, report: Report, before: LastValidation) -> Event:
    """Return that a certificate which did not work before does so again."""
    return _validated(app, report, before, VALIDATION_PASSED)


def _validated(app: App, report: Report, before: LastValidation, kind: str) -> Event:
    return Event(
        id=event_id(f"{app.tenant_id}|{before.at.isoformat()}", kind),
        type=kind,
        subject=f"tenants/{app.tenant_id}",
        time=report.at,
        data={
            "tenant_id": app.tenant_id,
            "client_id": app.client_id,
            "version": report.version,
            "thumbprint_sha256": report.thumbprint,
            "findings": [
                {"check": each.name, "code": each.code, "remedy": each.remedy}
                for each in report.findings
            ],
        },
    )


def throttle_sustained(tenant_id: str, lasting: timedelta, now: datetime) -> Event:
    """Return that Exchange has throttled a tenant for long; one event an hour from all workers."""
    hour = now.replace(minute=0, second=0, microsecond=0).isoformat()
    return Event(
        id=event_id(f"{tenant_id}|{hour}", THROTTLED),
        type=THROTTLED,
        subject=f"tenants/{tenant_id}",
        time=now,
        data={
            "tenant_id": tenant_id,
            "minutes": round(lasting / timedelta(minutes=1)),
            "remedy": "nothing is lost: work waits; look for other programs that use this tenant",
        },
    )


def _wipe_ended(operation: Operation, kind: str, time: datetime, told: dict[str, object]) -> Event:
    decision = operation.decision
    if decision is None or operation.acted_at is None:
        raise ValueError("only a wipe that was requested comes to an end")
    return Event(
        id=event_id(operation.operation_id, kind),
        type=kind,
        subject=f"devices/{decision.device.guid}",
        time=time,
        data={
            "tenant_id": operation.tenant_id,
            "operation_id": operation.operation_id,
            "action": decision.action,
            "mailbox": operation.mailbox,
            "device_id": operation.device_id,
            "asked_by": operation.asked_by,
            "requested_at": operation.acted_at,
            **told,
        },
    )


def _standing(device: Device) -> dict[str, object]:
    return {
        "access_state": device.access,
        "access_state_reason": device.access_reason,
        "on_allowed_list": device.on_allowed_list,
        "on_blocked_list": device.on_blocked_list,
    }
