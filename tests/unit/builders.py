"""Nouns for tests: each says in its call what the test is about, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessState,
    Action,
    Command,
    Device,
    Posture,
    Signal,
    Trust,
    WipeCycle,
    WipeState,
)

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
TENANT = "5b2c1d0e-0000-4000-8000-000000000001"
CLIENT = "5b2c1d0e-0000-4000-8000-0000000000aa"
MAILBOX = "adele@contoso.com"
DEVICE_ID = "K3SQN3NVO557RC8S7TUMTGEHOC"
GUID = "0f0f0f0f-1111-4222-8333-444444444444"

QUARANTINE_BY_DEFAULT = AccessPolicy(default=AccessLevel.QUARANTINE)
ALLOW_BY_DEFAULT = AccessPolicy(default=AccessLevel.ALLOW)


def a_device(**changes: object) -> Device:
    """Return an iPhone that speaks EAS 16.1 and is on neither list."""
    device = Device(
        mailbox=MAILBOX,
        device_id=DEVICE_ID,
        guid=GUID,
        access=AccessState.QUARANTINED,
        access_reason="Global",
        on_allowed_list=False,
        on_blocked_list=False,
        device_type="iPhone",
        model="iPhone15C2",
        os="iOS 19.2",
        user_agent="Apple-iPhone15C2/2301.1",
        client_type="EAS",
        client_version="16.1",
    )
    return replace(device, **changes)  # type: ignore[arg-type]  # named fields only, by convention


def allowed(**changes: object) -> Device:
    """Return a device on the allowed list."""
    fields = {"access": AccessState.ALLOWED, "on_allowed_list": True, **changes}
    return a_device(access_reason="Individual", **fields)


def blocked(**changes: object) -> Device:
    """Return a device on the blocked list."""
    fields = {"access": AccessState.BLOCKED, "on_blocked_list": True, **changes}
    return a_device(access_reason="Individual", **fields)


def a_signal(**changes: object) -> Signal:
    """Return a report of a fully trusted sender that a device broke the rules."""
    signal = Signal(
        signal_id="11111111-0000-4000-8000-000000000001",
        tenant_id=TENANT,
        sender="portal",
        trust=Trust.FULL,
        posture=Posture.NONCOMPLIANT,
        mailbox=MAILBOX,
        device_id=DEVICE_ID,
        occurred_at=NOW - timedelta(minutes=1),
    )
    return replace(signal, **changes)  # type: ignore[arg-type]  # named fields only, by convention


def a_newer_signal(**changes: object) -> Signal:
    """Return a report made after the one of `a_signal`."""
    fields = {"signal_id": "22222222-0000-4000-8000-000000000002", "occurred_at": NOW, **changes}
    return a_signal(**fields)


def a_command(**changes: object) -> Command:
    """Return an order to block the device."""
    command = Command(
        command_id="33333333-0000-4000-8000-000000000003",
        tenant_id=TENANT,
        action=Action.BLOCK,
        mailbox=MAILBOX,
        device_id=DEVICE_ID,
        reason="left on a train",
        requested_by="helpdesk:jo",
    )
    return replace(command, **changes)  # type: ignore[arg-type]  # named fields only, by convention


def a_newer_command(**changes: object) -> Command:
    """Return an order given after the one of `a_command`: to allow the device."""
    fields = {
        "command_id": "44444444-0000-4000-8000-000000000004",
        "action": Action.ALLOW,
        "reason": "it was found",
        **changes,
    }
    return a_command(**fields)


def never_wiped(**changes: object) -> WipeState:
    """Return the state of a device nobody has ever wiped."""
    state = WipeState(device=WipeCycle(), account=WipeCycle())
    return replace(state, **changes)  # type: ignore[arg-type]  # named fields only, by convention
